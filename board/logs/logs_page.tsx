/** @jsxImportSource hono/jsx */
import {
  LEVELS,
  type LogPage,
  type LogQuery,
  MAX_TOTAL,
  type WatchQuery,
} from "../../logging/mod.ts";
import { LogRows, LogRowTemplate } from "./log_rows.tsx";
import { Empty, type Html, Pager, SearchForm, Select } from "../parts/parts.tsx";
import { LOG_FIELDS, readSearch } from "../../modules/search.ts";
import { address, filledIn } from "../addresses.ts";
import { rangeParameters, readTimeRange, TimeFields, timesOf } from "../parts/time_range.tsx";
import { type Clock, counted, fullTime } from "../parts/times.ts";

/** Rows on a page: some 60 KB of HTML. */
const PAGE_ROWS = 25;
const LEVEL_OPTIONS = [
  ["", "All levels"],
  ["INFO", "INFO and worse"],
  ["WARN", "WARN and worse"],
  ["ERROR", "ERROR and worse"],
  ["CRITICAL", "CRITICAL"],
] as const;

/** Leaves out what it does not understand. */
export function readLogsView(parameters: URLSearchParams, clock: Clock) {
  const read = (name: string) => (parameters.get(name) ?? "").trim();
  const level = read("level").toUpperCase();
  return {
    q: read("q"),
    /** This level and worse. */
    level: LEVELS.find((name) => name === level) ?? ("" as const),
    ...readTimeRange(parameters, { clock }),
    live: read("live") === "1",
    cursor: read("cursor"),
  };
}

type LogsView = ReturnType<typeof readLogsView>;

export function logQueryOf(view: LogsView, nowMs: number): LogQuery {
  const { level, cursor } = view;
  return {
    limit: PAGE_ROWS,
    ...readSearch(view.q, LOG_FIELDS),
    ...(level && { level }),
    ...timesOf(view, nowMs),
    ...(cursor && { cursor }),
  };
}

function logsAddress(view: LogsView, change: Partial<LogsView> = {}): string {
  const { q, level, live, cursor, ...range } = { ...view, cursor: "", ...change };
  return address("/board/logs", {
    q,
    level,
    ...rangeParameters(range),
    live: live ? "1" : "",
    cursor,
  });
}

/** The live stream of the same search, from a position on. */
export function streamAddress(query: LogQuery, after: string): string {
  const { q, svc_name, route, level, request_id, environment, user, tag = [] } = query;
  const texts = { q, svc_name, route, level, request_id, environment, user, after };
  const tags = [tag].flat().map((one) => `&tag=${encodeURIComponent(one.toWellFormed())}`).join("");
  return address("/board/logs/stream", texts) + tags;
}

/** A browser that lost the connection sends the position as `last-event-id`. */
export function watchQueryOf(parameters: URLSearchParams, headers: Headers): WatchQuery {
  const level = LEVELS.find((name) => name === parameters.get("level"));
  const after = headers.get("last-event-id") || parameters.get("after");
  const texts = filledIn(parameters, [
    "q",
    "svc_name",
    "route",
    "request_id",
    "environment",
    "user",
  ]);
  const tag = parameters.getAll("tag");
  return {
    ...texts,
    ...(tag.length > 0 && { tag }),
    ...(level && { level }),
    ...(after && { after }),
  };
}

/** `stream` is set for the live tail. */
export function LogsList(
  { view, rows, stream, clock }: {
    view: LogsView;
    rows: LogPage;
    stream: string | undefined;
    clock: Clock;
  },
): Html {
  const { total } = rows;
  const isEmpty = rows.items.length === 0;
  const backTo = view.live ? undefined : rows.searched_back_to;
  return (
    <>
      <h1 class="unseen">Logs</h1>
      <SearchForm
        action="/board/logs"
        what="logs"
        q={view.q}
        hint="Words, or"
        fields={LOG_FIELDS}
      >
        <Select name="level" label="Level" value={view.level} options={LEVEL_OPTIONS} />
        <TimeFields view={view} moments clock={clock} />
        {view.live && <input type="hidden" name="live" value="1" />}
      </SearchForm>
      <div class="panel">
        <div class="live">
          {view.live
            ? <strong class="dot good" role="status" data-live-status>Live, every 5 seconds</strong>
            : (
              <span class="soft">
                {total === null ? "Records" : counted(total, "record", MAX_TOTAL)}, newest first
                (UTC)
              </span>
            )}
          {view.live
            ? <a href={logsAddress(view, { live: false })}>Stop</a>
            : (
              <a href={logsAddress(view, { live: true, range: "all", since: "", until: "" })}>
                Live tail
              </a>
            )}
        </div>
        {rows.damaged !== undefined && <p class="note bad" role="alert">{rows.damaged}</p>}
        {(!isEmpty || view.live) && (
          <LogRows records={rows.items} clock={clock} {...(stream && { stream })} />
        )}
        {isEmpty && rows.next === null && <NoLogs view={view} />}
        {backTo !== undefined && (
          <p class="note" role="status">
            {isEmpty && "No match yet. "}
            {`Searched back to ${
              fullTime(backTo, clock)
            }, where the search reached its time limit. `}
            <a href={logsAddress(view, { cursor: rows.next! })}>Search further back</a>
          </p>
        )}
      </div>
      {view.live && <LogRowTemplate />}
      {!view.live && (
        <Pager
          first={view.cursor !== "" && [logsAddress(view), "Newest"]}
          next={backTo === undefined && rows.next !== null &&
            [logsAddress(view, { cursor: rows.next }), "Older"]}
        />
      )}
    </>
  );
}

function NoLogs({ view }: { view: LogsView }) {
  const isSearch = view.q !== "" || view.level !== "" || view.range !== "all";
  return (
    <div data-none>
      <Empty title={isSearch ? "Nothing matches" : "No records yet"}>
        {isSearch
          ? (
            <p>
              A record has to contain all words and be of the chosen level and time.{" "}
              <a href="/board/logs">Clear the search</a>.
            </p>
          )
          : <p>Every request to the service leaves one. Send a request, then reload this page.</p>}
      </Empty>
    </div>
  );
}
