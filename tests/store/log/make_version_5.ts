/**
 * A SQLite store as version 5 left it.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { Entry } from "../../../store/store.ts";

const FIXTURE = new URL("../version_5/sqlite.sql", import.meta.url);

/** Makes a store of version 5 whose log holds these entries of one process. */
export function makeVersion5(path: string, entries: readonly Entry[]): void {
  using db = new DatabaseSync(path);
  db.exec(Deno.readTextFileSync(FIXTURE));
  db.exec("begin");
  db.prepare("insert into boots (boot_id) values (?)").run(entries[0]!.record.boot_id);
  const boot = db.prepare("select max(id) as id from boots").get()!.id as number;
  const insert = db.prepare(
    "insert into logs (id, boot, seq, error_key, line) values (?, ?, ?, ?, ?)",
  );
  for (const { line, record: { time, seq, error_id } } of entries) {
    insert.run(Date.parse(time) * 1000, boot, seq, error_id === undefined ? null : "k", line);
  }
  db.exec(
    `update log_count set rows = (select count(*) from logs),
       bytes = (select sum(octet_length(line)) from logs), newest = (select max(id) from logs);
     commit`,
  );
}
