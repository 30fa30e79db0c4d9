/** From the id of an occurrence that was pruned to its record, as long as its log is kept. */
import type { Database } from "../drivers/database.ts";
import type { LogRecord } from "../record.ts";
import { readLine } from "./lines.ts";
import { Matcher } from "./match.ts";
import { OldRows } from "./old_rows.ts";
import { Damaged, Pieces } from "./pieces.ts";
import { SEARCH_MS } from "./search.ts";

/** The record of a failure and the key of its group. */
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
  // An id that is a word of every record is none of ours.
  const endMs = performance.now() + SEARCH_MS;
  for (let piece = await pieces.next(); piece !== undefined; piece = await pieces.next()) {
    if (performance.now() > endMs) return undefined;
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
