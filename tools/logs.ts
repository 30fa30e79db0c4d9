/** `deno task logs`: the logs on the terminal, the newest last; with `--follow` as they arrive. */
import type { Client, Failed } from "../client.ts";
import { LOG_FIELDS } from "../modules/search.ts";
import type { LogRecord } from "../store/record.ts";
import { oneLineJson } from "../store/one_line.ts";
import { type Call, taskCall } from "./help.ts";
import { type Colour, type Column, makeTable } from "./table.ts";
import {
  type Command,
  contentOf,
  failureOf,
  print,
  reach,
  readEnvelope,
  runTool,
  screen,
} from "./terminal.ts";

const RECONNECT_MS = 1_000;
const DEFAULT_ROWS = "25";
/** Ids made of time have the same beginning: the end distinguishes requests. */
const SHORT_ID_CHARS = 8;

type Query = NonNullable<Parameters<Client["logs"]["$get"]>[0]>["query"];

type Shown = Pick<
  LogRecord,
  "time" | "level" | "svc_name" | "message" | "status" | "duration_ms" | "request_id"
>;

const COLOURS: Record<string, Colour> = {
  DEBUG: "dim",
  INFO: "cyan",
  WARN: "yellow",
  ERROR: "red",
  CRITICAL: "red",
};

const COLUMNS: readonly Column<Shown>[] = [
  { title: "TIME", text: ({ time }) => localTime(time), width: 18, colour: () => "dim" },
  { title: "LEVEL", text: ({ level }) => level, width: 8, colour: ({ level }) => COLOURS[level] },
  { title: "STATUS", text: statusOf, width: 6, isRight: true, isOptional: true },
  { title: "MS", text: durationOf, width: 7, isRight: true, isOptional: true, colour: () => "dim" },
  { title: "SERVICE", text: ({ svc_name }) => svc_name, width: 16, isOptional: true },
  { title: "MESSAGE", text: ({ message }) => message, isFlexible: true },
  {
    title: "REQUEST",
    text: requestOf,
    width: SHORT_ID_CHARS,
    isOptional: true,
    colour: () => "dim",
  },
];

if (import.meta.main) await main(taskCall());

export async function main(call: Call): Promise<void> {
  await runTool({
    name: "logs",
    summary: "lists log records, the newest last",
    filters: [...LOG_FIELDS, "own", "since", "until", "limit", "cursor"],
    switches: {
      follow: "prints new records as they arrive, until you stop it; not with since, until, cursor",
    },
  }, { call, work: showLogs });
}

async function showLogs(command: Command): Promise<void> {
  const { api, query, has } = command;
  const table = makeTable(COLUMNS, { rows: [], ...screen() });
  const show = has.has("json")
    ? (record: unknown) => print(oneLineJson(JSON.stringify(record)))
    : (record: unknown) => print(table.line(record as Shown));
  if (has.has("follow")) return await follow(command, show);
  const page = await contentOf(api.logs.$get({ query: query as Query }), command);
  page.logs.toReversed().forEach(show);
  const { total, next, searched_back_to, damaged } = page;
  const back = searched_back_to === undefined ? "" : `, searched back to ${searched_back_to}`;
  const more = next === null ? "" : `; older ones: --cursor=${next}`;
  console.error(`${page.logs.length} of ${total ?? "many"} log records${back}${more}`);
  if (damaged !== undefined) console.error(damaged);
}

/** Comes back whenever the stream ends, with the id of the last event: nothing is missed, nothing comes twice. */
async function follow(command: Command, show: (record: unknown) => void): Promise<void> {
  let lastId: string | undefined;
  while (true) {
    const response = await openStream(command, lastId);
    try {
      for await (const { id, data } of eventsIn(response.body!)) {
        lastId = id;
        if (data !== undefined) show(JSON.parse(data));
      }
    } catch {
      // Cut off: come back.
    }
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

/** Only the first time is a service that does not answer a reason to give up. */
async function openStream(command: Command, lastId: string | undefined): Promise<Response> {
  const { url, headers, query: { limit = DEFAULT_ROWS, ...query } } = command;
  const address = new URL("logs/stream", url);
  address.search = String(new URLSearchParams({ ...query, last: limit }));
  if (lastId === undefined) {
    return await opened(await reach(fetch(address, { headers }), command), command);
  }
  while (true) {
    const again = { headers: { ...headers, "last-event-id": lastId } };
    const response = await fetch(address, again).catch(() => undefined);
    if (response !== undefined && response.status < 500) return await opened(response, command);
    await response?.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

async function opened(response: Response, command: Command): Promise<Response> {
  if (response.ok) return response;
  throw failureOf(await readEnvelope<Failed>(response, command));
}

/** Server-sent events, as the service writes them. */
async function* eventsIn(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ id: string; data: string | undefined }> {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + text).split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const id = /^id: (.*)$/m.exec(event)?.[1];
      if (id !== undefined) yield { id, data: /^data: (.*)$/m.exec(event)?.[1] };
    }
  }
}

/** `11-22 15:04:05.678` where the reader is. */
function localTime(time: string): string {
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${day} ${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function statusOf({ status }: Shown): string {
  return status === undefined ? "" : String(status);
}

function durationOf({ duration_ms }: Shown): string {
  return duration_ms === undefined ? "" : duration_ms.toFixed(1);
}

function requestOf({ request_id = "" }: Shown): string {
  return request_id.slice(-SHORT_ID_CHARS);
}
