/** Source maps: see maps.ts. Part of version 7. */
export const MAP_TABLES = "";
