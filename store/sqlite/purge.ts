/**
 * Deletes errors or log records by service or age.
 *
 * @module
 */
import { BadPurge, type PurgeQuery } from "../store.ts";
import type { Database } from "./database.ts";
import { matchOf } from "./logs.ts";
import { firstPlace } from "./places.ts";
import { removeError, removeLogsAt } from "./remove.ts";
import type { Step } from "./sweep.ts";

/** Removed in one step: some thirty milliseconds. */
const STEP_LOGS = 1_000;
const STEP_ERRORS = 100;

/** {@linkcode Store.purge}. */
export function purge(db: Database, query: PurgeQuery): Step {
  if (query.svc_name === undefined && query.before === undefined) {
    throw new BadPurge("neither a service nor an age is named");
  }
  return db.transaction(() =>
    query.what === "logs" ? purgeLogs(db, query) : purgeErrors(db, query)
  );
}

function purgeErrors(db: Database, { svc_name, before }: PurgeQuery): Step {
  const conditions = [
    ...svc_name === undefined ? [] : ["svc_name = ? and id > 0"],
    ...before === undefined ? [] : ["last_seen < ?"],
  ];
  const errors = db.all<{ id: number }>(
    `select id from errors where ${conditions.join(" and ")} order by last_seen limit ?`,
    [...valuesOf(svc_name, before), STEP_ERRORS],
  );
  for (const { id } of errors) removeError(db, id);
  return { removed: errors.length, more: errors.length === STEP_ERRORS };
}

function purgeLogs(db: Database, { svc_name, before }: PurgeQuery): Step {
  const end = before === undefined ? Number.MAX_SAFE_INTEGER : firstPlace(Math.ceil(before));
  const match = matchOf({ ...(svc_name !== undefined && { svc_name }) }, undefined);
  const rows = match === undefined
    ? db.all<{ id: number }>("select id from logs where id < ? order by id limit ?", [
      end,
      STEP_LOGS,
    ])
    : db.all<{ id: number }>(
      "select rowid as id from logs_words where logs_words match ? and rowid < ? order by rowid limit ?",
      [match, end, STEP_LOGS],
    );
  removeLogsAt(db, rows.map(({ id }) => id));
  return { removed: rows.length, more: rows.length === STEP_LOGS };
}

function valuesOf(...values: (string | number | undefined)[]): (string | number)[] {
  return values.filter((value) => value !== undefined);
}
