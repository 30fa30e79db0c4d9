/**
 * Opens errors, counts what happens to them, and brings resolved ones back.
 *
 * A batch touches each error once, however many occurrences it brings: a storm of alike failures
 * costs their rows and no more.
 *
 * @module
 */
import { uuidv7 } from "../ids.ts";
import type { Alert } from "../store.ts";
import { noteAlert } from "./alerts.ts";
import type { Database } from "./database.ts";
import { addHistory } from "./history.ts";
import { findByKey, splitVariants } from "./keys.ts";
import {
  cleanOrNull,
  cleanText,
  digestOf,
  type ErrorRow,
  occurrenceId,
  summaryOf,
} from "../rows.ts";
import {
  bytesOf,
  countsOf,
  type Effect,
  effectOf,
  HOUR_MS,
  lastCritical,
  MAX_VARIANTS,
  messageOf,
  releaseNote,
  seenMs,
  serviceOf,
  talliesOf,
  type Tally,
} from "../tally.ts";
import { nowToKeep } from "../times.ts";
import { admit } from "./openings.ts";
import type { Fresh, WriteOptions } from "./write.ts";

/**
 * Records failures inside a transaction that has just inserted their logs.
 *
 * @param failures In the order of their times, all of them new to the store.
 */
export function recordFailures(
  db: Database,
  failures: readonly Fresh[],
  { newErrorsAnHour }: WriteOptions,
): Alert[] {
  const alerts: Alert[] = [];
  const keyOf = keysIn(db);
  const admitted = admit(db, failures, { keyOf, newErrorsAnHour });
  for (const tally of talliesOf(admitted, keyOf)) {
    const known = findByKey(db, tally.key);
    const { row, kind } = known === undefined ? openError(db, tally) : touch(db, known, tally);
    addOccurrences(db, row.id, tally);
    if (kind === undefined) continue;
    noteAlert(db, row.id, kind);
    alerts.push({ kind, error: summaryOf(row) });
  }
  return alerts;
}

/** The key of a failure's error: its fingerprint, or that of a variant that was split off. */
function keysIn(db: Database): (failure: Fresh) => string {
  const split = new Map<string, ReadonlyMap<string, string>>();
  return ({ entry }) => {
    const { key, masked } = entry.group!;
    let variants = split.get(key);
    if (variants === undefined) split.set(key, variants = splitVariants(db, key));
    return variants.size === 0 ? key : variants.get(cleanText(masked)) ?? key;
  };
}

/** What became of an error, and what an alert would say about it. */
interface Outcome {
  row: ErrorRow;
  kind?: Alert["kind"];
}

function openError(db: Database, tally: Tally<Fresh>): Outcome {
  const { group, oldest, newest } = tally;
  const nowMs = nowToKeep();
  const { record } = newest.entry;
  const row = db.get<ErrorRow>(
    `insert into errors (
       uid, state, type, message, svc_name, route, severity, last_critical, location, count, kept,
       oldest_kept, bytes, first_seen, last_seen, first_release, last_release, last_error_id
     ) values (?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning *`,
    [
      uuidv7(),
      cleanText(group.type),
      messageOf(newest),
      serviceOf(newest),
      cleanOrNull(record.route),
      record.severity,
      lastCritical(tally),
      cleanText(group.location),
      tally.failures.length,
      tally.failures.length,
      oldest.timeMs,
      bytesOf(tally),
      seenMs(oldest, nowMs),
      seenMs(newest, nowMs),
      cleanOrNull(oldest.entry.record.release),
      cleanOrNull(record.release),
      occurrenceId(newest.entry.record),
    ],
  )!;
  db.run("insert into error_keys (key, error, rule, parts) values (?, ?, ?, ?)", [
    group.key,
    row.id,
    group.rule,
    JSON.stringify(group.parts),
  ]);
  addHistory(db, row.id, {
    timeMs: seenMs(oldest, nowMs),
    action: "opened",
    actor: "holdfast",
    note: releaseNote(oldest.entry.record),
  });
  return { row, kind: "new" };
}

