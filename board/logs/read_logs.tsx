/** @jsxImportSource hono/jsx */
import type { Desk, ReadSheet } from "../desk.ts";
import { LOG_FIELDS, readSearch } from "../../modules/search.ts";
import { address } from "../addresses.ts";
import { goTo } from "../layout.tsx";
import { readPlace } from "./around.ts";
import { readAround } from "./around_page.tsx";
import { columnsText, withColumn } from "./columns.ts";
import { readLogsOverTime } from "./logs_chart.tsx";
import { LogsList } from "./logs_page.tsx";
import {
  logQueryOf,
  logsAddress,
  type LogsView,
  readLogsView,
  streamAddress,
  watchQueryOf,
} from "./logs_view.ts";

const LIVE_REFRESH_SECONDS = 5;

export const readLogs: ReadSheet = async (desk, parameters, { clock }) => {
  const { store } = desk;
  const view = readLogsView(parameters, clock);
  const changed = addressOfChange(view, parameters);
  if (changed !== undefined) return goTo(changed);
  const text = parameters.get("around") ?? "";
  const place = readPlace(text);
  if (place !== undefined) return await readAround(desk, place, { view, text, clock });
  const query = logQueryOf(view, clock.nowMs);
  // Before the rows: a record stored in between is in both, and the script leaves out what is on the page.
  const tail = view.live ? await store.logsAfter({ limit: 0 }) : undefined;
  const [rows, over] = await Promise.all([
    store.listLogs(query),
    view.live ? undefined : readLogsOverTime(store, view, clock),
  ]);
  const stream = tail && streamAddress(query, tail.position);
  const { q, svc_name } = view;
  return {
    title: "Logs",
    section: "logs",
    styles: "logs",
    search: { action: "/board/logs", what: "logs", q, svc_name, fields: LOG_FIELDS },
    ...(rows.items.length > 0 && { list: "records" }),
    ...(view.live && { refreshSeconds: LIVE_REFRESH_SECONDS, isLive: true }),
    content: <LogsList {...{ view, rows, over, stream, clock }} />,
  };
};

/** Where a button beside a field leads: the same page with the field as a column, or the log with its value alone. */
function addressOfChange(view: LogsView, parameters: URLSearchParams): string | undefined {
  const added = parameters.get("add") ?? "";
  if (added !== "") {
    const columns = withColumn(view.columns, added);
    const around = parameters.get("around") ?? "";
    if (around === "") return logsAddress(view, { columns, cursor: view.cursor });
    const { svc_name, own } = view;
    const rest = { columns: columnsText(columns), own: own ? "1" : "", around };
    return `${address("/board/logs", { svc_name, ...rest })}#here`;
  }
  const only = (parameters.get("only") ?? "").trim();
  if (only === "") return undefined;
  const { svc_name, environment } = readSearch(only, LOG_FIELDS);
  if (svc_name !== undefined) return logsAddress(view, { svc_name });
  if (environment !== undefined) return logsAddress(view, { environment });
  return logsAddress(view, { q: `${view.q} ${only}`.trim() });
}

/** The same stream as `GET /logs/stream`, opened by the session in place of a token. */
export async function streamLogs(
  { logging }: Desk,
  { url, headers }: Request,
): Promise<Response> {
  const stream = await logging.tails.open(watchQueryOf(new URL(url).searchParams, headers));
  return new Response(stream.pipeThrough(new TextEncoderStream()), {
    headers: {
      "cache-control": "no-store",
      "content-type": "text/event-stream",
      // Or a proxy that buffers answers would hold events back.
      "x-accel-buffering": "no",
    },
  });
}
