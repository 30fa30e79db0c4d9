/** Keys of other services, and what each brought. Part of version 7. */
export const KEY_TABLES = "";
