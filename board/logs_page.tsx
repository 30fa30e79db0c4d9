/** @jsxImportSource hono/jsx */
import type { Html } from "./html.ts";
import {
  isoTime,
  LEVELS,
  type LogPage,
  type LogQuery,
  MAX_TOTAL,
  type WatchQuery,
} from "../logging/mod.ts";
import { readTime } from "../modules/iso_time.ts";
import { LogRows, LogRowTemplate } from "./log_rows.tsx";
import { Empty, Pager, SearchBox, Select } from "./parts.tsx";
import { LOG_FIELDS, readSearch } from "../modules/search.ts";
import { address } from "./addresses.ts";
import { count } from "./times.ts";

/** Rows on a page: some 60 KB of HTML. */
const PAGE_ROWS = 25;
const MINUTE_MS = 60 * 1000;
const RANGES = [
  ["", "Any time"],
  ["15", "Last 15 minutes"],
  ["60", "Last hour"],
  ["1440", "Last day"],
  ["10080", "Last week"],
] as const;
export interface LogsView {
  q: string;
  /** This level and worse. */
  level: string;
  /** Minutes; one of the ranges. */
  range: string;
  /** ISO 8601, UTC. */
  since: string;
  /** ISO 8601, UTC. */
  until: string;
  live: boolean;
  cursor: string;
}

/** Leaves out what it does not understand. */
export function readLogsView(parameters: URLSearchParams): LogsView {
  const read = (name: string) => (parameters.get(name) ?? "").trim();
  const readMoment = (name: string) => readTime(read(name)) === undefined ? "" : read(name);
  const level = read("level").toUpperCase();
  return {
    q: read("q"),
    level: LEVELS.find((name) => name === level) ?? "",
    range: RANGES.find(([value]) => value === read("range"))?.[0] ?? "",
    since: readMoment("since"),
    until: readMoment("until"),
    live: read("live") === "1",
    cursor: read("cursor"),
  };
}

export function logQueryOf(view: LogsView, nowMs: number): LogQuery {
  const level = LEVELS.find((name) => name === view.level);
  const since = view.since !== ""
    ? readTime(view.since)
    : view.range !== ""
    ? nowMs - Number(view.range) * MINUTE_MS
    : undefined;
  const until = view.until === "" ? undefined : readTime(view.until);
  return {
    limit: PAGE_ROWS,
    ...readSearch(view.q, LOG_FIELDS),
    ...(level && { level }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(view.cursor !== "" && { cursor: view.cursor }),
  };
}

function logsAddress(view: LogsView, change: Partial<LogsView> = {}): string {
  const { live, ...rest } = { ...view, cursor: "", ...change };
  return address("/board/logs", { ...rest, live: live ? "1" : "" });
}

/** The live stream of the same search, from a position on. */
export function streamAddress(query: LogQuery, after: string): string {
  const { q, svc_name, route, level, request_id } = query;
  return address("/board/logs/stream", { q, svc_name, route, level, request_id, after });
}

/** A browser that lost the connection sends the position as `last-event-id`. */
export function watchQueryOf(parameters: URLSearchParams, headers: Headers): WatchQuery {
  const level = LEVELS.find((name) => name === parameters.get("level"));
  const after = headers.get("last-event-id") || parameters.get("after");
  const texts = Object.fromEntries(
    (["q", "svc_name", "route", "request_id"] as const)
      .map((name) => [name, parameters.get(name)]).filter(([, text]) => text),
  );
  return { ...texts, ...(level && { level }), ...(after && { after }) };
}

export interface LogsProps {
  view: LogsView;
  rows: LogPage;
  /** Set for the live tail. */
  stream: string | undefined;
  nowMs: number;
}

export function LogsList({ view, rows, stream, nowMs }: LogsProps): Html {
  const isEmpty = rows.items.length === 0;
  return (
    <>
      <h1 class="unseen">Logs</h1>
      <SearchForm view={view} />
      <div class="panel">
        <div class="live">
          {view.live
            ? <strong class="dot good" role="status" data-live-status>Live, every 5 seconds</strong>
            : (
              <span class="soft">
                {rows.total === null ? "Many" : count(rows.total, MAX_TOTAL)}{" "}
                records, the newest first, UTC
              </span>
            )}
          {view.live
            ? <a href={logsAddress(view, { live: false })}>Stop</a>
            : <a href={logsAddress(view, { live: true, until: "" })}>Live tail</a>}
        </div>
        {rows.damaged !== undefined && <p class="hint" role="alert">{rows.damaged}</p>}
        {(!isEmpty || view.live) && (
          <LogRows records={rows.items} nowMs={nowMs} {...(stream && { stream })} />
        )}
        {isEmpty && rows.next === null && <NoLogs view={view} />}
        {rows.searched_back_to !== undefined && !view.live && (
          <p class="hint">
            Searched back to {rows.searched_back_to}:{" "}
            <a href={logsAddress(view, { cursor: rows.next! })}>go on</a>
          </p>
        )}
      </div>
      {view.live && <LogRowTemplate />}
      {!view.live && (
        <Pager
          first={view.cursor !== "" && [logsAddress(view), "Newest"]}
          next={rows.next !== null && [logsAddress(view, { cursor: rows.next }), "Older"]}
        />
      )}
    </>
  );
}

function SearchForm({ view }: { view: LogsView }) {
  const levels = [
    ["", "All levels"],
    ...LEVELS.slice(1).map((name) =>
      [name, name === "CRITICAL" ? name : `${name} and worse`] as const
    ),
  ] as const;
  return (
    <form class="search" role="search" action="/board/logs">
      <SearchBox what="logs" q={view.q} hint="Words," fields={LOG_FIELDS} />
      <Select name="level" label="Level" value={view.level} options={levels} />
      <Select name="range" label="Time" value={view.range} options={RANGES} />
      <MomentField name="since" label="From (UTC)" value={view.since} />
      <MomentField name="until" label="Before (UTC)" value={view.until} />
      {view.live && <input type="hidden" name="live" value="1" />}
      <button type="submit">Search</button>
    </form>
  );
}

function MomentField({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <label class="field moment">
      <span>{label}</span>
      <input
        type="datetime-local"
        name={name}
        value={value && isoTime(readTime(value)!).slice(0, -1)}
        step="any"
      />
    </label>
  );
}

function NoLogs({ view }: { view: LogsView }) {
  const isSearch = view.q !== "" || view.level !== "" || view.range !== "" || view.since !== "" ||
    view.until !== "";
  return (
    <div data-none>
      <Empty title={isSearch ? "Nothing matches" : "No records yet"}>
        {isSearch
          ? (
            <p>
              All words must occur, in this time. <a href="/board/logs">Clear the search</a>.
            </p>
          )
          : <p>Every answered request leaves one. Call the service, then reload this page.</p>}
      </Empty>
    </div>
  );
}
