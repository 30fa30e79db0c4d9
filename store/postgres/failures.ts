/**
 * Opens errors, counts what happens to them, and brings resolved ones back. Every instance does so at
 * the same time, in the same order: new errors one after another, known ones row by row as they are
 * locked. So counts are exact, and each alert is one instance's.
 *
 * @module
 */
import { uuidv7 } from "../ids.ts";
import { cleanOrNull, cleanText, type ErrorRow, occurrenceId, summaryOf } from "../rows.ts";
import type { Alert } from "../store.ts";
import {
  bytesOf,
  countsOf,
  type Effect,
  effectOf,
  HOUR_MS,
  isOverflow,
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
import { noteAlerts } from "./alerts.ts";
import type { Session } from "./database.ts";
import { changedMeanwhile } from "../drivers/postgres_faults.ts";
import { fingerprintsOf, type KeyRow, keysIn } from "./keys.ts";
import { ADVISORY_LOCKS } from "../locks.ts";
import { admit } from "./openings.ts";
import type { Fresh, WriteOptions } from "./write.ts";

/** These fingerprints and the variants that were split off them. */
const IS_OURS = "error_keys.key = any ($1) or error_keys.split_from = any ($1)";

const FIND_KEYS = `
  select key, split_from, variant from holdfast.error_keys where ${IS_OURS}`;

/** Where variants have been split off to: another text when somebody has split or merged since. */
const splitsOf = (keys: `$${number}`) => `
  (select string_agg(key || ' ' || error, ' ' order by key)
   from holdfast.error_keys where split_from = any (${keys})) as splits`;

/** The locked rows of these keys; always in the same order, or two instances wait for one another. */
const LOCK_ERRORS = `
  select errors.*, error_keys.key, split_from, variant, ${splitsOf("$1")}
  from holdfast.error_keys join holdfast.errors on errors.id = error_keys.error
  where ${IS_OURS} order by errors.id for update of errors`;

const OPEN_ERRORS = `
  with given as (
    select * from json_to_recordset($1) as given (
      uid text, type text, message text, svc_name text, route text, severity integer, location text,
      time bigint, release text, error_id text, key text, rule text, parts text, note text
    )
  ), opened as (
    insert into holdfast.errors (
      uid, state, type, message, svc_name, route, severity, location, count, kept,
      first_seen, last_seen, first_release, last_release, last_error_id
    )
    select uid, 'open', type, message, svc_name, route, severity, location, 0, 0,
      time, time, release, release, error_id
    from given returning id, uid
  ), keyed as (
    insert into holdfast.error_keys (key, error, rule, parts)
    select key, opened.id, rule, parts from given join opened using (uid)
  )
  insert into holdfast.history (error, time, action, actor, note)
  select opened.id, time, 'opened', 'holdfast', note from given join opened using (uid)`;

/** Everything that a batch changes, in one statement. */
const RECORD = `
  with given as (
    select * from json_to_recordset($1) as given (
      id bigint, state text, came_back integer, resolved_at bigint, muted_until bigint,
      muted_at bigint, muted_count bigint, more bigint, oldest bigint, bytes bigint, severity integer,
      last_critical bigint, message text, route text,
      first_seen bigint, first_release text, last_seen bigint, last_release text, last_error_id text
    )
  ), occurred as (
    insert into holdfast.occurrences (error, time, error_id, line, words)
    select place.error, logs.time, logs.error_id, logs.line, logs.words
    from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as place (error, time, id)
    join holdfast.logs using (time, id)
  ), counted_hours as (
    insert into holdfast.hours as hours (error, hour, count)
    select * from json_to_recordset($5) as given (error bigint, hour bigint, count bigint)
    on conflict (error, hour) do update set count = hours.count + excluded.count
  ), messages as (
    select *, md5(message) as digest
    from json_to_recordset($6) as given (error bigint, message text, count bigint)
  ), known as (
    select error, count(*) as variants from holdfast.variants
    where error in (select error from messages) group by error
  ), placed as (
    select messages.*, variants.error is not null as is_known, row_number() over (
      partition by messages.error, variants.error is null
    ) + coalesce(known.variants, 0) as place
    from messages left join known on known.error = messages.error
    left join holdfast.variants
      on variants.error = messages.error and variants.digest = messages.digest
  ), counted_variants as (
    insert into holdfast.variants as variants (error, digest, message, count)
    select error, digest, message, count from placed where is_known or place <= ${MAX_VARIANTS}
    on conflict (error, digest) do update set count = variants.count + excluded.count
  ), new_variants as (
    select error, sum(octet_length(message)) as bytes
    from placed where not is_known and place <= ${MAX_VARIANTS} group by error
  ), noted as (
    insert into holdfast.history (error, time, action, actor, note)
    select error, time, action, 'holdfast', note
    from json_to_recordset($7) as given (error bigint, time bigint, action text, note text)
  ), alerted as (${noteAlerts("json_to_recordset($9) as news (error bigint, kind text)", "$10")}
  )
  update holdfast.errors set
    state = given.state, came_back = given.came_back, resolved_at = given.resolved_at,
    muted_at = given.muted_at, muted_until = given.muted_until, muted_count = given.muted_count,
    count = errors.count + given.more, kept = errors.kept + given.more,
    oldest_kept = least(errors.oldest_kept, given.oldest),
    bytes = errors.bytes + given.bytes + coalesce(
      (select new_variants.bytes from new_variants where new_variants.error = errors.id), 0
    ), severity = given.severity, last_critical = given.last_critical, message = given.message,
    route = given.route, first_seen = given.first_seen, first_release = given.first_release,
    last_seen = given.last_seen, last_release = given.last_release,
    last_error_id = given.last_error_id
  from given where errors.id = given.id returning errors.*, ${splitsOf("$8")}`;

/**
 * Records failures inside a transaction that has just inserted their logs.
 *
 * @param fresh In the order of their times, all of them new to the store.
 */
export async function recordFailures(
  session: Session,
  fresh: readonly Fresh[],
  options: WriteOptions,
): Promise<Alert[]> {
  const { failures, opened } = await openErrors(session, fresh, options);
  const { changes, splits } = await lockErrors(session, failures);
  const news = changes.flatMap((
    { before, effect, tally },
  ): { error: number; kind: Alert["kind"] }[] =>
    opened.has(tally.key)
      ? [{ error: before.id, kind: "new" }]
      : effect.wake === undefined
      ? []
      : [{ error: before.id, kind: "back" }]
  );
  const rows = await session.all<ErrorRow & Splits>(RECORD, [
    JSON.stringify(changes.map(touched)),
    ...placesOf(changes),
    JSON.stringify(changes.flatMap(hoursOf)),
    JSON.stringify(changes.flatMap(variantsOf)),
    JSON.stringify(changes.flatMap(historyOf)),
    fingerprintsOf(failures),
    JSON.stringify(news),
    nowToKeep(),
  ]);
  // While the locks were waited for. Now that they are held, nobody can.
  if (rows[0]?.splits !== splits) throw changedMeanwhile("A variant was split off");
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  return news.map(({ error, kind }) => ({ kind, error: summaryOf(rowOf.get(error)!) }));
}

/** One error, locked, and what this batch brings to it. */
interface Change {
  before: ErrorRow;
  tally: Tally<Fresh>;
  effect: Effect;
}

/** Opens those that nobody has opened meanwhile, and says which these are, and where each failure belongs. */
async function openErrors(
  session: Session,
  fresh: readonly Fresh[],
  options: WriteOptions,
): Promise<{ failures: readonly Fresh[]; opened: Set<string> }> {
  const unknown = fresh.filter(({ isKnown }) => !isKnown);
  if (unknown.length === 0) return { failures: fresh, opened: new Set() };
  await session.all("select pg_advisory_xact_lock($1)", [ADVISORY_LOCKS.opening]);
  const found = await session.all<KeyRow>(FIND_KEYS, [fingerprintsOf(unknown)]);
  const known = new Set(found.map(({ key }) => key));
  const failures = await admit(session, fresh, { known, keyOf: keysIn(found), ...options });
  const overflows = failures.filter(({ entry }) => isOverflow(entry.group));
  if (overflows.length > 0) {
    const open = await session.all<KeyRow>(FIND_KEYS, [fingerprintsOf(overflows)]);
    for (const { key } of open) known.add(key);
  }
  const news = talliesOf(failures.filter(({ isKnown }) => !isKnown), keysIn(found))
    .filter(({ key }) => !known.has(key));
  if (news.length > 0) await session.all(OPEN_ERRORS, [JSON.stringify(news.map(opening))]);
  return { failures, opened: new Set(news.map(({ key }) => key)) };
}

interface Splits {
  splits: string | null;
}

async function lockErrors(
  session: Session,
  failures: readonly Fresh[],
): Promise<{ changes: Change[]; splits: string | null }> {
  const rows = await session.all<ErrorRow & KeyRow & Splits>(LOCK_ERRORS, [
    fingerprintsOf(failures),
  ]);
  const rowOf = new Map(rows.map((row) => [row.key, row]));
  const joined = new Map<number, { before: ErrorRow; tally: Tally<Fresh> }>();
  for (const tally of talliesOf(failures, keysIn(rows))) {
    const before = rowOf.get(tally.key);
    // Removed or merged since the logs were inserted.
    if (before === undefined) throw changedMeanwhile("An error is gone");
    const other = joined.get(before.id)?.tally;
    joined.set(before.id, { before, tally: other ? join(other, tally) : tally });
  }
  const nowMs = nowToKeep();
  const changes = Array.from(
    joined.values(),
    ({ before, tally }) => ({ before, tally, effect: effectOf(before, tally, nowMs) }),
  );
  return { changes, splits: rows[0]?.splits ?? null };
}

/** Several keys of one error: they were merged. */
function join({ key, group, failures }: Tally<Fresh>, other: Tally<Fresh>): Tally<Fresh> {
  const all = [...failures, ...other.failures].sort((a, b) => a.timeMs - b.timeMs);
  return { key, group, failures: all, oldest: all[0]!, newest: all.at(-1)! };
}

/** The row of an error that opens; the counts come with the batch. */
function opening({ key, group, oldest, newest }: Tally<Fresh>): Record<string, unknown> {
  const { record } = oldest.entry;
  return {
    uid: uuidv7(),
    type: cleanText(group.type),
    message: messageOf(newest),
    svc_name: serviceOf(newest),
    route: cleanOrNull(newest.entry.record.route),
    severity: record.severity,
    location: cleanText(group.location),
    time: seenMs(oldest, nowToKeep()),
    release: cleanOrNull(record.release),
    error_id: occurrenceId(record),
    key,
    rule: group.rule,
    parts: JSON.stringify(group.parts),
    note: releaseNote(record),
  };
}

/** The entry in its history, where the batch changes its state. */
function historyOf({ before, effect: { wake, newestMs } }: Change): Record<string, unknown>[] {
  return wake === undefined ? [] : [{ error: before.id, time: newestMs, ...wake }];
}

/** The row as the batch leaves it. */
function touched({ before, tally, effect }: Change): Record<string, unknown> {
  const { oldest, newest, failures } = tally;
  const { record } = newest.entry;
  const { oldestMs, newestMs, isFirst, isLast, beforeMute, wake } = effect;
  const isUnmuted = wake?.action === "unmuted";
  return {
    id: before.id,
    state: wake ? "open" : before.state,
    came_back: wake?.action === "came_back" ? 1 : before.came_back,
    resolved_at: wake?.action === "came_back" ? null : before.resolved_at,
    muted_at: isUnmuted ? null : before.muted_at,
    muted_until: isUnmuted ? null : before.muted_until,
    muted_count: isUnmuted || before.muted_count === null ? null : before.muted_count + beforeMute,
    more: failures.length,
    oldest: oldest.timeMs,
    bytes: bytesOf(tally),
    severity: isLast ? record.severity : before.severity,
    last_critical: Math.max(before.last_critical ?? 0, lastCritical(tally) ?? 0) || null,
    message: isLast ? messageOf(newest) : before.message,
    route: isLast ? cleanOrNull(record.route) : before.route,
    first_seen: isFirst ? oldestMs : before.first_seen,
    first_release: isFirst ? cleanOrNull(oldest.entry.record.release) : before.first_release,
    last_seen: isLast ? newestMs : before.last_seen,
    last_release: isLast ? cleanOrNull(record.release) : before.last_release,
    last_error_id: isLast ? occurrenceId(record) : before.last_error_id,
  };
}

/** Errors, times and ids of all occurrences. */
function placesOf(changes: readonly Change[]): [number[], number[], number[]] {
  const places = changes.flatMap(({ before, tally }) =>
    tally.failures.map(({ timeMs, id }) => ({ error: before.id, timeMs, id }))
  );
  return [
    places.map(({ error }) => error),
    places.map(({ timeMs }) => timeMs),
    places.map(({ id }) => id),
  ];
}

function hoursOf({ before, tally }: Change): { error: number; hour: number; count: number }[] {
  const nowMs = nowToKeep();
  const hours = countsOf(tally.failures, (failure) => Math.floor(seenMs(failure, nowMs) / HOUR_MS));
  return Array.from(hours, ([hour, count]) => ({ error: before.id, hour, count }));
}

function variantsOf(
  { before, tally }: Change,
): { error: number; message: string; count: number }[] {
  const { group, failures } = tally;
  const variants = countsOf(failures, ({ entry }) => cleanText((entry.group ?? group).masked));
  return Array.from(variants, ([message, count]) => ({ error: before.id, message, count }));
}
