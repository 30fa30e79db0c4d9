/** A key of other services, as a configuration has it. */
export interface IntakeKey {
  /** What is sent as bearer token. */
  readonly key: string;
  /** The service that reports with it; absent where reports say their own. */
  readonly service?: string;
  /** True for one that may stand in a browser's code: it opens none of the JSON routes. Default false. */
  readonly isPublic?: boolean;
}

/** A key that was found to be valid. */
export interface ValidKey {
  /** What it is counted by, and its quota is kept by: never the key itself. */
  readonly id: string;
  /** The service that reports with it; absent where reports say their own. */
  readonly service?: string | undefined;
  /** Whether it may stand in a browser's code: then it opens the event routes of Sentry alone. */
  readonly isPublic: boolean;
  /** Records a second. */
  readonly quota: number;
}

/** Records a second, by kind of key. */
export const DEFAULT_QUOTAS = { secret: 10_000, public: 100 } as const;

/** Random bytes of a new key: hex digits, because Sentry's clients for JavaScript take only letters, digits and `_`. */
const KEY_BYTES = 16;
/** Shown of a key, to recognise it: what is left of 32 digits cannot be guessed. */
const BEGINNING_CHARS = 6;
/** At most this part of a key is shown: short ones are allowed in development. */
const BEGINNING_PART = 1 / 4;

/** Whether the key can be part of a DSN, which Sentry's clients read: letters, digits and `_`. */
export function hasDsn({ key }: { readonly key: string }): boolean {
  return /^\w+$/.test(key);
}

/** A new key: 32 hex digits. */
export function newIntakeKey(): string {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES)).toHex();
}

/** What is shown of a key. */
export function beginningOf(key: string): string {
  return key.slice(0, Math.min(BEGINNING_CHARS, Math.floor(key.length * BEGINNING_PART)));
}

/** In a DSN of a key that has no service: who copies it writes a name of their own. */
export const ANY_SERVICE = "my-app";
/** JavaScript's and Python's clients take only digits as a project; the service stands before it. */
const PROJECT = "1";

/** What Sentry's clients are given: `https://KEY@errors.example/shop/1`. `base` is the address of the API. */
export function dsnOf(
  { base, key, service }: { base: string; key: string; service?: string | null | undefined },
): string {
  const { protocol, host, pathname } = new URL(base);
  const path = `${pathname.replace(/\/+$/, "")}/${segmentOf(service ?? ANY_SERVICE)}`;
  return `${protocol}//${key}@${host}${path}/${PROJECT}`;
}

/** Without any sign that a shell or a string in a program could take for its own. */
function segmentOf(service: string): string {
  return encodeURIComponent(service.toWellFormed()).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
