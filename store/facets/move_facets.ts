/** Facets when errors are merged and split. */
import type { Session, Statement } from "../drivers/database.ts";
import type { LogRecord } from "../record.ts";
import { addFacets, type FacetCount, MAX_LISTED } from "./count_facets.ts";
import { facetsOf, MAX_PLACES, MAX_TAG_VALUES, MAX_USERS, REST, TAG } from "./facets_of.ts";

/** Values of an error beyond the bound of their name, the rarest ones. Values: the error. */
const BEYOND = `
  select name, value, count from (
    select name, value, count,
      row_number() over (partition by name order by count desc, value) as place
    from holdfast.facets where error = $1 and value <> '${REST}'
  ) as ranked
  where place > case
    when name = 'user' then ${MAX_USERS}
    when name like '${TAG}%' then ${MAX_TAG_VALUES}
    else ${MAX_PLACES}
  end`;

/** All counts of an error go to another. Values: from, to. */
export const MOVE_FACETS = `insert into holdfast.facets as facets (error, name, value, count)
  select $2::bigint, name, value, count from holdfast.facets where error = $1
  on conflict (error, name, value) do update set count = facets.count + excluded.count`;

/** Counts what is beyond a bound together. */
export function trimFacets(error: number): Statement[] {
  return [
    `insert into holdfast.facets as facets (error, name, value, count)
     select $1::bigint, name, '${REST}', sum(count)::bigint from (${BEYOND}) as beyond group by name
     on conflict (error, name, value) do update set count = facets.count + excluded.count`,
    `delete from holdfast.facets where error = $1 and (name, value) in (
       select name, value from (${BEYOND}) as beyond
     )`,
  ].map((sql) => ({ sql, values: [error] }));
}

/** Of what is counted as of some occurrences, as much as there is goes with them. What was pruned before stays. */
export async function moveFacetsOf(
  session: Session,
  records: readonly LogRecord[],
  { from, to }: { from: number; to: number },
): Promise<void> {
  const moved = new Map<string, FacetCount>();
  for (const { name, value } of records.flatMap(facetsOf)) {
    const key = `${name}\0${value}`;
    const count = moved.get(key)?.count ?? 0;
    moved.set(key, { error: from, name, value, count: count + 1 });
  }
  if (moved.size === 0) return;
  const held = await session.all<FacetCount>(
    `select facets.error, facets.name, facets.value, facets.count from json_to_recordset($1)
       as given (error bigint, name text, value text)
     join holdfast.facets on facets.error = given.error
       and facets.name = given.name and facets.value = given.value`,
    [JSON.stringify([...moved.values()])],
  );
  const taken = held.map((row) => ({
    ...row,
    count: Math.min(row.count, moved.get(`${row.name}\0${row.value}`)!.count),
  }));
  await session.batch([
    ...addFacets([
      ...taken.map((row) => ({ ...row, count: -row.count })),
      ...taken.map((row) => ({ ...row, error: to })),
    ]),
    { sql: "delete from holdfast.facets where error = $1 and count <= 0", values: [from] },
  ]);
}

/** Counts an error's users anew, and lists its environments. */
export async function recountFacets(session: Session, error: number): Promise<void> {
  const environments = await session.all<{ value: string }>(
    `select value from holdfast.facets where error = $1 and name = 'environment' and value <> '${REST}'
     order by count desc, value limit ${MAX_LISTED}`,
    [error],
  );
  await session.run(
    `update holdfast.errors set environments = $2, users = (
       select count(*) from holdfast.facets
       where error = errors.id and name = 'user' and value <> '${REST}'
     ) where id = $1`,
    [error, JSON.stringify(environments.map(({ value }) => value))],
  );
}
