/** Rows as the engines give them, and what they are outside. */
import { createHash } from "node:crypto";
import type { Statement } from "../drivers/database.ts";
import { levelOf, type LogRecord, SEVERITY } from "../record.ts";
import { FACET_BYTES } from "../facets/schema.ts";
import { MAX_PERSON_CHARS } from "../limits.ts";
import { NONE_KEPT } from "../schema/schema.ts";
import { isoTime, nowToKeep } from "../times.ts";
import type { ErrorSummary, Proof, State } from "../store.ts";

/** The actor where no name is given. */
const OPERATOR = "operator";

/** The columns of `errors` beside its number, in SQL's types; `?`: may be null. What they hold stands in ../schema/schema.ts. */
const COLUMNS = {
  uid: "text",
  state: "text",
  type: "text",
  message: "text",
  svc_name: "text",
  route: "text?",
  severity: "integer",
  last_critical: "bigint?",
  location: "text",
  count: "bigint",
  kept: "bigint",
  oldest_kept: "bigint",
  bytes: "bigint",
  first_seen: "bigint",
  last_seen: "bigint",
  first_release: "text?",
  last_release: "text?",
  resolved_at: "bigint?",
  resolved_in: "text?",
  resolved_rank: "bigint?",
  resolved_next: "integer",
  proof_requests: "bigint",
  proof_good: "bigint",
  proof_failures: "bigint",
  proof_since: "bigint?",
  proved_at: "bigint?",
  came_back_in: "text?",
  came_back_at: "bigint?",
  rising_at: "bigint?",
  assigned_to: "text?",
  issue_url: "text?",
  came_back: "integer",
  muted_at: "bigint?",
  muted_until: "bigint?",
  muted_count: "bigint?",
  last_error_id: "text",
  users: "bigint",
  environments: "text",
} as const;

/** What an error shows of its newest occurrence, by column. */
const SHOWN = {
  message: messageOf,
  severity: ({ severity }: LogRecord) => severity,
  route: ({ route }: LogRecord) => cleanOrNull(route),
  last_release: ({ release }: LogRecord) => cleanOrNull(release),
  last_error_id: occurrenceId,
} satisfies { [Name in keyof ErrorRow]?: (record: LogRecord) => ErrorRow[Name] };

/** What an error without occurrences holds. */
export const NOTHING_HELD = { kept: 0, oldest_kept: NONE_KEPT, bytes: 0, last_critical: null };
export const NOBODY_HIT = { users: 0, environments: "[]" };
export const NOT_PROVED = {
  proof_requests: 0,
  proof_good: 0,
  proof_failures: 0,
  proof_since: null,
  proved_at: null,
};
export const NOT_RESOLVED = {
  resolved_at: null,
  resolved_in: null,
  resolved_rank: null,
  resolved_next: 0,
  ...NOT_PROVED,
};
/** What people say of an error that has just opened. */
export const NOTHING_SAID = { assigned_to: null, issue_url: null };
/** What an error that has just opened has not done yet. */
export const NOTHING_SINCE = {
  came_back: 0,
  came_back_in: null,
  came_back_at: null,
  rising_at: null,
};
export const NOT_MUTED = { muted_at: null, muted_until: null, muted_count: null };

export type ErrorRow =
  & { id: number; state: State }
  & { [Name in Exclude<keyof typeof COLUMNS, "state">]: Held<(typeof COLUMNS)[Name]> };

type Held<Column extends string> = Column extends `${infer Always}?` ? Held<Always> | null
  : Column extends "text" ? string
  : number;

export type NewErrorRow = Omit<ErrorRow, "id">;

/** The columns that show the newest occurrence. */
export type Shown = Pick<ErrorRow, keyof typeof SHOWN>;

/** The worst level of an error is shown for this long. */
const WORST_MS = 24 * 60 * 60 * 1000;

/** An error as it is seen outside the store. */
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
    resolved_next: row.resolved_next === 1,
    proof: proofOf(row),
    proved_at: row.proved_at === null ? null : isoTime(row.proved_at),
    came_back: row.came_back === 1,
    came_back_in: row.came_back_in,
    came_back_at: row.came_back_at === null ? null : isoTime(row.came_back_at),
    rising_at: row.rising_at === null ? null : isoTime(row.rising_at),
    assigned_to: row.assigned_to,
    issue_url: row.issue_url,
    last_error_id: row.last_error_id,
    users: row.users,
    environments: JSON.parse(row.environments),
  };
}

/** What the same route has answered on the release that fixed it; null without traffic. */
export function proofOf({ proof_requests, proof_failures, proof_since }: ErrorRow): Proof | null {
  if (proof_since === null) return null;
  return {
    requests: proof_requests,
    failures: proof_failures,
    since: isoTime(proof_since),
  };
}

