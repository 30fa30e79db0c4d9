/** What clients say of a user outside of the field for it: kept as `KEEP_USER` says. */
import { MAX_DEPTH } from "../../store/limits.ts";
import type { ErrorInfo } from "../../store/record.ts";
import type { KeepUser } from "./reported.ts";

/** `user.email`, `enduser.id`, `user_email`: the user's own keys, in the words of clients and of OpenTelemetry. */
const USER_KEY = /^(?:end)?user[._-](.+)$/i;
const USER = /^(?:end)?user$/i;
/** The user's address in OpenTelemetry's words, new and old; of a call to elsewhere, the other side's. */
const ADDRESS =
  /^(?:client\.address|network\.peer\.address|http\.client_ip|net\.(?:peer\.ip|sock\.peer\.addr))$/;
/** Most names begin otherwise, and need no closer look. */
const MAY_BE_USERS = /^(?:(?:end)?user|client\.|net\.|network\.|http\.)/i;
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
  const fields = value as Readonly<Record<string, unknown>>;
  let changes: Map<string, unknown> | undefined;
  for (const name of Object.keys(fields)) {
    const part = partOf(name, fields[name], { keep, depth });
    if (part !== fields[name]) (changes ??= new Map()).set(name, part);
  }
  if (changes === undefined) return value;
  const kept = Object.entries(fields)
    .map((
      [name, field],
    ): [string, unknown] => [name, changes.has(name) ? changes.get(name) : field])
    .filter(([, part]) => part !== undefined);
  // fromEntries() defines: `__proto__` is a key like any other and changes no prototype.
  return Object.fromEntries(kept);
}

function partOf(
  name: string,
  value: unknown,
  { keep, depth }: { keep: KeepUser; depth: number },
): unknown {
  if (!MAY_BE_USERS.test(name)) return strip(value, keep, depth + 1);
  const field = USER_KEY.exec(name)?.[1];
  if (field !== undefined && typeof value !== "object") {
    return keep === "id" && ID.test(field) ? value : undefined;
  }
  if (ADDRESS.test(name)) return undefined;
  const isUser = USER.test(name) && typeof value === "object" && value !== null;
  if (!isUser || Array.isArray(value)) return strip(value, keep, depth + 1);
  const ids = Object.entries(value).filter(([part]) => keep === "id" && ID.test(part));
  return ids.length === 0 ? undefined : Object.fromEntries(ids);
}

/** The same for local variables of an error's frames and of its causes'. Changes them. */
export function forgetUser(error: ErrorInfo, keep: KeepUser): void {
  if (keep === "full") return;
  for (let at: ErrorInfo | undefined = error; at !== undefined; at = at.cause) {
    for (const frame of at.frames ?? []) {
      if (frame.vars !== undefined) frame.vars = withoutUser(frame.vars, keep);
    }
  }
}
