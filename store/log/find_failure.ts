/** From the id of an occurrence that was pruned to its record, as long as its log is kept. */
import type { Database } from "../drivers/database.ts";
import type { LogRecord } from "../record.ts";
import { StoreBusy } from "../store.ts";
import { readLine } from "./lines.ts";
import { Matcher } from "./match.ts";
import { OldRows } from "./old_rows.ts";
import { Damaged, Pieces } from "./pieces.ts";

/** Few blocks may have an id: a question for one that many seem to have ends after this, in milliseconds. */
const FIND_MS = 2_000;

/** The record of a failure and the key of its group. @throws {StoreBusy} when it takes too long. */
export async function findFailure(
  database: Database,
  errorId: string,
): Promise<{ record: LogRecord; key: string } | undefined> {
  const matcher = new Matcher({ error_id: errorId, level: "ERROR" });
  const pieces = new Pieces(database, {
    matcher,
    order: "time",
    from: 0,
    before: Number.MAX_SAFE_INTEGER,
  });
  const endMs = performance.now() + FIND_MS;
  for (let piece = await pieces.next(); piece !== undefined; piece = await pieces.next()) {
    if (performance.now() > endMs) throw new StoreBusy("The log was not searched in time");
    const line = (await piece.open().catch(noneOf)).findLast((line) => matcher.matches(line));
    const { record, group } = line ? readLine(line.text) : {};
    if (record !== undefined && group !== undefined) return { record, key: group.key };
  }
  return await database.ask((session) => new OldRows().find(session, errorId));
}

function noneOf(error: unknown): [] {
  if (error instanceof Damaged) return [];
  throw error;
}
