/**
 * What other services say of an error and of a user, made into fields of a record. What has no field of its own is handed
 * back by name, for `attrs`.
 *
 * @module
 */
import { MAX_CAUSES } from "./describe.ts";
import type { ErrorInfo, RecordedUser } from "./record.ts";
import { keepStack } from "./stack_text.ts";

/** What was thrown in another service, as it came. */
export interface ReportedError {
  /** The class or name. */
  type: string;
  /** One sentence. */
  message: string;
  /** The engine's text. */
  stack?: string;
  /** A machine code. */
  code?: string | number;
  /** The same again, a text, or anything else. */
  cause?: unknown;
}

/** A user, as a report has it. */
export interface ReportedUser extends Omit<RecordedUser, "id"> {
  /** What the service calls the user. */
  id?: string | number;
}

/** What is kept of users: the id alone, all, or nothing. */
export type KeepUser = "id" | "full" | "none";

/** Values by name, for `attrs`: `error.errno`, `user.plan`. */
export type More = Record<string, unknown>;

const USER_FIELDS = ["id", "name", "email", "ip"] as const;

/** The error with its causes, {@linkcode MAX_CAUSES} deep; `more` has its other keys, and what is no cause. */
export function readError(error: ReportedError): { error: ErrorInfo; more: More } {
  const more = noKeys();
  return { error: readOne({ ...error }, { at: "error", depth: 0, more }), more };
}

/** Where in the chain of causes a walk is. */
interface Place {
  at: string;
  depth: number;
  more: More;
}

function readOne(thrown: Record<string, unknown>, place: Place): ErrorInfo {
  const { type, name, message, stack, code, cause, ...rest } = thrown;
  const isNamed = typeof type === "string" && type !== "";
  const info: ErrorInfo = {
    type: isNamed ? type : typeof name === "string" && name !== "" ? name : "Error",
    message: typeof message === "string" ? message : "",
  };
  if (isNamed && name !== undefined) rest.name = name;
  if (typeof stack === "string") info.stack = keepStack(stack, info.message);
  if (typeof code === "string" || typeof code === "number") info.code = String(code);
  else if (code !== undefined && code !== null) rest.code = code;
  const below = readCause(cause, place);
  if (below !== undefined) info.cause = below;
  else if (cause !== undefined && cause !== null) rest.cause = cause;
  for (const [key, value] of Object.entries(rest)) place.more[`${place.at}.${key}`] = value;
  return info;
}

/** Undefined for what tells neither what it is nor what happened, and for what is too deep. */
function readCause(cause: unknown, { at, depth, more }: Place): ErrorInfo | undefined {
  if (depth >= MAX_CAUSES || cause === undefined || cause === null) return undefined;
  if (typeof cause !== "object") return { type: typeof cause, message: String(cause) };
  const thrown = { ...cause } as Record<string, unknown>;
  const saysWhat = [thrown.type, thrown.name, thrown.message].some((part) =>
    typeof part === "string" && part !== ""
  );
  if (!saysWhat) return undefined;
  return readOne(thrown, { at: `${at}.cause`, depth: depth + 1, more });
}

/** What is kept of a user. `more` has the other keys, where all is kept. */
export function readUser(
  reported: ReportedUser,
  keep: KeepUser,
): { user: RecordedUser | undefined; more: More } {
  const more = noKeys();
  const user: RecordedUser = {};
  const fields = keep === "full" ? USER_FIELDS : keep === "id" ? ["id"] as const : [];
  for (const field of fields) {
    const value = reported[field];
    if (value !== undefined && value !== "") user[field] = String(value);
  }
  if (keep === "full") {
    for (const [key, value] of Object.entries(reported)) {
      if (!isUserField(key)) more[`user.${key}`] = value;
    }
  }
  return { user: Object.keys(user).length === 0 ? undefined : user, more };
}

function isUserField(key: string): boolean {
  return (USER_FIELDS as readonly string[]).includes(key);
}

/** Without a prototype, `__proto__` is a key like any other. */
function noKeys(): More {
  return Object.create(null);
}
