/**
 * What was thrown, in what a logger was given beside its message.
 *
 * @module
 */
import { isError } from "./describe.ts";

/** Where people put what was thrown; the first that holds an Error is it. */
const ERROR_KEYS = ["error", "err", "e", "cause", "exception"] as const;

/** What was thrown, and the details without it; none where there are no others. */
export interface Picked {
  /** An Error, wherever it was found; under `error` anything else that was thrown. */
  thrown: unknown;
  /** What stays. */
  rest?: unknown;
}

/**
 * Finds what was thrown: the details themselves, or the first Error under {@linkcode ERROR_KEYS}, or under any other key
 * (where it stays visible too), or in a list. Without any Error what stands under `error` counts as thrown.
 */
export function pickError(details: unknown): Picked | undefined {
  if (isError(details)) return { thrown: details };
  if (typeof details !== "object" || details === null) return undefined;
  if (Array.isArray(details)) return pickFromList(details);
  const values = details as Readonly<Record<string, unknown>>;
  const key = ERROR_KEYS.find((key) => isError(values[key])) ??
    (Object.hasOwn(values, "error") ? "error" : undefined);
  if (key === undefined || !isError(values[key])) {
    const other = Object.values(values).find(isError);
    if (other !== undefined) return { thrown: other, rest: details };
    if (key === undefined) return undefined;
  }
  const { [key]: thrown, ...rest } = values;
  return { thrown, ...(Object.keys(rest).length > 0 && { rest }) };
}

/** The first Error of a list, or the first one in one of its values. */
export function pickFromList(list: readonly unknown[]): Picked | undefined {
  for (const item of [...list.filter(isError), ...list]) {
    const picked = Array.isArray(item) ? undefined : pickError(item);
    if (!isError(picked?.thrown)) continue;
    const rest = list.flatMap((other) =>
      other !== item ? [other] : picked?.rest === undefined ? [] : [picked.rest]
    );
    return { thrown: picked?.thrown, ...(rest.length > 0 && { rest }) };
  }
  return undefined;
}
