/** What keys and clients brought, day by day: for the list of keys, and for people who ask why something has not arrived. */
import type { Database, Session } from "../drivers/database.ts";
import { cleanText } from "../errors/rows.ts";
import { MAX_NAME_CHARS, OTHERS } from "../limits.ts";
import {
  type CountsQuery,
  type IntakeCount,
  type IntakeNote,
  type KeyUse,
  type Outcome,
  OUTCOMES,
} from "../store.ts";
import { DAY_MS, nowToKeep } from "../times.ts";

/** Rows of one service and day: beyond them what differs is counted together. Clients choose their names and reasons. */
export const MAX_ROWS_A_SERVICE = 200;
/** Services of one day: further ones are one. */
const MAX_SERVICES_A_DAY = 1_000;
/** Of a client's name, a category and a reason: an index of PostgreSQL takes 2,700 bytes. */
const MAX_COUNTED_CHARS = 100;
/** Rows of an answer, those that count most. */
const MAX_ROWS_SHOWN = 500;
/** Days removed of each table in one step. */
const STEP_ROWS = 1_000;

interface CountRow {
  svc_name: string;
  client: string;
  outcome: string;
  category: string;
  reason: string;
  quantity: number;
}

/** A number of days since 1970. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/** Adds what was brought since the last note. */
export function noteIntake(db: Database, note: IntakeNote): Promise<void> {
  const day = dayOf(nowToKeep());
  return db.transaction(async (session) => {
    await noteKeys(session, note.keys, day);
    await noteCounts(session, note.counts, day);
  });
}

/** In the order of their ids: two processes that add to the same rows do not lock each other out. */
async function noteKeys(session: Session, uses: readonly KeyUse[], day: number): Promise<void> {
  if (uses.length === 0) return;
  const rows = uses.map(({ id, usedMs, ...counts }) => (
    { key: cleanText(id), used_at: Math.floor(usedMs), ...counts }
  )).sort((a, b) => a.key < b.key ? -1 : 1);
  const given = JSON.stringify(rows);
  await session.batch([
    {
      sql: `insert into holdfast.intake_key_days (key, day, taken, refused, peak, used_at)
        select key, $2::bigint, taken, refused, peak, used_at from json_to_recordset($1)
          as given (key text, taken bigint, refused bigint, peak bigint, used_at bigint) where true
        on conflict (key, day) do update set
          taken = intake_key_days.taken + excluded.taken,
          refused = intake_key_days.refused + excluded.refused,
          peak = case when excluded.peak > intake_key_days.peak
            then excluded.peak else intake_key_days.peak end,
          used_at = case when excluded.used_at > intake_key_days.used_at
            then excluded.used_at else intake_key_days.used_at end`,
      values: [given, day],
    },
    {
      sql: `update holdfast.intake_keys set last_used_at = given.used_at
        from json_to_recordset($1) as given (key text, used_at bigint)
        where intake_keys.id = given.key
          and (last_used_at is null or last_used_at < given.used_at)`,
      values: [given],
    },
  ]);
}

async function noteCounts(
  session: Session,
  counts: readonly IntakeCount[],
  day: number,
): Promise<void> {
  if (counts.length === 0) return;
  const rows = await bounded(session, counts.map(rowOf), day);
  await session.run(
    `insert into holdfast.intake_counts (day, svc_name, client, outcome, category, reason, quantity)
     select $2::bigint, svc_name, client, outcome, category, reason, quantity
     from json_to_recordset($1) as given (
       svc_name text, client text, outcome text, category text, reason text, quantity bigint
     ) where true
     on conflict (day, svc_name, client, outcome, category, reason)
     do update set quantity = intake_counts.quantity + excluded.quantity`,
    [JSON.stringify(rows), day],
  );
}

function rowOf({ service, ...count }: IntakeCount): CountRow {
  const text = (value: string, maxChars = MAX_COUNTED_CHARS) => cleanText(value.slice(0, maxChars));
  return {
    svc_name: text(service, MAX_NAME_CHARS),
    client: text(count.client),
    outcome: count.outcome,
    category: text(count.category),
    reason: text(count.reason),
    quantity: count.quantity,
  };
}

