/**
 * Brings rows of the future to the present: see ../healing.ts.
 *
 * @module
 */
import { HOUR_MS } from "../tally.ts";
import {
  AFTER_ALL_BOOTS,
  HEAL_STEP_ROWS,
  healed,
  type HealTimes,
  healTimes,
  MOMENTS,
} from "../healing.ts";
import { nowToKeep } from "../times.ts";
import type { Database } from "./database.ts";
import { Places, PLACES_PER_MS } from "./places.ts";

/**
 * Ids as texts: those of the future may be larger than a number of JavaScript can say. An occurrence moves with its log; one whose
 * log is gone comes last. Values: the first id, rows.
 */
const futureRows = (table: "logs" | "occurrences") => `
  select cast(${table}.id as text) as id, line from ${table}
  where ${table}.id >= ? order by ${table}.id limit ?`;

/** Values: the first id, the last time in milliseconds, the last hour. */
const IS_NEEDED = `
  select (select newest >= ?1 from log_count)
    or exists (select 1 from logs where id >= ?1)
    or exists (select 1 from occurrences where id >= ?1)
    or exists (select 1 from errors where last_seen > ?2 or first_seen > ?2)
    or exists (select 1 from hours where hour > ?3) as needed`;

/** One step; true while there is more to do. */
export function heal(db: Database): boolean {
  const boot = db.get<{ boot_id: string }>(
    "select boot_id from boots where boot_id < ? order by boot_id desc limit 1",
    [AFTER_ALL_BOOTS],
  );
  const times = healTimes(boot?.boot_id, nowToKeep());
  const first = (times.lastMs + 1) * PLACES_PER_MS;
  const values = [first, times.lastMs, Math.floor(times.lastMs / HOUR_MS)];
  if (db.get<{ needed: number }>(IS_NEEDED, values)!.needed === 0) return false;
  return db.transaction(() => {
    const rows = rowsAfter(db, first);
    const places = new Places(db);
    for (const row of rows) moveRow(db, row, { to: places.next(times.nowMs), nowMs: times.nowMs });
    if (rows.length > 0) return true;
    healTheRest(db, times, first);
    return false;
  });
}

interface FutureRow {
  id: string;
  line: string;
}

function rowsAfter(db: Database, first: number): FutureRow[] {
  const read = (table: "logs" | "occurrences") =>
    db.all<FutureRow>(futureRows(table), [first, HEAL_STEP_ROWS]);
  const logs = read("logs");
  return logs.length > 0 ? logs : read("occurrences");
}

function moveRow(
  db: Database,
  row: FutureRow,
  { to, nowMs }: { to: number; nowMs: number },
): void {
  const { line, words } = healed(row.line, nowMs);
  for (const table of ["logs", "occurrences"]) {
    const isThere = db.run(
      `update ${table} set id = ?, line = ? where id = cast(? as integer)`,
      [to, line, row.id],
    );
    if (table === "occurrences") {
      db.run("update occurrences set time = ? where id = ?", [nowMs, to]);
    }
    if (isThere === 0) continue;
    db.run(`delete from ${table}_words where rowid = cast(? as integer)`, [row.id]);
    db.run(`insert into ${table}_words (rowid, words) values (?, ?)`, [to, words]);
    if (table === "logs") {
      db.run(
        "update log_count set bytes = bytes + octet_length(?) - octet_length(?)",
        [line, row.line],
      );
    } else {
      db.run(
        `update errors set bytes = bytes + octet_length(?) - octet_length(?), oldest_kept = (
           select min(time) from occurrences where occurrences.error = errors.id
         ) where id = (select error from occurrences where id = ?)`,
        [line, row.line, to],
      );
    }
  }
}

function healTheRest(db: Database, { nowMs, lastMs }: HealTimes, first: number): void {
  db.run("delete from late_logs where id >= ?", [first]);
  db.run("update log_count set newest = coalesce((select max(id) from logs), 0)");
  for (const [table, column] of MOMENTS) {
    db.run(`update ${table} set ${column} = ? where ${column} > ?`, [nowMs, lastMs]);
  }
  const lastHour = Math.floor(lastMs / HOUR_MS);
  db.run(
    `insert into hours (error, hour, count)
     select error, ?, sum(count) from hours where hour > ? group by error
     on conflict do update set count = count + excluded.count`,
    [Math.floor(nowMs / HOUR_MS), lastHour],
  );
  db.run("delete from hours where hour > ?", [lastHour]);
}
