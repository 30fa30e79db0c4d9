/** What the page of logs shows, as its address says it, and what the store is asked for it. */
import { LEVELS, type LogQuery, type WatchQuery } from "../../logging/mod.ts";
import { LOG_FIELDS, readSearch } from "../../modules/search.ts";
import { address, filledIn } from "../addresses.ts";
import { rangeParameters, readTimeRange, timesOf } from "../parts/time_range.tsx";
import type { Clock } from "../parts/times.ts";
import { columnsText, readColumns } from "./columns.ts";

/** Rows on a page. */
export const PAGE_ROWS = 25;

/** Leaves out what it does not understand. */
export function readLogsView(parameters: URLSearchParams, clock: Clock) {
  const read = (name: string) => (parameters.get(name) ?? "").trim();
  const level = read("level").toUpperCase();
  return {
    q: read("q"),
    svc_name: read("svc_name"),
    /** This level and worse. */
    level: LEVELS.find((name) => name === level) ?? ("" as const),
    environment: read("environment"),
    ...readTimeRange(parameters, { clock }),
    columns: readColumns(parameters),
    /** With Holdfast's own records. */
    own: read("own") === "1",
    live: read("live") === "1",
    cursor: read("cursor"),
  };
}

export type LogsView = ReturnType<typeof readLogsView>;

export function logQueryOf(view: LogsView, nowMs: number): LogQuery {
  const { svc_name, level, environment, cursor } = view;
  return {
    limit: PAGE_ROWS,
    ...readSearch(view.q, LOG_FIELDS),
    ...(svc_name && { svc_name }),
    ...(level && { level }),
    ...(environment && { environment }),
    ...timesOf(view, nowMs),
    ...(hidesOwn(view) && { own: false }),
    ...(cursor && { cursor }),
  };
}

/** Whether Holdfast's own records are left out. Of one request all is shown. */
export function hidesOwn({ q, own }: LogsView): boolean {
  return !own && readSearch(q, LOG_FIELDS).request_id === undefined;
}

/** The parameters of the page that have a value, but its place in the list. */
export function logsParameters(view: LogsView): Record<string, string | undefined> {
  const { q, svc_name, level, environment, columns, own, live, range, since, until } = view;
  return {
    q,
    svc_name,
    level,
    environment,
    ...rangeParameters({ range, since, until }),
    columns: columnsText(columns),
    own: own ? "1" : "",
    live: live ? "1" : "",
  };
}

/** The same page with something else; of another list it is the beginning. */
export function logsAddress(view: LogsView, change: Partial<LogsView> = {}): string {
  const changed = { ...view, cursor: "", ...change };
  return address("/board/logs", { ...logsParameters(changed), cursor: changed.cursor });
}

const STREAMED = [
  "q",
  "svc_name",
  "route",
  "level",
  "request_id",
  "environment",
  "user",
] as const;

/** The live stream of the same search, from a position on. */
export function streamAddress(query: LogQuery, after: string): string {
  const texts = Object.fromEntries(STREAMED.map((name) => [name, query[name]]));
  const own = query.own === false ? "false" : undefined;
  const tags = [query.tag ?? []].flat()
    .map((one) => `&tag=${encodeURIComponent(one.toWellFormed())}`).join("");
  return address("/board/logs/stream", { ...texts, own, after }) + tags;
}

/** A browser that lost the connection sends the position as `last-event-id`. */
export function watchQueryOf(parameters: URLSearchParams, headers: Headers): WatchQuery {
  const level = LEVELS.find((name) => name === parameters.get("level"));
  const after = headers.get("last-event-id") || parameters.get("after");
  const texts = filledIn(parameters, STREAMED.filter((name) => name !== "level"));
  const tag = parameters.getAll("tag");
  return {
    ...texts,
    ...(tag.length > 0 && { tag }),
    ...(level && { level }),
    ...(parameters.get("own") === "false" && { own: false }),
    ...(after && { after }),
  };
}
