import type { Database } from "../drivers/database.ts";
import { foldAll } from "./fold.ts";

/** Services that can be chosen from. */
const MAX_SERVICES = 200;

/**
 * Each name is looked up in two indexes, from the one before it: a service with a thousand series is one step. One table has those
 * whose records are counted, the other those whose errors outlive the counts.
 */
const SERVICES = `
  with recursive found (svc_name) as (
    ${nextOf("svc_name >= ''")}
    union all
    select (${nextOf("svc_name > found.svc_name")}) from found where found.svc_name is not null
  )
  select svc_name from found where svc_name is not null limit ${MAX_SERVICES}`;

function nextOf(condition: string): string {
  const firsts = ["traffic_series", "services"].map((table) =>
    `select min(svc_name) as svc_name from holdfast.${table} where ${condition}`
  );
  return `select min(svc_name) from (${firsts.join(" union all ")}) as next`;
}

/** The services that something is known of, in the order of their names. */
export async function services(db: Database): Promise<string[]> {
  await foldAll(db);
  const rows = await db.ask((session) => session.all<{ svc_name: string }>(SERVICES));
  return rows.map(({ svc_name }) => svc_name);
}