function touch(db: Database, before: ErrorRow, tally: Tally<Fresh>): Outcome {
  const { oldest, newest } = tally;
  const effect = effectOf(before, tally, nowToKeep());
  wake(db, before, effect);
  const { oldestMs, newestMs, isFirst, isLast, beforeMute } = effect;
  const { record } = newest.entry;
  const row = db.get<ErrorRow>(
    `update errors set
       count = count + ?, kept = kept + ?, oldest_kept = min(oldest_kept, ?),
       muted_count = muted_count + ?, last_critical = nullif(max(?, coalesce(last_critical, 0)), 0),
       bytes = bytes + ?, first_seen = ?, first_release = ?, severity = ?,
       last_seen = ?, last_release = ?, message = ?, route = ?, last_error_id = ?
     where id = ? returning *`,
    [
      tally.failures.length,
      tally.failures.length,
      oldest.timeMs,
      beforeMute,
      lastCritical(tally) ?? 0,
      bytesOf(tally),
      isFirst ? oldestMs : before.first_seen,
      isFirst ? cleanOrNull(oldest.entry.record.release) : before.first_release,
      isLast ? record.severity : before.severity,
      isLast ? newestMs : before.last_seen,
      isLast ? cleanOrNull(record.release) : before.last_release,
      isLast ? messageOf(newest) : before.message,
      isLast ? cleanOrNull(record.route) : before.route,
      isLast ? occurrenceId(record) : before.last_error_id,
      before.id,
    ],
  )!;
  return { row, ...(effect.wake !== undefined && { kind: "back" }) };
}

/** Opens an error that was resolved, or muted until a time that is over or a number that is reached. */
function wake(
  db: Database,
  error: ErrorRow,
  { wake, newestMs }: Effect,
): void {
  if (wake === undefined) return;
  db.run(
    wake.action === "came_back"
      ? "update errors set state = 'open', resolved_at = null, came_back = 1 where id = ?"
      : `update errors set state = 'open', muted_at = null, muted_until = null, muted_count = null
         where id = ?`,
    [error.id],
  );
  addHistory(db, error.id, { timeMs: newestMs, actor: "holdfast", ...wake });
}

function addOccurrences(db: Database, error: number, { group, failures }: Tally<Fresh>): void {
  for (const { id, timeMs, entry, words } of failures) {
    db.run("insert into occurrences (id, error, time, error_id, line) values (?, ?, ?, ?, ?)", [
      id,
      error,
      timeMs,
      occurrenceId(entry.record),
      entry.line,
    ]);
    db.run("insert into occurrences_words (rowid, words) values (?, ?)", [id, words]);
  }
  const nowMs = nowToKeep();
  const hours = countsOf(failures, (failure) => Math.floor(seenMs(failure, nowMs) / HOUR_MS));
  const variants = countsOf(failures, ({ entry }) => cleanText((entry.group ?? group).masked));
  for (const [hour, count] of hours) addHour(db, error, { hour, count });
  for (const [message, count] of variants) addVariant(db, error, { message, count });
}

function addHour(db: Database, error: number, { hour, count }: { hour: number; count: number }) {
  db.run(
    `insert into hours (error, hour, count) values (?, ?, ?)
     on conflict do update set count = count + excluded.count`,
    [error, hour, count],
  );
}

function addVariant(
  db: Database,
  error: number,
  { message, count }: { message: string; count: number },
) {
  const updated = db.run("update variants set count = count + ? where error = ? and digest = ?", [
    count,
    error,
    digestOf(message),
  ]);
  if (updated > 0) return;
  const added = db.run(
    `insert into variants (error, digest, message, count) select ?, ?, ?, ?
     where (select count(*) from variants where error = ?) < ${MAX_VARIANTS}`,
    [error, digestOf(message), message, count, error],
  );
  if (added > 0) {
    db.run("update errors set bytes = bytes + octet_length(?) where id = ?", [message, error]);
  }
}
