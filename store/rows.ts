/**
 * Rows as the engines give them, and what they are outside.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Statement } from "./database.ts";
import { levelOf, type LogRecord, SEVERITY } from "./record.ts";
import { isoTime, nowToKeep } from "./times.ts";
import type { ErrorSummary, State } from "./store.ts";

/** Who does what no name stands for. */
const OPERATOR = "operator";
const MAX_ACTOR_CHARS = 128;

/** A row of `errors`; times in milliseconds since 1970. */
export interface ErrorRow {
  /** The number used inside the store. */
  id: number;
  /** The public id. */
  uid: string;
  /** `open`, `resolved` or `muted`. */
  state: State;
  /** The error's type. */
  type: string;
  /** The newest occurrence's message. */
  message: string;
  /** Module or reporting service. */
  svc_name: string;
  /** The newest occurrence's route. */
  route: string | null;
  /** The newest occurrence's severity. */
  severity: number;
  /** Time of the newest occurrence that was CRITICAL. */
  last_critical: number | null;
  /** Nearest own frame. */
  location: string;
  /** Occurrences ever. */
  count: number;
  /** Occurrences held. */
  kept: number;
  /** Time of the oldest of these. */
  oldest_kept: number;
  /** Bytes of the lines and masked messages held. */
  bytes: number;
  /** Time of the first occurrence. */
  first_seen: number;
  /** Time of the newest occurrence. */
  last_seen: number;
  /** Release of the first occurrence. */
  first_release: string | null;
  /** Release of the newest occurrence. */
  last_release: string | null;
  /** When it was resolved. */
  resolved_at: number | null;
  /** The release it is mended in. */
  resolved_in: string | null;
  /** 1 when it happened again after it was resolved. */
  came_back: number;
  /** When it was muted. */
  muted_at: number | null;
  /** When a mute ends. */
  muted_until: number | null;
  /** The count at which a mute ends. */
  muted_count: number | null;
  /** The newest occurrence's id. */
  last_error_id: string;
}

/** The worst level of an error is told of this long. */
const WORST_MS = 24 * 60 * 60 * 1000;

/** An error as everybody outside the store sees it. */
export function summaryOf(row: ErrorRow): ErrorSummary {
  return {
    id: row.uid,
    state: row.state,
    type: row.type,
    message: row.message,
    svc_name: row.svc_name,
    route: row.route,
    level: levelOf(row.severity),
    worst_level: levelOf(worstOf(row)),
    location: row.location,
    count: row.count,
    first_seen: isoTime(row.first_seen),
    last_seen: isoTime(row.last_seen),
    first_release: row.first_release,
    last_release: row.last_release,
    resolved_at: row.resolved_at === null ? null : isoTime(row.resolved_at),
    resolved_in: row.resolved_in,
    came_back: row.came_back === 1,
    last_error_id: row.last_error_id,
  };
}

/** Changes some columns of an error; no statement where there are none. */
export function rowChange(id: number, changes: Partial<Omit<ErrorRow, "id">>): Statement[] {
  const columns = Object.entries(changes);
  if (columns.length === 0) return [];
  const set = columns.map(([name], i) => `${name} = $${i + 2}`).join(", ");
  const values = [id, ...columns.map(([, value]) => value)];
  return [{ sql: `update holdfast.errors set ${set} where id = $1`, values }];
}

/** Failures are ERROR or CRITICAL: one time says what the worst of the last day was. */
function worstOf({ severity, last_critical }: ErrorRow): number {
  const isCritical = last_critical !== null && last_critical > nowToKeep() - WORST_MS;
  return isCritical ? SEVERITY.CRITICAL : severity;
}

/** A stored line is a record: only `write` puts lines there. */
export function recordOf(line: string): LogRecord {
  return JSON.parse(line) as LogRecord;
}

/** The name in a history. */
export function actorOf(by: string | undefined): string {
  return cleanText((by ?? "").slice(0, MAX_ACTOR_CHARS)) || OPERATOR;
}

/** Text as both engines keep it: without NUL, where their text functions end, and without lone surrogates. */
export function cleanText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

/** What a masked message is known by: an index takes no text of any length. */
export function digestOf(message: string): string {
  return createHash("md5").update(message).digest("hex");
}

/** The same for a field that may be absent. */
export function cleanOrNull(text: string | undefined): string | null {
  return text === undefined ? null : cleanText(text);
}

/** The message of what was thrown: what the record says of it may be the route's alone. */
export function messageOf({ error, message }: LogRecord): string {
  return cleanText(error?.message ?? message);
}

/** Every failure has an id; a record that lost it is known by its duplicate key. */
export function occurrenceId({ error_id, boot_id, seq }: LogRecord): string {
  return cleanText(error_id ?? `${boot_id}-${seq}`);
}
