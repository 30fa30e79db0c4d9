/**
 * Deletes errors or log records by service or age.
 *
 * @module
 */
import { cleanText } from "../rows.ts";
import { BadPurge, type PurgeQuery } from "../store.ts";
import { exactWord } from "../words.ts";
import type { Database, Session } from "./database.ts";
import { matchExact } from "./lexemes.ts";
import { removeErrors, removeLogsOf } from "./remove.ts";
import { reshape } from "./reshape.ts";
import type { Step } from "./sweep.ts";

/** Removed in one step. */
const STEP_LOGS = 2_000;
const STEP_ERRORS = 100;

/** {@linkcode Store.purge}. */
export async function purge(db: Database, query: PurgeQuery): Promise<Step> {
  if (query.svc_name === undefined && query.before === undefined) {
    throw new BadPurge("neither a service nor an age is named");
  }
  return await reshape(
    db,
    (session) => query.what === "logs" ? purgeLogs(session, query) : purgeErrors(session, query),
  );
}

async function purgeErrors(session: Session, { svc_name, before }: PurgeQuery): Promise<Step> {
  const { where, values } = allOf([
    ["svc_name =", svc_name === undefined ? svc_name : cleanText(svc_name)],
    ["last_seen <", before === undefined ? before : Math.ceil(before)],
  ]);
  // In the order of their ids, as all locks on them are taken.
  const removed = await removeErrors(
    session,
    `select id from holdfast.errors where ${where} order by id limit ${STEP_ERRORS} for update`,
    values,
  );
  return { removed, more: removed === STEP_ERRORS };
}

async function purgeLogs(session: Session, { svc_name, before }: PurgeQuery): Promise<Step> {
  const { where, values } = allOf([
    ["words @@", svc_name === undefined ? svc_name : matchExact([exactWord("svc_name", svc_name)])],
    ["time <", before === undefined ? before : Math.ceil(before)],
  ]);
  const removed = await removeLogsOf(
    session,
    `select time, id from holdfast.logs where ${where} order by time, id limit ${STEP_LOGS}`,
    values,
  );
  return { removed, more: removed === STEP_LOGS };
}

/** Those conditions that have a value, with their numbers. */
function allOf(
  conditions: readonly (readonly [condition: string, value: string | number | undefined])[],
): { where: string; values: (string | number)[] } {
  const values: (string | number)[] = [];
  const where = conditions.flatMap(([condition, value]) =>
    value === undefined ? [] : `${condition} $${values.push(value)}`
  );
  return { where: where.join(" and "), values };
}
