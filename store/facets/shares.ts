/** What was counted of one error, and which environments there are. */
import type { Database, Session } from "../drivers/database.ts";
import type { ErrorDetail, FacetShare, TagShares } from "../shapes.ts";
import { REST, TAG } from "./facets_of.ts";

/** Values that are listed of a name, the most frequent ones. */
const MAX_SHOWN = 10;

/** Environments that can be chosen from. */
const MAX_ENVIRONMENTS = 50;

const SHARES = `
  select name, value, count, total from (
    select name, value, count, sum(count) over (partition by name)::bigint as total,
      row_number() over (
        partition by name order by case value when '${REST}' then 1 else 0 end, count desc, value
      ) as place
    from holdfast.facets
    where error = $1 and (name in ('environment', 'release') or name like '${TAG}%')
  ) as ranked
  where place <= ${MAX_SHOWN} and value <> '${REST}' order by total desc, name, place`;

/** One error may have ten thousand users: they are not ranked, but read once. Values: the error. */
const USER_SHARES = `
  select name, value, count, (
    select sum(count)::bigint from holdfast.facets where error = $1 and name = 'user'
  ) as total
  from holdfast.facets where error = $1 and name = 'user' and value <> '${REST}'
  order by count desc, value limit ${MAX_SHOWN}`;

interface ShareRow {
  name: string;
  value: string;
  count: number;
  total: number;
}

/** The part of an error's page that facets make. */
export async function sharesOf(
  session: Session,
  error: number,
): Promise<Pick<ErrorDetail, "tags" | `${"environment" | "release" | "user"}_shares`>> {
  const [rows, users] = await session.batch<ShareRow>(
    [SHARES, USER_SHARES].map((sql) => ({ sql, values: [error] })),
  ) as [ShareRow[], ShareRow[]];
  const byName = Map.groupBy(rows, ({ name }) => name);
  const tags = [...byName].filter(([name]) => name.startsWith(TAG)).map(([name, rows]) => ({
    name: name.slice(TAG.length),
    values: rows.map(shareOf),
    others: rows[0]!.total - rows.reduce((sum, { count }) => sum + count, 0),
  } satisfies TagShares));
  return {
    tags,
    user_shares: users.map(shareOf),
    environment_shares: (byName.get("environment") ?? []).map(shareOf),
    release_shares: (byName.get("release") ?? []).map(shareOf),
  };
}

/** The share in ten thousandths. */
function shareOf({ value, count, total }: ShareRow): FacetShare {
  return { value, count, share: Math.round(count / total * 10_000) / 10_000 };
}

/** Each value is looked up in the index, from the one before it: a hundred thousand errors of one environment are one step. */
const ENVIRONMENTS = `
  with recursive found (value) as (
    select min(value) from holdfast.facets where name = 'environment' and value > '${REST}'
    union all
    select (
      select min(value) from holdfast.facets where name = 'environment' and value > found.value
    ) from found where found.value is not null
  )
  select value from found where value is not null limit ${MAX_ENVIRONMENTS}`;

/** The environments in which something has failed, in the order of their names. */
export async function environments(db: Database): Promise<string[]> {
  const rows = await db.ask((session) => session.all<{ value: string }>(ENVIRONMENTS));
  return rows.map(({ value }) => value);
}
