/** Times as clocks in a zone show them, as the fields of a form take and give them. */
import { isoTime } from "../../logging/mod.ts";
import { readTime } from "../../modules/iso_time.ts";
import { DAY_MS, isKeepable } from "../../store/times.ts";
import { zonedTime } from "./times.ts";

const NAMES_A_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/i;

/** Whether times can be shown in it: `UTC`, an IANA name. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Milliseconds since 1970 of a time in ISO 8601; one that names no zone is of clocks in `zone`. Undefined for a text that is none.
 * Of an hour that clocks show twice it is the first, of one that they leave out the next.
 */
export function readLocalTime(text: string, zone: string): number | undefined {
  const timeMs = readTime(text);
  if (timeMs === undefined || zone === "UTC" || NAMES_A_ZONE.test(text)) return timeMs;
  // Years that are not kept: some zones would show a fifth digit.
  if (!isKeepable(timeMs)) return timeMs;
  const offsetMs = (atMs: number) => readTime(zonedTime(isoTime(atMs), zone))! - atMs;
  // Clocks are changed at most once within two days: it is the time by the offset before or by that after.
  const before = timeMs - offsetMs(timeMs - DAY_MS);
  const after = timeMs - offsetMs(timeMs + DAY_MS);
  const isShownAt = (atMs: number) => atMs + offsetMs(atMs) === timeMs;
  return !isShownAt(before) && isShownAt(after) ? after : before;
}
