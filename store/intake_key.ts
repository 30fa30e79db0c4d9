/** A key of other services. */
export interface IntakeKey {
  /** What is sent as bearer token. */
  readonly key: string;
  /** The service that reports with it; absent where reports say their own. */
  readonly service?: string;
  /** True for one that may stand in a browser's code: it opens none of the JSON routes. Default false. */
  readonly isPublic?: boolean;
}

/** Whether the key can be part of a DSN, which Sentry's clients read: letters, digits and `_`. */
export function hasDsn({ key }: IntakeKey): boolean {
  return /^\w+$/.test(key);
}
