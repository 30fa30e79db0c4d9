/** The series that requests and records are counted in, and their counts by minute and hour. */
import type { Session, Statement } from "../drivers/database.ts";
import { OTHERS } from "../limits.ts";
import type { MinuteCount, SeriesName } from "./count_requests.ts";
import { COUNTED } from "./schema.ts";
import { HOUR_MS, MINUTE_MS } from "../times.ts";

/** Series of one service. The requests of further ones are counted in one. */
export const MAX_SERVICE_SERIES = 1_000;
/** Series of all services. */
export const MAX_SERIES = 5_000;

/** Minutes are kept for a day, hours for ninety. */
export const MINUTES_KEPT: number = 24 * 60;
export const HOURS_KEPT: number = 90 * 24;

/** The steps that are counted, in minutes. */
export const STEPS = { minute: 1, hour: 60 } as const;

/** Not with each write: to say when a series was counted in. */
const SEEN_EVERY_MS = HOUR_MS;

export interface SeriesRow extends SeriesName {
  id: number;
  /** When it was counted in, to an hour; milliseconds since 1970. */
  seen_at: number;
}

const NAMES = ["svc_name", "route", "release", "environment"] as const;
const GIVEN = `json_to_recordset($1) as given (${NAMES.map((name) => `${name} text`).join(", ")})`;

/** Reads those that are known. */
export function findSeries(names: readonly SeriesName[]): Statement {
  const same = NAMES.map((name) => `held.${name} = given.${name}`).join(" and ");
  return {
    sql: `select held.id, held.seen_at, ${NAMES.map((name) => `held.${name}`).join(", ")}
      from ${GIVEN} join holdfast.traffic_series as held on ${same}`,
    values: [JSON.stringify(namesOf(names))],
  };
}

/** Each once. */
function namesOf(names: readonly SeriesName[]): SeriesName[] {
  const byKey = new Map(names.map((name) => [keyOf(name), name]));
  return Array.from(byKey.values(), ({ svc_name, route, release, environment }) => (
    { svc_name, route, release, environment }
  ));
}

function keyOf({ svc_name, route, release, environment }: SeriesName): string {
  return `${svc_name}\n${route}\n${release}\n${environment}`;
}

/** The numbers of series, by name. */
export class Series {
  readonly #rows: Map<string, SeriesRow>;
  readonly #stands = new Map<string, SeriesName>();

  constructor(rows: readonly SeriesRow[]) {
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
  }

