/**
 * The way in: records become log rows, failures become occurrences of errors.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Entry } from "../store.ts";
import { type Failure, isOverflow } from "../tally.ts";
import type { Log } from "../write.ts";
import { wordsOf } from "../words.ts";
import { cleanText } from "../rows.ts";
import type { Database } from "./database.ts";
import { inOrderOfTime } from "../dated.ts";
import { Places } from "./places.ts";

interface Fresh extends Failure {
  /** Its place in `logs`. */
  id: number;
}

/** The log as rows. */
export function logRows(db: Database): Log {
  return {
    async append(_session, entries, record) {
      const failures: Fresh[] = [];
      const fresh = storeLogs(db, entries, (failure) => failures.push(failure));
      const recorded = await record(failures);
      for (const [i, { entry: { group } }] of recorded.entries()) {
        if (!isOverflow(group)) continue;
        db.run("update logs set error_key = ? where id = ?", [group.key, failures[i]!.id]);
      }
      return fresh;
    },
  };
}

/** How many of the entries were new. */
function storeLogs(
  db: Database,
  entries: readonly Entry[],
  onFailure: (failure: Fresh) => void,
): number {
  const boots = new Map<string, number>();
  const places = new Places(db);
  const newest = newestId(db);
  let fresh = 0;
  let last = 0;
  let bytes = 0;
  // The full-text index is fastest, and places are found soonest, when ids only grow.
  for (const { entry, timeMs } of inOrderOfTime(entries)) {
    const { record, line, group } = entry;
    const boot = boots.get(record.boot_id) ?? bootNumber(db, record.boot_id);
    boots.set(record.boot_id, boot);
    const id = places.next(timeMs);
    const inserted = db.run(
      `insert into logs (id, boot, seq, error_key, line) values (?, ?, ?, ?, ?)
       on conflict (boot, seq) do nothing`,
      [id, boot, record.seq, group?.key ?? null, line],
    );
    if (inserted === 0) continue;
    const words = wordsOf(entry);
    db.run("insert into logs_words (rowid, words) values (?, ?)", [id, words]);
    if (id < newest) db.run("insert into late_logs (id) values (?)", [id]);
    last = id;
    bytes += Buffer.byteLength(line);
    fresh++;
    if (group !== undefined) onFailure({ id, timeMs, entry });
  }
  db.run("update log_count set rows = rows + ?, bytes = bytes + ?, newest = max(newest, ?)", [
    fresh,
    bytes,
    last,
  ]);
  return fresh;
}

/** The largest id of a log that there ever was; 0 in a new store. */
export function newestId(db: Database): number {
  return db.get<{ newest: number }>("select newest from log_count")?.newest ?? 0;
}

function bootNumber(db: Database, bootId: string): number {
  const values = [cleanText(bootId)];
  db.run("insert into boots (boot_id) values (?) on conflict do nothing", values);
  const row = db.get<{ id: number }>("select id from boots where boot_id = ?", values);
  if (row === undefined) throw new Error(`The boot id ${bootId} was not kept`);
  return row.id;
}
