/**
 * The way in: records become log rows, failures become occurrences of errors.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type DatedEntry, inOrderOfTime } from "../dated.ts";
import { cleanText, occurrenceId } from "../rows.ts";
import type { Alert, Entry, Written } from "../store.ts";
import type { Failure } from "../tally.ts";
import { wordsOf } from "../words.ts";
import type { Database, Session } from "./database.ts";
import { recordFailures } from "./failures.ts";
import { vectorOf } from "./lexemes.ts";
import { SLOT } from "./sizes.ts";

/** A failure that was not in the store before. */
export interface Fresh extends Failure {
  /** Its place in `logs`, beside the time. */
  id: number;
  /** False when its error has to be opened. */
  isKnown: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * All rows in one statement, the books with them. The last column says whether the error of a failure is
 * open already, as far as can be seen.
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
  select counted.rows, failed.boot, failed.seq, failed.id, keys.key is not null as is_known
  from counted left join (
    fresh as failed left join holdfast.error_keys as keys on keys.key = failed.error_key
  ) on failed.error_key is not null`;

/** How a store opens errors. */
export interface WriteOptions {
  /** New errors of one service within an hour: see ../overflow.ts. */
  newErrorsAnHour: number;
}

/** {@linkcode Store.write}. */
export function write(
  db: Database,
  entries: readonly Entry[],
  options: WriteOptions,
): Promise<Written> {
  // In one order everywhere, so that two that write the same records wait for one another in turn.
  const rows: Row[] = inOrderOfTime(entries).map((dated) => ({
    ...dated,
    boot: uuidOf(dated.entry.record.boot_id),
  }));
  const hasFailures = entries.some(({ group }) => group !== undefined);
  const work = async (session: Session): Promise<Written> => {
    const { fresh, failures } = await storeLogs(session, rows);
    const alerts: Alert[] = failures.length > 0
      ? await recordFailures(session, failures, options)
      : [];
    return { stored: entries.length, duplicates: entries.length - fresh, alerts };
  };
  // A single statement is a transaction by itself: two round trips less.
  return hasFailures ? db.transaction(work, "writing") : db.ask(work, "writing");
}

interface Row extends DatedEntry {
  boot: string;
}

/** How many rows are new, and the failures among them in the order of their times. */
async function storeLogs(
  session: Session,
  rows: readonly Row[],
): Promise<{ fresh: number; failures: Fresh[] }> {
  const inserted = await session.all<
    { rows: number; boot: string | null; seq: number; id: number; is_known: boolean }
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
    failures.push({ id: row.id, timeMs, entry, isKnown: row.is_known });
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
