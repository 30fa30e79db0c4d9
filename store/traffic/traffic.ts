/** What was asked and answered, and how much was logged: by time, service, route, release and environment. */
import type { Database, Value } from "../drivers/database.ts";
import { cleanText } from "../errors/rows.ts";
import { MAX_TRAFFIC_ROWS } from "../limits.ts";
import { TRAFFIC_NAMES, type TrafficQuery, type TrafficRow } from "../store.ts";
import { isoTime, keepableTime, MINUTE_MS, nowToKeep } from "../times.ts";
import { BUCKET_COLUMNS, percentile } from "./buckets.ts";
import { foldAll } from "./fold.ts";
import { COUNTED, LEVEL_COLUMNS } from "./schema.ts";
import { MINUTES_KEPT, STEPS } from "./series.ts";

/** What is counted beside the durations. */
const COUNTS = COUNTED.filter((name) => !(BUCKET_COLUMNS as readonly string[]).includes(name));

const MEDIAN = 0.5;
const SLOWEST = 0.95;

/** {@linkcode TrafficQuery} says what is asked. Steps without records have no row. */
export async function traffic(db: Database, query: TrafficQuery): Promise<TrafficRow[]> {
  const { step, by = [] } = query;
  // Minutes of what cannot be kept are more than PostgreSQL's `integer` has room for.
  const since = Math.floor(keepableTime(query.since) / MINUTE_MS);
  const until = Math.ceil(keepableTime(query.until) / MINUTE_MS);
  const minutes = STEPS[step ?? finestStep(since, until)];
  const names = TRAFFIC_NAMES.filter((name) => by.includes(name));
  const keys = [...(step === undefined ? [] : ["at"]), ...names];
  const values: Value[] = [minutes, since - since % minutes, until];
  const filters = filtersOf(query, (value) => `$${values.push(value)}`);
  const ofTime = "where step = $1 and at >= $2 and at < $3";
  const from = isOfTotals(query)
    ? `from holdfast.traffic_totals ${ofTime} ${filters.join(" ")}`
    : `from ${step === undefined ? bySeries(ofTime) : `(select * from holdfast.traffic ${ofTime})`}
      as counts join holdfast.traffic_series as names on names.id = counts.series
      where true ${filters.join(" ")}`;
  const grouped = keys.length === 0
    ? ""
    : `group by ${keys.join(", ")} order by ${keys.map((key) => `${key} desc`).join(", ")}`;
  const sums = (query.durations === false ? COUNTS : COUNTED).map((name) =>
    `sum(${name})::bigint as ${name}`
  );
  const sql = `select ${
    [...keys, ...sums].join(", ")
  } ${from} ${grouped} limit ${MAX_TRAFFIC_ROWS}`;
  await foldAll(db);
  return await db.ask(async (session) => {
    const rows = await session.all<Row>(sql, values);
    // Without anything to group by there is one row, of nothing.
    return rows.filter(({ requests }) => requests !== null).reverse().map(rowOf);
  });
}

/** Added up by a number first: to sort as many rows by their names takes twice as long. */
function bySeries(ofTime: string): string {
  return `(
    select series, ${COUNTED.map((name) => `sum(${name}) as ${name}`).join(", ")}
    from holdfast.traffic ${ofTime} group by series
  )`;
}

/** Totals know no routes. */
function isOfTotals({ by = [], route, routes }: TrafficQuery): boolean {
  return !by.includes("route") && route === undefined && routes === undefined;
}

/** Conditions in SQL, each with an `and` before it. */
function filtersOf(query: TrafficQuery, given: (value: Value) => string): string[] {
  const filters = TRAFFIC_NAMES.flatMap((name) => {
    const wanted = query[name];
    return wanted === undefined ? [] : [`and ${name} = ${given(cleanText(wanted))}`];
  });
  if (query.failed) filters.push("and error + critical > 0");
  if (query.routes === undefined) return filters;
  const routes = query.routes.map(({ svc_name, route }) => (
    { svc_name: cleanText(svc_name), route: cleanText(route) }
  ));
  return [
    ...filters,
    `and (svc_name, route) in (select svc_name, route
      from json_to_recordset(${given(JSON.stringify(routes))})
        as given (svc_name text, route text))`,
  ];
}

/** Minutes go back for a day only, and of whole hours they say no more than the hours do. */
function finestStep(since: number, until: number): keyof typeof STEPS {
  const now = nowToKeep() / MINUTE_MS;
  const isWhole = since % STEPS.hour === 0 && (until % STEPS.hour === 0 || until > now);
  return since > now - MINUTES_KEPT && !isWhole ? "minute" : "hour";
}

type Row = Record<string, number | string | null>;
type Levels = Pick<TrafficRow, (typeof LEVEL_COLUMNS)[number]>;

function rowOf(row: Row): TrafficRow {
  const buckets = BUCKET_COLUMNS.map((column) => Number(row[column] ?? 0));
  const name = (column: string) => (row[column] as string | undefined) || null;
  return {
    at: row.at === undefined ? null : isoTime(Number(row.at) * MINUTE_MS),
    svc_name: name("svc_name"),
    route: name("route"),
    release: name("release"),
    environment: name("environment"),
    requests: Number(row.requests),
    failures: Number(row.failures),
    ...Object.fromEntries(LEVEL_COLUMNS.map((level) => [level, Number(row[level])])) as Levels,
    p50_ms: rounded(percentile(buckets, MEDIAN)),
    p95_ms: rounded(percentile(buckets, SLOWEST)),
  };
}

/** To a microsecond. */
function rounded(durationMs: number | null): number | null {
  return durationMs === null ? null : Math.round(durationMs * 1_000) / 1_000;
}
