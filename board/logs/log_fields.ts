/** What a record says, field by field, and how one asks for a field of it. */
import { isObject } from "../../store/is_object.ts";
import { LOG_RECORD, type LogRecord } from "../../store/record.ts";
import { tagToken, token } from "../../modules/search.ts";

/** A field's path in a record, `user.id`, and what stands there: nothing with fields of its own. */
export type LogField = readonly [path: string, value: unknown];

/** They stand in every row, or at a place of their own. */
const ELSEWHERE: readonly string[] = ["time", "level", "severity", "message"];
/** What people look for, before what machines tell apart by. */
const FIRST = [
  ...["method", "path", "route", "status", "duration_ms", "user", "tags", "attrs", "error"],
  ...["svc_name", "module", "release", "environment", "request_id", "error_id"],
];
const LAST = ["trace_id", "span_id", "event_id", "reported", "instance", "boot_id", "seq"];
const NAMES = [
  ...FIRST,
  ...Object.keys(LOG_RECORD).filter((name) => ![...ELSEWHERE, ...FIRST, ...LAST].includes(name)),
  ...LAST,
] as (keyof LogRecord)[];
/** Too long to be read in a line. */
const TOO_LONG: ReadonlySet<string> = new Set(["breadcrumbs", "error.stack", "error.frames"]);
const MAX_DEPTH = 4;
const MAX_PATH_CHARS = 128;
/** What was typed by nobody is looked for by nobody. */
const MAX_TOKEN_CHARS = 200;

/** At most so many, those first that people look for most. */
export function fieldsOf(record: LogRecord, most: number): LogField[] {
  const fields: LogField[] = [];
  for (const name of NAMES) {
    collect(name, record[name], 1);
    if (fields.length >= most) break;
  }
  return fields.slice(0, most);

  function collect(path: string, value: unknown, depth: number): void {
    if (value === undefined || TOO_LONG.has(path) || path.length > MAX_PATH_CHARS) return;
    if (depth >= MAX_DEPTH || !isObject(value) || Object.keys(value).length === 0) {
      fields.push([path, value]);
      return;
    }
    for (const [name, inner] of Object.entries(value)) {
      if (fields.length >= most) return;
      collect(`${path}.${name}`, inner, depth + 1);
    }
  }
}

/** Whether a record can have a field there that no row shows anyway. */
export function isFieldPath(path: string): boolean {
  const [name] = path.split(".", 1);
  return path.length <= MAX_PATH_CHARS && name !== "svc_name" &&
    (NAMES as string[]).includes(name!);
}

/** What stands at a path, whose names may have dots of their own. live.js does the same. */
export function valueAt(value: unknown, path: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
    const name = path.slice(0, dot);
    if (!Object.hasOwn(value, name)) continue;
    const found = valueAt(value[name], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A search for the records that have the same value there; undefined where there is none. */
export function tokenOf([path, value]: LogField): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > MAX_TOKEN_CHARS) return undefined;
  const [name, ...rest] = path.split(".");
  switch (name) {
    case "svc_name":
    case "route":
    case "environment":
    case "request_id":
      return token(name, value);
    case "error_id":
      return token("request_id", value);
    case "user":
      return token("user", value);
    case "tags":
      return tagToken(rest.join("."), value);
    default:
      return undefined;
  }
}
