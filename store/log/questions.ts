/**
 * What can be asked of the log: see ../questions.ts.
 *
 * @module
 */
import type { Opened } from "../opened.ts";
import type { LogPage, LogQuery, Tail, TailQuery } from "../store.ts";

/** A page of logs, the newest first. */
export function listLogs({ log }: Opened, query: LogQuery): Promise<LogPage> {
  return log.list(query);
}

/**
 * Log rows in the order of their arrival, late ones too: for live tail.
 *
 * @throws {BadCursor} for a position that is not one of ours.
 */
export function logsAfter({ log }: Opened, query: TailQuery): Promise<Tail> {
  return log.after(query);
}
