/** Opens the errors that failures are the first of, as many as a service may: see overflow.ts. */
import type { Session } from "../drivers/database.ts";
import { uuidv7 } from "../ids.ts";
import { lock } from "../drivers/locks.ts";
import { Openings, type ServiceRow } from "./overflow.ts";
import {
  cleanOrNull,
  cleanText,
  historyEntries,
  insertErrors,
  type NewErrorRow,
  NOBODY_HIT,
  NOT_MUTED,
  NOT_RESOLVED,
  NOTHING_HELD,
  NOTHING_SAID,
  NOTHING_SINCE,
  shownOf,
} from "./rows.ts";
import {
  type Failure,
  isOverflow,
  messageOf,
  releaseNote,
  seenMs,
  serviceOf,
  talliesOf,
  type Tally,
} from "./tally.ts";
import { nowToKeep } from "../times.ts";
import { type KeyRow, Keys, keysOf } from "./keys.ts";

export interface Opened {
  /** As they are to be recorded; those beyond the bound are of an overflow. */
  failures: readonly Failure[];
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
  const keys = new Keys(await findKeys(session, fresh));
  const unknown = fresh.filter((failure) => !isOpen(failure, keys));
  if (unknown.length === 0) return { failures: fresh, keys, opened: new Set() };
  // That happens seldom, and one after another on all instances, so that each opens once.
  await lock(session, "opening");
  keys.add(await findKeys(session, unknown));
  const admitted = await admit(session, unknown, { keys, newErrorsAnHour });
  const overflows = admitted.filter(({ entry }) => isOverflow(entry.group));
  if (overflows.length > 0) keys.add(await findKeys(session, overflows));
  const news = admitted.filter((failure) => !isOpen(failure, keys));
  const made = await insert(session, talliesOf(news, (failure) => keys.keyOf(failure)));
  keys.add(made);
  const admittedOf = new Map(unknown.map((failure, i) => [failure, admitted[i]!]));
  return {
    failures: fresh.map((failure) => admittedOf.get(failure) ?? failure),
    keys,
    opened: new Set(made.map(({ error }) => error)),
  };
}

function findKeys(session: Session, failures: readonly Failure[]): Promise<KeyRow[]> {
  const { sql, values } = keysOf(failures);
  return session.all(sql, values);
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

const INSERT_KEYS = `
  insert into holdfast.error_keys (key, error, rule, parts)
  select key, error, rule, parts from json_to_recordset($1)
    as given (key text, error bigint, rule text, parts text)`;

async function insert(
  session: Session,
  tallies: readonly Tally[],
): Promise<KeyRow[]> {
  if (tallies.length === 0) return [];
  const nowMs = nowToKeep();
  const rows = tallies.map((tally) => opening(tally, nowMs));
  const [ids] = await session.batch<{ id: number; uid: string }>([insertErrors(rows)]);
  const idOf = new Map(ids!.map(({ id, uid }) => [uid, id]));
  const opened = rows.map(({ uid, first_seen }, i) => ({
    error: idOf.get(uid)!,
    timeMs: first_seen,
    note: releaseNote(tallies[i]!.oldest.entry.record),
  }));
  const keys = tallies.map(({ key, group: { rule, parts } }, i) => (
    { key, error: opened[i]!.error, rule, parts: JSON.stringify(parts) }
  ));
  await session.batch([
    { sql: INSERT_KEYS, values: [JSON.stringify(keys)] },
    ...historyEntries(opened.map((deed) => ({ ...deed, action: "opened", actor: "holdfast" }))),
  ]);
  return keys.map(({ key, error }) => ({ key, error, split_from: null, variant: null }));
}

/** The row of an error that opens. Its counts come with the batch that opens it. */
function opening({ group, oldest, newest }: Tally, nowMs: number): NewErrorRow {
  const seen = seenMs(oldest, nowMs);
  return {
    ...shownOf(newest.entry.record),
    uid: uuidv7(),
    state: "open",
    type: cleanText(group.type),
    message: messageOf(newest),
    svc_name: serviceOf(newest),
    location: cleanText(group.location),
    count: 0,
    ...NOTHING_HELD,
    ...NOBODY_HIT,
    first_seen: seen,
    last_seen: seen,
    first_release: cleanOrNull(oldest.entry.record.release),
    ...NOT_RESOLVED,
    ...NOTHING_SAID,
    ...NOTHING_SINCE,
    ...NOT_MUTED,
  };
}
