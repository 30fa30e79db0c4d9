/** What goes of the log: whole blocks, by age, by size, or because somebody wants a service forgotten. */
import type { Engine, Session, Value } from "../drivers/database.ts";
import { dueOf } from "../retention/shrink.ts";
import { cleanText } from "../errors/rows.ts";
import type { PurgeQuery, Removed } from "../store.ts";
import { byTime, type Line } from "./lines.ts";
import { Matcher } from "./match.ts";
import type { OldRows } from "./old_rows.ts";
import { linesOf, perhapsOf } from "./pieces.ts";
import { BLOCK_RECORDS, insertBlock, removeBlocks, sealStep } from "./seal.ts";

/** Blocks removed in one step: some thirty thousand records. */
const STEP_BLOCKS = 32;
/** Blocks written anew in one step, which takes longest. */
const STEP_REWRITTEN = 4;

interface BlockRow {
  id: number;
  records: number;
  bytes: number;
}

/** One step of removing what is older than a time. Part of a transaction. */
export async function removeLogsBefore(
  session: Session,
  beforeMs: number,
  oldRows: OldRows,
): Promise<Removed> {
  const old = await oldRows.removeOldest(session, { beforeMs });
  if (old.removed > 0) return { removed: old.removed, more: true };
  // What arrived late is old already: its block can go by itself.
  const sealed = await sealStep(session, {
    where: "first_time < $1",
    values: [beforeMs],
    isFinal: true,
  });
  const { removed, more } = await removeOldest(session, "last_time < $1", { values: [beforeMs] });
  return { removed, more: more || sealed >= BLOCK_RECORDS };
}

/**
 * Removes about so many bytes of the oldest blocks of whichever service has most, only down to the next one, so that a quiet service
 * loses nothing for a noisy one. Some of them; call it again while it removes something. Part of a transaction.
 */
export async function removeOldestLogs(
  session: Session,
  bytes: number,
  oldRows: OldRows,
): Promise<{ removed: number }> {
  const old = await oldRows.removeOldest(session, { beforeMs: Number.MAX_SAFE_INTEGER / 1000 });
  if (old.removed > 0) return old;
  const shares = await session.all<{ svc_name: string | null; bytes: number }>(
    "select svc_name, sum(bytes)::bigint as bytes from holdfast.log_blocks group by svc_name",
  );
  // Those that share blocks are one.
  const due = dueOf(shares, "bytes", bytes);
  if (due === undefined) {
    // All of it is in the tail.
    const sealed = await sealStep(session, { where: "true", values: [], isFinal: true });
    return sealed > 0 ? await removeOldestLogs(session, bytes, oldRows) : { removed: 0 };
  }
  const { share: { svc_name }, most } = due;
  return svc_name === null
    ? await removeOldest(session, "svc_name is null", { values: [], most })
    : await removeOldest(session, "svc_name = $1", { values: [svc_name], most });
}

async function removeOldest(
  session: Session,
  where: string,
  { values, most = Infinity }: { values: readonly Value[]; most?: number },
): Promise<Removed & { bytes: number }> {
  const rows = await session.all<BlockRow>(
    `select id, records, bytes from holdfast.log_blocks where ${where}
     order by last_time, id limit ${STEP_BLOCKS} for update skip locked`,
    values,
  );
  const gone: BlockRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (bytes >= most) break;
    gone.push(row);
    bytes += row.bytes;
  }
  if (gone.length > 0) await removeBlocks(session, gone.map(({ id }) => id));
  const removed = gone.reduce((sum, { records }) => sum + records, 0);
  return { removed, bytes, more: rows.length === STEP_BLOCKS };
}

/**
 * One step of deleting the records of a service, or before a time; call it again while `more` is true. A block that holds others too
 * is written anew without them. Part of a transaction.
 */
export async function purgeLogs(
  session: Session,
  { svc_name, before: beforeMs = Number.MAX_SAFE_INTEGER }: PurgeQuery,
  { oldRows, nowMs }: { oldRows: OldRows; nowMs: number },
): Promise<Removed> {
  if (await oldRows.move(session, nowMs)) return { removed: 0, more: true };
  const sealed = await sealStep(session, { where: "true", values: [], isFinal: true });
  if (sealed >= BLOCK_RECORDS) return { removed: 0, more: true };
  const service = svc_name === undefined ? undefined : cleanText(svc_name);
  const values: Value[] = service === undefined ? [beforeMs] : [beforeMs, service];
  const ofService = service === undefined ? "true" : "svc_name = $2";
  const whole = await removeOldest(session, `last_time < $1 and ${ofService}`, { values });
  if (whole.removed > 0) return { removed: whole.removed, more: true };
  // Not the values of the statement before: these get more.
  const mixedValues = [...values];
  const mixed = service === undefined ? "true" : mixedOf(service, mixedValues, session.engine);
  return await rewrite(session, `first_time < $1 and ${mixed}`, {
    values: mixedValues,
    isGoing: (line) =>
      line.timeMs < beforeMs && (service === undefined || line.service === service),
  });
}

/**
 * Blocks that may hold others beside a service, which is `$2`. Filters say which shared ones have it: to open each would take longer
 * with every step, as those that were written anew come first again.
 */
function mixedOf(service: string, values: Value[], engine: Engine): string {
  const matcher = new Matcher({ svc_name: service });
  const given = (value: Value) => `$${values.push(value)}`;
  const perhaps = perhapsOf(matcher, { engine, given });
  return `(svc_name = $2 or svc_name is null and coalesce(${perhaps}, true))`;
}

/** Writes blocks anew without some of their lines. */
async function rewrite(
  session: Session,
  where: string,
  { values, isGoing }: { values: Value[]; isGoing: (line: Line) => boolean },
): Promise<Removed> {
  const rows = await session.all<{ id: number; svc_name: string | null }>(
    `select id, svc_name from holdfast.log_blocks where ${where} order by last_time, id`,
    values,
  );
  let removed = 0;
  let rewritten = 0;
  for (const { id, svc_name } of rows) {
    const lines = await readBlock(session, id);
    const left = lines.filter((line) => !isGoing(line));
    if (left.length === lines.length) continue;
    if (left.length > 0) {
      await insertBlock(session, { service: svc_name, lines: left.sort(byTime) });
    }
    await removeBlocks(session, [id]);
    removed += lines.length - left.length;
    if (++rewritten === STEP_REWRITTEN) return { removed, more: true };
  }
  return { removed, more: false };
}

/** The lines of a block; none of one that is gone or cannot be read, which stays as it is. */
export async function readBlock(session: Session, id: number): Promise<Line[]> {
  const row = await session.get<{ data: Uint8Array }>(
    "select data from holdfast.log_data where block = $1",
    [id],
  );
  try {
    return row === undefined ? [] : linesOf(row.data, id);
  } catch {
    return [];
  }
}

export async function logSize(
  session: Session,
  oldRows: OldRows,
): Promise<{ records: number; bytes: number }> {
  const held = (await session.get<{ records: number; bytes: number }>(
    `select coalesce(sum(records), 0)::bigint as records, coalesce(sum(bytes), 0)::bigint as bytes
     from (
       select records, bytes from holdfast.log_tail
       union all select records, bytes from holdfast.log_blocks
     ) as held`,
  ))!;
  const old = await oldRows.size(session);
  return { records: held.records + old.rows, bytes: held.bytes + old.bytes };
}
