/**
 * Which failures may open errors: see ../overflow.ts.
 *
 * @module
 */
import { nowToKeep } from "../times.ts";
import { Openings, type ServiceRow } from "../overflow.ts";
import { cleanText } from "../rows.ts";
import { isOverflow } from "../tally.ts";
import type { Session } from "./database.ts";
import type { Fresh } from "./write.ts";

/** What admitting failures needs. */
export interface AdmitOptions {
  /** Keys that have an error. */
  known: ReadonlySet<string>;
  /** The key of a failure's error. */
  keyOf: (failure: Fresh) => string;
  /** New errors of one service within an hour. */
  newErrorsAnHour: number;
}

const COUNT_OPENED = `
  insert into holdfast.services as services (svc_name, hour, opened)
  select svc_name, hour, opened from json_to_recordset($1)
    as given (svc_name text, hour bigint, opened bigint)
  on conflict (svc_name) do update set hour = excluded.hour, opened = excluded.opened`;

const MOVE_LOGS = `
  update holdfast.logs set error_key = given.key
  from unnest($1::bigint[], $2::bigint[], $3::text[]) as given (time, id, key)
  where logs.time = given.time and logs.id = given.id`;

/**
 * The failures as they are to be recorded; those beyond the bound are of an overflow, and so are their logs. For whoever holds
 * the lock of opening.
 */
export async function admit(
  session: Session,
  failures: readonly Fresh[],
  { known, keyOf, newErrorsAnHour }: AdmitOptions,
): Promise<readonly Fresh[]> {
  const isUnknown = (failure: Fresh) => !failure.isKnown && !known.has(keyOf(failure));
  const unknown = failures.filter(isUnknown);
  if (unknown.length === 0) return failures;
  const openings = new Openings({
    ...await servicesOf(session, unknown),
    limit: newErrorsAnHour,
    nowMs: nowToKeep(),
  });
  const admitted = failures.map((failure) =>
    isUnknown(failure) ? openings.admit(failure, keyOf(failure)) : failure
  );
  await session.all(COUNT_OPENED, [JSON.stringify(openings.changed)]);
  const moved = admitted.filter(({ entry }) => isOverflow(entry.group));
  if (moved.length > 0) {
    await session.all(MOVE_LOGS, [
      moved.map(({ timeMs }) => timeMs),
      moved.map(({ id }) => id),
      moved.map(({ entry }) => entry.group!.key),
    ]);
  }
  return admitted;
}

async function servicesOf(
  session: Session,
  failures: readonly Fresh[],
): Promise<{ rows: ServiceRow[]; services: number }> {
  const names = new Set(failures.map(({ entry }) => cleanText(entry.record.svc_name)));
  const rows = await session.all<ServiceRow & { services: number }>(
    `select services.*, many.services
     from (select count(*) as services from holdfast.services where svc_name >= '') as many
     left join holdfast.services on svc_name = any ($1)`,
    [[...names]],
  );
  return { rows: rows.filter(({ svc_name }) => svc_name !== null), services: rows[0]!.services };
}
