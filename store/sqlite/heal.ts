/**
 * Brings log rows of the future to the present: see ../heal.ts.
 *
 * @module
 */
import { HEAL_STEP_ROWS, healed, type HealTimes } from "../heal.ts";
import type { Database } from "./database.ts";
import { Places, PLACES_PER_MS } from "./places.ts";

/** One step. Ids as texts: those of the future may be larger than a number of JavaScript can say. */
export function healLogs(db: Database, { nowMs, lastMs }: HealTimes): boolean {
  const first = (lastMs + 1) * PLACES_PER_MS;
  const rows = db.all<{ id: string; line: string }>(
    "select cast(id as text) as id, line from logs where logs.id >= ? order by logs.id limit ?",
    [first, HEAL_STEP_ROWS],
  );
  const places = new Places(db);
  for (const row of rows) {
    const id = places.next(nowMs);
    const { line, words } = healed(row.line, nowMs);
    db.run("update logs set id = ?, line = ? where id = cast(? as integer)", [id, line, row.id]);
    db.run("delete from logs_words where rowid = cast(? as integer)", [row.id]);
    db.run("insert into logs_words (rowid, words) values (?, ?)", [id, words]);
    db.run("update log_count set bytes = bytes + octet_length(?) - octet_length(?)", [
      line,
      row.line,
    ]);
  }
  db.run("delete from late_logs where id >= ?", [first]);
  db.run(
    "update log_count set newest = coalesce((select max(id) from logs), 0) where newest >= ?",
    [first],
  );
  return rows.length > 0;
}
