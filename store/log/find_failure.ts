/** From the id of an occurrence that was pruned to its record, as long as its log is kept. */
import type { Database } from "../drivers/database.ts";
import type { LogRecord } from "../record.ts";
import { StoreBusy } from "../store.ts";
import { byArrival, type Line, readLine } from "./lines.ts";
import { Matcher } from "./match.ts";
import { OldRows } from "./old_rows.ts";
import { Damaged, Pieces } from "./pieces.ts";

/** Few blocks may have an id: a question for one that many seem to have ends after this, in milliseconds. */
const FIND_MS = 2_000;

/** A record of a failure and the key of its group. */
export interface LoggedFailure {
  record: LogRecord;
  key: string;
}

/** The newest with this id. @throws {StoreBusy} when it takes too long. */
export async function findFailure(
  database: Database,
  errorId: string,
): Promise<LoggedFailure | undefined> {
  for await (const line of failures(database, { error_id: errorId })) return read(line);
  return await database.ask((session) => new OldRows().find(session, errorId));
}

/**
 * The first that came with this id of a client's event: another service may have sent the same id later.
 *
 * @throws {StoreBusy} when it takes too long.
 */
export async function findFirstEvent(
  database: Database,
  eventId: string,
): Promise<LoggedFailure | undefined> {
  let first: Line | undefined;
  for await (const line of failures(database, { event_id: eventId })) {
    if (first === undefined || byArrival(line, first) < 0) first = line;
  }
  return first && read(first);
}

/** Failures of one id, the newest first. */
async function* failures(
  database: Database,
  ids: { error_id?: string; event_id?: string },
): AsyncGenerator<Line> {
  const matcher = new Matcher({ ...ids, level: "ERROR" });
  const pieces = new Pieces(database, {
    matcher,
    order: "time",
    from: 0,
    before: Number.MAX_SAFE_INTEGER,
  });
  const endMs = performance.now() + FIND_MS;
  for (let piece = await pieces.next(); piece !== undefined; piece = await pieces.next()) {
    if (performance.now() > endMs) throw new StoreBusy("The log was not searched in time");
    for (const line of (await piece.open().catch(noneOf)).toReversed()) {
      if (matcher.matches(line) && readLine(line.text).group !== undefined) yield line;
    }
  }
}

function read({ text }: Line): LoggedFailure {
  const { record, group } = readLine(text);
  return { record, key: group!.key };
}

function noneOf(error: unknown): [] {
  if (error instanceof Damaged) return [];
  throw error;
}
