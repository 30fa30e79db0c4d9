/** What a client says that happened before a failure, made into breadcrumbs of a record and kept within its bounds. */
import { isObject } from "../../store/is_object.ts";
import { boundedFields } from "./bounded_fields.ts";
import { cut, MAX_BREADCRUMBS, MAX_MESSAGE_CHARS, MAX_NAME_CHARS } from "../../store/limits.ts";
import { type Breadcrumb, type Level, SEVERITY } from "../../store/record.ts";
import { isKeepable, isoTime } from "../../store/times.ts";

/** Characters of all breadcrumbs of a record. */
export const MAX_BREADCRUMBS_CHARS = 48 * 1024;
/** Characters of one value in a breadcrumb's data, as JSON. */
export const MAX_BREADCRUMB_VALUE_CHARS = 2 * 1024;

/** Counted for the names of the fields, the time and the level. */
const FIXED_CHARS = 64;

/** The newest of them, the oldest first; undefined for what is no list. */
export function readBreadcrumbs(
  reported: unknown,
): { breadcrumbs: Breadcrumb[]; isCut: boolean } | undefined {
  if (!Array.isArray(reported)) return undefined;
  const breadcrumbs: Breadcrumb[] = [];
  let charsLeft = MAX_BREADCRUMBS_CHARS;
  for (let index = reported.length - 1; index >= 0; index--) {
    const breadcrumb = readOne(reported[index]);
    if (breadcrumb === undefined) continue;
    charsLeft -= sizeOf(breadcrumb);
    if (breadcrumbs.length === MAX_BREADCRUMBS || charsLeft < 0) {
      return { breadcrumbs: breadcrumbs.reverse(), isCut: true };
    }
    breadcrumbs.push(breadcrumb);
  }
  return breadcrumbs.length === 0
    ? undefined
    : { breadcrumbs: breadcrumbs.reverse(), isCut: false };
}

/** Keys that a breadcrumb has no field for are its data. */
function readOne(reported: unknown): Breadcrumb | undefined {
  if (typeof reported !== "object" || reported === null) return undefined;
  const { time, category, level, message, data, ...others } = reported as Record<string, unknown>;
  const read: Breadcrumb = {};
  const timeMs = typeof time === "string" ? Date.parse(time) : NaN;
  if (isKeepable(timeMs)) read.time = isoTime(timeMs);
  if (typeof category === "string") read.category = cut(category, MAX_NAME_CHARS);
  if (isLevel(level)) read.level = level;
  if (typeof message === "string") read.message = cut(message, MAX_MESSAGE_CHARS);
  const given = isObject(data) ? data : data !== undefined && data !== null && { data };
  const more = boundedFields({ ...others, ...given }, { maxChars: MAX_BREADCRUMB_VALUE_CHARS });
  if (more !== undefined) read.data = more;
  return Object.keys(read).length === 0 ? undefined : read;
}

function isLevel(value: unknown): value is Level {
  return typeof value === "string" && Object.hasOwn(SEVERITY, value);
}

function sizeOf({ category = "", message = "", data }: Breadcrumb): number {
  return FIXED_CHARS + category.length + message.length +
    (data === undefined ? 0 : JSON.stringify(data).length);
}
