/**
 * The keys of other services, as `INTAKE_KEYS` writes them.
 *
 * @module
 */
import * as v from "valibot";
import { atLeast, isSecret } from "./checks.ts";

const MAX_SERVICE_CHARS = 200;

/** A key of other services. */
export interface IntakeKey {
  /** What is sent as bearer token. */
  readonly key: string;
  /** The service that reports with it; absent where reports say their own. */
  readonly service?: string;
  /** True for one that may stand in a browser's code. */
  readonly isPublic: boolean;
}

/** Whether the key can be part of a DSN, which Sentry's clients read: letters, digits and `_`. */
export function hasDsn({ key }: IntakeKey): boolean {
  return /^\w+$/.test(key);
}

/**
 * Keys separated by commas: `KEY`, `service:KEY` or `service:KEY:public`.
 * @internal
 */
export function intakeKeys(minChars: number) {
  return v.pipe(
    v.string(),
    v.transform((text) =>
      text.split(",").map((part) => part.trim()).filter((part) => part !== "").map(toKey)
    ),
    v.check(
      (keys) => keys.every((key) => key !== undefined && isSecret(key.key, minChars)),
      `keys separated by commas, each KEY, service:KEY or service:KEY:public, the key ${
        atLeast(minChars)
      }ASCII characters, without spaces`,
    ),
    v.transform((keys) => keys as IntakeKey[]),
    v.check(
      (keys) => new Set(keys.map(({ key }) => key)).size === keys.length,
      "keys separated by commas, each of them once",
    ),
  );
}

/** Undefined when it is none. */
function toKey(text: string): IntakeKey | undefined {
  const [first = "", key, use, ...rest] = text.split(":");
  if (key === undefined) return { key: first, isPublic: false };
  const isService = first.trim() !== "" && first.length <= MAX_SERVICE_CHARS;
  // `KEY:public` has no service: more likely a slip than a key called "public".
  if (!isService || key === "public" || rest.length > 0) return undefined;
  if (use !== undefined && use !== "public") return undefined;
  return { key, service: first, isPublic: use === "public" };
}
