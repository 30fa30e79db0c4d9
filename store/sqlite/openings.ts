/**
 * Which failures may open errors: see ../overflow.ts.
 *
 * @module
 */
import { nowToKeep } from "../times.ts";
import { Openings, type ServiceRow } from "../overflow.ts";
import { cleanText } from "../rows.ts";
import { isOverflow } from "../tally.ts";
import type { Database } from "./database.ts";
import { findByKey } from "./keys.ts";
import type { Fresh } from "./write.ts";

/** What admitting failures needs. */
export interface AdmitOptions {
  /** The key of a failure's error. */
  keyOf: (failure: Fresh) => string;
  /** New errors of one service within an hour. */
  newErrorsAnHour: number;
}

/** The failures as they are to be recorded; those beyond the bound are of an overflow, and so are their logs. */
export function admit(
  db: Database,
  failures: readonly Fresh[],
  { keyOf, newErrorsAnHour }: AdmitOptions,
): readonly Fresh[] {
  const unknown = unknownKeys(db, failures, keyOf);
  if (unknown.size === 0) return failures;
  const openings = new Openings({
    rows: servicesOf(db, failures),
    services:
      db.get<{ many: number }>("select count(*) as many from services where svc_name >= ''")!.many,
    limit: newErrorsAnHour,
    nowMs: nowToKeep(),
  });
  const admitted = failures.map((failure) => {
    const key = keyOf(failure);
    return unknown.has(key) ? openings.admit(failure, key) : failure;
  });
  for (const { svc_name, hour, opened } of openings.changed) {
    db.run(
      `insert into services (svc_name, hour, opened) values (?, ?, ?)
       on conflict do update set hour = excluded.hour, opened = excluded.opened`,
      [svc_name, hour, opened],
    );
  }
  for (const { id, entry } of admitted) {
    const { group } = entry;
    if (isOverflow(group)) db.run("update logs set error_key = ? where id = ?", [group.key, id]);
  }
  return admitted;
}

function unknownKeys(
  db: Database,
  failures: readonly Fresh[],
  keyOf: (failure: Fresh) => string,
): Set<string> {
  const keys = new Set(failures.map(keyOf));
  return new Set([...keys].filter((key) => findByKey(db, key) === undefined));
}

function servicesOf(db: Database, failures: readonly Fresh[]): ServiceRow[] {
  const names = new Set(failures.map(({ entry }) => cleanText(entry.record.svc_name)));
  return db.all<ServiceRow>(
    "select * from services where svc_name in (select value from json_each(?))",
    [JSON.stringify([...names])],
  );
}
