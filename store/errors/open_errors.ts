/**
 * Opens the errors that failures are the first of, as many as a service may: see ../overflow.ts.
 *
 * @module
 */
import type { Session } from "../database.ts";
import { uuidv7 } from "../ids.ts";
import { lock } from "../locks.ts";
import { Openings, type ServiceRow } from "../overflow.ts";
import { cleanOrNull, cleanText, occurrenceId } from "../rows.ts";
import {
  type Failure,
  messageOf,
  releaseNote,
  seenMs,
  serviceOf,
  talliesOf,
  type Tally,
} from "../tally.ts";
import { nowToKeep } from "../times.ts";
import { historyEntries } from "./history.ts";
import { Keys, keysOf } from "./keys.ts";

/** Failures whose errors are all open. */
export interface Opened {
  /** As they are to be recorded; those beyond the bound are of an overflow. */
  failures: readonly Failure[];
  /** Their keys. */
  keys: Keys;
  /** Numbers of the errors that were opened for them. */
  opened: ReadonlySet<number>;
}

/** Opens those that nobody has opened yet. Part of a transaction. */
export async function openErrors(
  session: Session,
  fresh: readonly Failure[],
  newErrorsAnHour: number,
): Promise<Opened> {
  const keys = await readKeys(session, fresh);
  const unknown = fresh.filter((failure) => !isOpen(failure, keys));
  if (unknown.length === 0) return { failures: fresh, keys, opened: new Set() };
  // That happens seldom, and one after another on all instances, so that each opens once.
  await lock(session, "opening");
  const present = await readKeys(session, unknown);
  const news = await admit(session, unknown, { keys: present, newErrorsAnHour });
  const isNew = new Map(unknown.map((failure, i) => [failure, news[i]!]));
  const failures = fresh.map((failure) => isNew.get(failure) ?? failure);
  const openNow = await readKeys(session, news);
  const toOpen = talliesOf(
    news.filter((failure) => !isOpen(failure, openNow)),
    (failure) => openNow.keyOf(failure),
  );
  const opened = await insertErrors(session, toOpen);
  return { failures, keys: await readKeys(session, failures), opened };
}

async function readKeys(session: Session, failures: readonly Failure[]): Promise<Keys> {
  const { sql, values } = keysOf(failures);
  return new Keys(await session.all(sql, values));
}

function isOpen(failure: Failure, keys: Keys): boolean {
  return keys.error(keys.keyOf(failure)) !== undefined;
}

/** The failures as they are to be recorded. Counts what may be opened. */
async function admit(
  session: Session,
  unknown: readonly Failure[],
  { keys, newErrorsAnHour }: { keys: Keys; newErrorsAnHour: number },
): Promise<readonly Failure[]> {
  const openings = new Openings({
    ...await servicesOf(session, unknown),
    limit: newErrorsAnHour,
    nowMs: nowToKeep(),
  });
  const admitted = unknown.map((failure) =>
    isOpen(failure, keys) ? failure : openings.admit(failure, keys.keyOf(failure))
  );
  await session.run(
    `insert into holdfast.services (svc_name, hour, opened)
     select svc_name, hour, opened from json_to_recordset($1)
       as given (svc_name text, hour bigint, opened bigint) where true
     on conflict (svc_name) do update set hour = excluded.hour, opened = excluded.opened`,
    [JSON.stringify(openings.changed)],
  );
  return admitted;
}

async function servicesOf(
  session: Session,
  failures: readonly Failure[],
): Promise<{ rows: ServiceRow[]; services: number }> {
  const names = new Set(failures.map(({ entry }) => cleanText(entry.record.svc_name)));
  const [rows, counted] = await session.batch([
    { sql: "select * from holdfast.services where svc_name = any ($1)", values: [[...names]] },
    { sql: "select count(*) as services from holdfast.services where svc_name >= ''" },
  ]) as [ServiceRow[], { services: number }[]];
  return { rows, services: counted[0]!.services };
}

/** The counts come with the batch that opens them. */
const INSERT_ERRORS = `
  insert into holdfast.errors (
    uid, state, type, message, svc_name, route, severity, location, count, kept,
    first_seen, last_seen, first_release, last_release, last_error_id
  )
  select uid, 'open', type, message, svc_name, route, severity, location, 0, 0,
    time, time, release, release, error_id
  from json_to_recordset($1) as given (
    uid text, type text, message text, svc_name text, route text, severity integer, location text,
    time bigint, release text, error_id text
  )
  returning id, uid`;

const INSERT_KEYS = `
  insert into holdfast.error_keys (key, error, rule, parts)
  select key, error, rule, parts from json_to_recordset($1)
    as given (key text, error bigint, rule text, parts text)`;

async function insertErrors(
  session: Session,
  tallies: readonly Tally<Failure>[],
): Promise<Set<number>> {
  if (tallies.length === 0) return new Set();
  const nowMs = nowToKeep();
  const rows = tallies.map((tally) => opening(tally, nowMs));
  const ids = await session.all<{ id: number; uid: string }>(INSERT_ERRORS, [JSON.stringify(rows)]);
  const idOf = new Map(ids.map(({ id, uid }) => [uid, id]));
  const opened = rows.map((row) => ({ ...row, error: idOf.get(row.uid)! }));
  await session.batch([
    { sql: INSERT_KEYS, values: [JSON.stringify(opened)] },
    ...historyEntries(opened.map(({ error, time, note }) => (
      { error, timeMs: time, action: "opened", actor: "holdfast", note }
    ))),
  ]);
  return new Set(ids.map(({ id }) => id));
}

/** The rows of an error that opens. */
function opening({ key, group, oldest, newest }: Tally<Failure>, nowMs: number) {
  const { record } = oldest.entry;
  return {
    uid: uuidv7(),
    type: cleanText(group.type),
    message: messageOf(newest),
    svc_name: serviceOf(newest),
    route: cleanOrNull(newest.entry.record.route),
    severity: record.severity,
    location: cleanText(group.location),
    time: seenMs(oldest, nowMs),
    release: cleanOrNull(record.release),
    error_id: occurrenceId(record),
    key,
    rule: group.rule,
    parts: JSON.stringify(group.parts),
    note: releaseNote(record),
  };
}
