/** What clients say of a user outside of the field for it: kept as `KEEP_USER` says. */
import type { KeepUser } from "./reported.ts";

/** Deeper than this nobody keeps a user. */
const MAX_DEPTH = 4;
/** `user.email`, `enduser.id`, `user_email`: the user's own keys, in the words of clients and of OpenTelemetry. */
const USER_KEY = /^(?:end)?user[._-](.+)$/i;
const USER = /^(?:end)?user$/i;
/** What may be kept where the id may: it says nothing else of a person. */
const ID = /^id$/i;

/**
 * The value without what stands under a user's own key: `user: {…}`, `user.email`. What a service keeps under another name (`mail`,
 * `customer`) or writes into a sentence cannot be known. The same value where nothing is taken out.
 */
export function withoutUser<T>(value: T, keep: KeepUser): T {
  return keep === "full" ? value : strip(value, keep, 0) as T;
}

function strip(value: unknown, keep: KeepUser, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => strip(item, keep, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  let isChanged = false;
  const kept: [string, unknown][] = [];
  for (const [name, field] of Object.entries(value)) {
    const part = partOf(name, field, { keep, depth });
    if (part !== field) isChanged = true;
    if (part !== undefined) kept.push([name, part]);
  }
  // fromEntries() defines: `__proto__` is a key like any other and changes no prototype.
  return isChanged ? Object.fromEntries(kept) : value;
}

function partOf(
  name: string,
  value: unknown,
  { keep, depth }: { keep: KeepUser; depth: number },
): unknown {
  const field = USER_KEY.exec(name)?.[1];
  if (field !== undefined && typeof value !== "object") {
    return keep === "id" && ID.test(field) ? value : undefined;
  }
  const isUser = USER.test(name) && typeof value === "object" && value !== null;
  if (!isUser || Array.isArray(value)) return strip(value, keep, depth + 1);
  const ids = Object.entries(value).filter(([part]) => keep === "id" && ID.test(part));
  return ids.length === 0 ? undefined : Object.fromEntries(ids);
}
