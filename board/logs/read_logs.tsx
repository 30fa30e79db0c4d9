/** @jsxImportSource hono/jsx */
import type { Desk, ReadSheet } from "../desk.ts";
import { logQueryOf, LogsList, readLogsView, streamAddress, watchQueryOf } from "./logs_page.tsx";

const LIVE_REFRESH_SECONDS = 5;

export const readLogs: ReadSheet = async ({ store }, parameters, { clock }) => {
  const view = readLogsView(parameters, clock);
  const query = logQueryOf(view, clock.nowMs);
  // Before the rows: a record stored in between is in both, and the script leaves out what is on the page.
  const tail = view.live ? await store.logsAfter({ limit: 0 }) : undefined;
  const rows = await store.listLogs(query);
  const stream = tail && streamAddress(query, tail.position);
  return {
    title: "Logs",
    section: "logs",
    ...(view.live && { refreshSeconds: LIVE_REFRESH_SECONDS }),
    content: <LogsList view={view} rows={rows} stream={stream} clock={clock} />,
  };
};

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