/** Each row once, in the order of their names, and no more of a service than it may have. */
async function bounded(
  session: Session,
  rows: readonly CountRow[],
  day: number,
): Promise<CountRow[]> {
  const held = await heldRows(session, [...new Set(rows.map(({ svc_name }) => svc_name))], day);
  let services = held.services;
  const merged = new Map<string, CountRow>();
  for (const row of rows) {
    let { svc_name } = row;
    let keys = held.byService.get(svc_name);
    if (keys === undefined && services >= MAX_SERVICES_A_DAY) {
      svc_name = OTHERS;
      keys = held.byService.get(OTHERS);
    }
    if (keys === undefined) {
      held.byService.set(svc_name, keys = new Set());
      services++;
    }
    const own = { ...row, svc_name };
    const isKept = keys.has(keyOf(own)) || keys.size < MAX_ROWS_A_SERVICE;
    const kept = isKept ? own : { ...own, client: OTHERS, category: OTHERS, reason: "" };
    const key = keyOf(kept);
    keys.add(key);
    const before = merged.get(key);
    merged.set(key, { ...kept, quantity: kept.quantity + (before?.quantity ?? 0) });
  }
  return [...merged].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row);
}

/** What is counted of these services already. */
async function heldRows(
  session: Session,
  names: readonly string[],
  day: number,
): Promise<{ byService: Map<string, Set<string>>; services: number }> {
  const rows = await session.all<Omit<CountRow, "quantity">>(
    `select svc_name, client, outcome, category, reason from holdfast.intake_counts
     where day = $1 and svc_name = any ($2)`,
    [day, [...names, OTHERS]],
  );
  const byService = new Map<string, Set<string>>();
  for (const row of rows) {
    const keys = byService.get(row.svc_name) ?? new Set();
    byService.set(row.svc_name, keys.add(keyOf(row)));
  }
  // A service that is new today: only then it matters how many there are.
  if (names.every((name) => byService.has(name))) return { byService, services: 0 };
  const all = await session.get<{ services: number }>(
    "select count(distinct svc_name) as services from holdfast.intake_counts where day = $1",
    [day],
  );
  return { byService, services: all!.services };
}

function keyOf({ svc_name, client, outcome, category, reason }: Omit<CountRow, "quantity">) {
  return JSON.stringify([svc_name, client, outcome, category, reason]);
}

/** What clients sent and what became of it, the most first, at most {@linkcode MAX_ROWS_SHOWN}. */
export async function intakeCounts(
  db: Database,
  { days, service }: CountsQuery,
): Promise<IntakeCount[]> {
  const since = dayOf(nowToKeep()) - days + 1;
  const rows = await db.ask((session) =>
    session.all<CountRow>(
      `select svc_name, client, outcome, category, reason, sum(quantity)::bigint as quantity
       from holdfast.intake_counts
       where day >= $1 ${service === undefined ? "" : "and svc_name = $2"}
       group by svc_name, client, outcome, category, reason
       order by sum(quantity) desc, svc_name, client, outcome, category, reason
       limit ${MAX_ROWS_SHOWN}`,
      service === undefined ? [since] : [since, cleanText(service)],
    )
  );
  return rows.map(({ svc_name, outcome, ...count }) => ({
    service: svc_name,
    ...count,
    outcome: OUTCOMES.find((known): known is Outcome => known === outcome) ?? "refused",
  }));
}

/** Counts of days before one, and those of the future, which a clock that was ahead left: some at a time. */
export async function removeCounts(session: Session, beforeMs: number): Promise<number> {
  const bounds = [dayOf(beforeMs), dayOf(nowToKeep()) + 1];
  let removed = 0;
  for (const [table, names] of TABLES) {
    removed += await session.run(
      `delete from holdfast.${table} where (${names}) in (
         select ${names} from holdfast.${table} where day < $1 or day > $2 limit ${STEP_ROWS}
       )`,
      bounds,
    );
  }
  return removed;
}

const TABLES = [
  ["intake_key_days", "key, day"],
  ["intake_counts", "day, svc_name, client, outcome, category, reason"],
] as const;