  /** Makes rows for those that are new, as long as there is room. Part of a transaction. */
  async admit(session: Session, counts: readonly SeriesName[], nowMs: number): Promise<void> {
    const unknown = namesOf(counts.filter((name) => !this.#rows.has(keyOf(name))));
    if (unknown.length === 0) return;
    const held = await session.all<{ svc_name: string; series: number }>(
      "select svc_name, count(*) as series from holdfast.traffic_series group by svc_name",
    );
    const ofService = new Map(held.map(({ svc_name, series }) => [svc_name, series]));
    let all = held.reduce((sum, { series }) => sum + series, 0);
    const admitted = unknown.map((name) => {
      const series = ofService.get(name.svc_name) ?? 0;
      if (series < MAX_SERVICE_SERIES && all < MAX_SERIES) {
        ofService.set(name.svc_name, series + 1);
        all++;
        return name;
      }
      // A service that has some keeps its name.
      const others = othersOf(series > 0 ? name.svc_name : OTHERS);
      this.#stands.set(keyOf(name), others);
      return others;
    });
    await this.add(session, admitted, nowMs);
  }

  /** Makes rows for those that have none, whether there is room or not. All were seen then, or later. */
  async add(session: Session, names: readonly SeriesName[], seenMs: number): Promise<void> {
    const added = namesOf(names).sort((a, b) => keyOf(a) < keyOf(b) ? -1 : 1);
    const [, rows] = await session.batch<SeriesRow>([
      {
        sql: `insert into holdfast.traffic_series (${NAMES.join(", ")}, seen_at)
          select ${NAMES.join(", ")}, $2::bigint from ${GIVEN} where true
          on conflict (${NAMES.join(", ")}) do update set seen_at = excluded.seen_at
            where excluded.seen_at > traffic_series.seen_at`,
        values: [JSON.stringify(added), seenMs],
      },
      findSeries(added),
    ]);
    for (const row of rows!) this.#rows.set(keyOf(row), row);
  }

  /** A series, or the one that stands for it. */
  of(name: SeriesName): SeriesRow {
    const key = keyOf(name);
    return this.#rows.get(key) ?? this.#rows.get(keyOf(this.#stands.get(key)!))!;
  }

  /** Says that they are counted in, where that was not said for an hour. */
  touch(nowMs: number): Statement[] {
    const old = [...this.#rows.values()].filter(({ seen_at }) => seen_at < nowMs - SEEN_EVERY_MS);
    if (old.length === 0) return [];
    return [{
      sql: "update holdfast.traffic_series set seen_at = $2 where id = any ($1) and seen_at < $2",
      values: [old.map(({ id }) => id), nowMs],
    }];
  }
}

function othersOf(service: string): SeriesName {
  return { svc_name: service, route: OTHERS, release: OTHERS, environment: OTHERS };
}

const ADD = addTo("traffic", { step: "integer", at: "integer", series: "integer" });
const ADD_TOTALS = addTo("traffic_totals", {
  ...{ step: "integer", at: "integer" },
  ...{ svc_name: "text", release: "text", environment: "text" },
});

/** A statement that adds rows, given as JSON, to a table. */
function addTo(table: string, key: Record<string, string>): string {
  const keys = Object.keys(key);
  const types = { ...key, ...Object.fromEntries(COUNTED.map((name) => [name, "integer"])) };
  const columns = Object.keys(types).join(", ");
  return `
  insert into holdfast.${table} (${columns})
  select ${columns} from json_to_recordset($1)
    as given (${Object.entries(types).map((column) => column.join(" ")).join(", ")}) where true
  on conflict (${keys.join(", ")}) do update set
    ${COUNTED.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(", ")}`;
}

/** Adds what a batch has counted, among the last statements of its transaction. What is too old for the traffic is left out. */
export function addTraffic(
  counts: readonly MinuteCount[],
  series: Series,
  nowMs: number,
): Statement[] {
  const [rows, totals] = [new Sums(), new Sums()];
  const now = Math.floor(nowMs / MINUTE_MS);
  for (const count of counts) {
    const { id, svc_name, release, environment } = series.of(count);
    const add = (step: number) => {
      const at = count.minute - count.minute % step;
      rows.add([step, at, id], count);
      totals.add([step, at, svc_name, release, environment], count);
    };
    if (count.minute > now - MINUTES_KEPT) add(STEPS.minute);
    if (count.minute > now - HOURS_KEPT * STEPS.hour) add(STEPS.hour);
  }
  if (rows.isEmpty) return [];
  return [
    { sql: ADD, values: [rows.asJson(["step", "at", "series"])] },
    {
      sql: ADD_TOTALS,
      values: [totals.asJson(["step", "at", "svc_name", "release", "environment"])],
    },
    ...series.touch(nowMs),
  ];
}

type Counts = Pick<MinuteCount, "requests" | "failures" | "levels" | "buckets">;

/** Counts by key, added up. */
class Sums {
  readonly #rows = new Map<string, { key: readonly (number | string)[]; counts: number[] }>();

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  add(
    key: readonly (number | string)[],
    { requests, failures, levels, buckets }: Counts,
  ): void {
    const name = key.join("\n");
    let row = this.#rows.get(name);
    if (row === undefined) this.#rows.set(name, row = { key, counts: COUNTED.map(() => 0) });
    // In the order of COUNTED.
    const added = [requests, failures, ...levels, ...buckets];
    for (const [place, count] of added.entries()) row.counts[place]! += count;
  }

  /** Two instances that change the same rows in one order wait for one another in turn. */
  asJson(names: readonly string[]): string {
    const sorted = [...this.#rows.values()].sort((a, b) => inOrder(a.key, b.key));
    const columns = [...names, ...COUNTED];
    return JSON.stringify(sorted.map(({ key, counts }) => {
      const values = [...key, ...counts];
      return Object.fromEntries(columns.map((column, place) => [column, values[place]]));
    }));
  }
}

function inOrder(one: readonly (number | string)[], other: readonly (number | string)[]): number {
  const place = one.findIndex((value, place) => value !== other[place]);
  return place < 0 ? 0 : one[place]! < other[place]! ? -1 : 1;
}