/** What an error shows when this is its newest occurrence. */
export function shownOf(record: LogRecord): Shown {
  const shown = Object.entries(SHOWN).map(([name, valueOf]) => [name, valueOf(record)]);
  return Object.fromEntries(shown) as Shown;
}

/** What another error shows. */
export function shownBy(row: ErrorRow): Shown {
  const names = Object.keys(SHOWN) as (keyof Shown)[];
  return Object.fromEntries(names.map((name) => [name, row[name]])) as Shown;
}

export function insertErrors(rows: readonly NewErrorRow[]): Statement {
  return { sql: INSERT_ERRORS, values: [JSON.stringify(rows)] };
}

/** Keeps what happens changes of errors. */
export function updateErrors(rows: readonly ErrorRow[]): Statement {
  return { sql: UPDATE_ERRORS, values: [JSON.stringify(rows)] };
}

/** Columns that stay as they were when the error opened, or that only a person changes. */
const FIXED: readonly string[] = [
  "uid",
  "type",
  "svc_name",
  "location",
  "resolved_in",
  "assigned_to",
  "issue_url",
];
const NAMES = Object.keys(COLUMNS);
const GIVEN = Object.entries(COLUMNS)
  .map(([name, type]) => `${name} ${type.replace("?", "")}`).join(", ");

const INSERT_ERRORS = `
  insert into holdfast.errors (${NAMES.join(", ")})
  select ${NAMES.join(", ")} from json_to_recordset($1) as given (${GIVEN})
  returning id, uid`;

const UPDATE_ERRORS = `
  update holdfast.errors set ${
  NAMES.filter((name) => !FIXED.includes(name)).map((name) => `${name} = given.${name}`).join(", ")
}
  from json_to_recordset($1) as given (id bigint, ${GIVEN})
  where errors.id = given.id`;

/** Changes some columns of an error; no statement where there are none. */
export function rowChange(id: number, changes: Partial<Omit<ErrorRow, "id">>): Statement[] {
  return rowsChange([id], changes);
}

/** The same of several errors. */
export function rowsChange(
  ids: readonly number[],
  changes: Partial<Omit<ErrorRow, "id">>,
): Statement[] {
  const columns = Object.entries(changes);
  if (columns.length === 0 || ids.length === 0) return [];
  const set = columns.map(([name], i) => `${name} = $${i + 2}`).join(", ");
  const values = [ids, ...columns.map(([, value]) => value)];
  return [{ sql: `update holdfast.errors set ${set} where id = any ($1)`, values }];
}

/** Counts anew how many occurrences an error holds, since when, and how many bytes. */
export function recount(error: number): Statement {
  return {
    sql: `update holdfast.errors set
        kept = (select count(*) from holdfast.occurrences where error = errors.id),
        oldest_kept = (
          select coalesce(min(time), ${NONE_KEPT}) from holdfast.occurrences where error = errors.id
        ),
        bytes = (
          select coalesce(sum(octet_length(line)), 0)
          from holdfast.occurrences where error = errors.id
        ) + (
          select coalesce(sum(octet_length(message)), 0)
          from holdfast.variants where error = errors.id
        ) + (
          select coalesce(sum(${FACET_BYTES} + octet_length(name) + octet_length(value)), 0)
          from holdfast.facets where error = errors.id
        )
      where id = $1`,
    values: [error],
  };
}

interface Deed {
  error: number;
  timeMs: number;
  action: string;
  actor: string;
  note: string;
}

/** Adds entries to the histories of errors; no statement where there are none. */
export function historyEntries(deeds: readonly Deed[]): Statement[] {
  if (deeds.length === 0) return [];
  const sql = `insert into holdfast.history (error, time, action, actor, note)
    select error, time, action, actor, note from json_to_recordset($1)
      as given (error bigint, time bigint, action text, actor text, note text)`;
  const rows = deeds.map(({ timeMs, note, ...deed }) => (
    { ...deed, time: timeMs, note: cleanText(note) }
  ));
  return [{ sql, values: [JSON.stringify(rows)] }];
}

/** How often an error happened in an hour, a number of hours since 1970. */
export interface Hour {
  error: number;
  hour: number;
  count: number;
}

/** Adds to the trends of errors, and gives the hours as they are then. "where true": without it SQLite reads "on" as part of a join. */
export function addHours(hours: readonly Hour[]): Statement {
  return {
    sql: `insert into holdfast.hours (error, hour, count)
      select error, hour, count
      from json_to_recordset($1) as given (error bigint, hour bigint, count bigint) where true
      on conflict (error, hour) do update set count = hours.count + excluded.count
      returning error, hour, count, alarm_at`,
    values: [JSON.stringify(hours)],
  };
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
  return cleanText((by ?? "").slice(0, MAX_PERSON_CHARS)) || OPERATOR;
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
