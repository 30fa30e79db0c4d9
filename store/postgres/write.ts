/**
 * The way in: records become log rows, failures become occurrences of errors.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type DatedEntry, inOrderOfTime } from "../dated.ts";
import { cleanText, occurrenceId } from "../rows.ts";
import { type Failure, isOverflow } from "../tally.ts";
import type { Log } from "../write.ts";
import { wordsOf } from "../words.ts";
import type { Session } from "../database.ts";
import { vectorOf } from "./lexemes.ts";
import { SLOT } from "./sizes.ts";

interface Fresh extends Failure {
  /** Its place in `logs`, beside the time. */
  id: number;
}

const MOVE_LOGS = `
  update holdfast.logs set error_key = given.key
  from unnest($1::bigint[], $2::bigint[], $3::text[]) as given (time, id, key)
  where logs.time = given.time and logs.id = given.id`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * All rows in one statement, the books with them.
 */
const INSERT_LOGS = `
  with fresh as (
    insert into holdfast.logs (time, boot, seq, error_key, error_id, line, words)
    select time, boot, seq, error_key, error_id, line, words::tsvector
    from unnest(
      $1::bigint[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[]
    ) as given (time, boot, seq, error_key, error_id, line, words)
    on conflict (boot, seq) do nothing
    returning boot, seq, id, error_key, octet_length(line) as bytes
  ), counted as (
    select count(*) as rows, coalesce(sum(bytes), 0)::bigint as bytes from fresh
  ), sized as (
    insert into holdfast.sizes as sizes (slot, rows, bytes)
    select ${SLOT}, rows, bytes from counted where rows > 0
    on conflict (slot) do update
      set rows = sizes.rows + excluded.rows, bytes = sizes.bytes + excluded.bytes
  )
  select counted.rows, failed.boot, failed.seq, failed.id
  from counted left join fresh as failed on failed.error_key is not null`;

/** The log as rows. */
export const logRows: Log = {
  async append(session, entries, record) {
    // In one order everywhere, so that two that write the same records wait for one another in turn.
    const rows: Row[] = inOrderOfTime(entries).map((dated) => ({
      ...dated,
      boot: uuidOf(dated.entry.record.boot_id),
    }));
    const { fresh, failures } = await storeLogs(session, rows);
    const recorded = await record(failures);
    const moved = failures.map(({ timeMs, id }, i) => ({ timeMs, id, ...recorded[i]!.entry }))
      .filter(({ group }) => isOverflow(group));
    if (moved.length > 0) {
      await session.run(MOVE_LOGS, [
        moved.map(({ timeMs }) => timeMs),
        moved.map(({ id }) => id),
        moved.map(({ group }) => group!.key),
      ]);
    }
    return fresh;
  },
};

interface Row extends DatedEntry {
  boot: string;
}

/** How many rows are new, and the failures among them in the order of their times. */
async function storeLogs(
  session: Session,
  rows: readonly Row[],
): Promise<{ fresh: number; failures: Fresh[] }> {
  const inserted = await session.all<
    { rows: number; boot: string | null; seq: number; id: number }
  >(INSERT_LOGS, [
    rows.map(({ timeMs }) => timeMs),
    rows.map(({ boot }) => boot),
    rows.map(({ entry }) => entry.record.seq),
    rows.map(({ entry }) => entry.group ? cleanText(entry.group.key) : null),
    rows.map(({ entry }) => entry.group ? occurrenceId(entry.record) : null),
    rows.map(({ entry }) => entry.line),
    rows.map(({ entry }) => vectorOf(wordsOf(entry))),
  ]);
  const failed = new Map(
    inserted.filter(({ boot }) => boot !== null).map((row) => [`${row.boot} ${row.seq}`, row]),
  );
  const failures: Fresh[] = [];
  for (const { entry, timeMs, boot } of rows) {
    const name = `${boot} ${entry.record.seq}`;
    const row = failed.get(name);
    if (row === undefined) continue;
    failures.push({ id: row.id, timeMs, entry });
    // A twin in the same batch is a duplicate.
    failed.delete(name);
  }
  return { fresh: inserted[0]?.rows ?? 0, failures };
}

let remembered: readonly [string, string] = ["", ""];

/** Boot ids are UUIDs; what is not one is known by its digest. */
function uuidOf(bootId: string): string {
  if (remembered[0] === bootId) return remembered[1];
  const uuid = UUID.test(bootId)
    ? bootId
    : createHash("sha256").update(bootId.toWellFormed()).digest("hex").slice(0, 32)
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  remembered = [bootId, uuid];
  return uuid;
}
