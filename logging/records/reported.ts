/**
 * What other services say of an error and of a user, made into fields of a record. What has no field of its own is handed
 * back by name, for `attrs`.
 *
 * @module
 */
import { MAX_CAUSES } from "./describe.ts";
import { MAX_KEYS } from "../../store/limits.ts";
import type { ErrorInfo, RecordedUser } from "../../store/record.ts";
import type { ReportedError, ReportedUser } from "../../store/report.ts";
import { boundFrames, readFrames } from "./read_frames.ts";
import { keepStack } from "../../store/grouping/stack_text.ts";

/** What is kept of users: the id alone, all, or nothing. */
export type KeepUser = "id" | "full" | "none";

/** Values by name, for `attrs`: `error.errno`, `user.plan`. */
export type More = Record<string, unknown>;

const USER_FIELDS = ["id", "name", "email", "ip"] as const;

/**
 * The error with its causes, {@linkcode MAX_CAUSES} deep; `more` has its other keys, and what is no cause. `isCut` when frames
 * were over their bounds.
 */
export function readError(
  error: ReportedError,
): { error: ErrorInfo; more: More; isCut: boolean } {
  const rest = new Rest();
  const info = readOne(error as unknown as Thrown, { at: "error", depth: 0, rest });
  return { error: info, more: rest.more, isCut: boundFrames(info) };
}

type Thrown = Record<string, unknown>;

/** Where in the chain of causes a walk is. */
interface Place {
  at: string;
  depth: number;
  rest: Rest;
}

/** Collects keys without a field, one more than a record keeps: so the record says that it was cut. */
class Rest {
  readonly more: More = noKeys();
  #left = MAX_KEYS + 1;

  /** Every key of a value that is no field. */
  addAll(value: Thrown, { at, fields }: { at: string; fields: readonly string[] }): void {
    for (const key of Object.keys(value)) {
      if (this.#left === 0) return;
      if (!fields.includes(key)) this.add(`${at}.${key}`, value[key]);
    }
  }

  add(name: string, value: unknown): void {
    if (this.#left === 0) return;
    this.#left--;
    this.more[name] = value;
  }
}

function readOne(thrown: Thrown, { at, depth, rest }: Place): ErrorInfo {
  const { name, message, stack, code } = thrown;
  const type = textIn(thrown.type);
  const info: ErrorInfo = {
    type: type ?? textIn(name) ?? "Error",
    message: typeof message === "string" ? message : "",
  };
  if (typeof stack === "string") info.stack = keepStack(stack, info.message);
  const frames = readFrames(thrown.frames);
  if (frames !== undefined) info.frames = frames;
  const hasCode = typeof code === "string" || typeof code === "number";
  if (hasCode) info.code = String(code);
  const below = readCause(thrown.cause, { at, depth, rest });
  if (below !== undefined) info.cause = below;
  const fields = ["type", "message", "stack"];
  if (type === undefined) fields.push("name");
  if (frames !== undefined || isNothing(thrown.frames)) fields.push("frames");
  if (hasCode || isNothing(code)) fields.push("code");
  if (below !== undefined || isNothing(thrown.cause)) fields.push("cause");
  rest.addAll(thrown, { at, fields });
  return info;
}

/** Undefined for what tells neither what it is nor what happened, and for what is too deep. */
function readCause(cause: unknown, { at, depth, rest }: Place): ErrorInfo | undefined {
  if (depth >= MAX_CAUSES || isNothing(cause)) return undefined;
  if (typeof cause !== "object") return { type: typeof cause, message: String(cause) };
  const thrown = cause as Thrown;
  if (!(textIn(thrown.type) ?? textIn(thrown.name) ?? textIn(thrown.message))) return undefined;
  return readOne(thrown, { at: `${at}.cause`, depth: depth + 1, rest });
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isNothing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Tags as texts: a number and a truth are written out. */
export function readTags(tags: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const name of Object.keys(tags).slice(0, MAX_KEYS + 1)) texts[name] = String(tags[name]);
  return texts;
}

/** What is kept of a user. `more` has the other keys, where all is kept. */
export function readUser(
  reported: ReportedUser,
  keep: KeepUser,
): { user: RecordedUser | undefined; more: More } {
  const rest = new Rest();
  const user: RecordedUser = {};
  const fields = keep === "full" ? USER_FIELDS : keep === "id" ? ["id"] as const : [];
  for (const field of fields) {
    const value = reported[field];
    if (value !== undefined && value !== "") user[field] = String(value);
  }
  if (keep === "full") rest.addAll({ ...reported }, { at: "user", fields: USER_FIELDS });
  return { user: Object.keys(user).length === 0 ? undefined : user, more: rest.more };
}

/** Without a prototype, `__proto__` is a key like any other. */
function noKeys(): More {
  return Object.create(null);
}
