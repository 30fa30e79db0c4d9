/** The first thing that came from a service since somebody began to wait for it. */
import { isoTime } from "../../logging/mod.ts";
import { address, occurrencePath } from "../addresses.ts";
import type { Desk } from "../desk.ts";
import { plainLine } from "../parts/plain.ts";

/** A client's clock may be a little behind ours. */
const CLOCK_SLACK_MS = 5_000;
const MAX_SHOWN_CHARS = 160;

export interface Arrived {
  text: string;
  path: string;
}

/** What the script asks for, and a page that waits. */
export interface Awaited {
  /** Empty: an error of any service, or anything of another one than ours. */
  service: string;
  sinceMs: number;
}

export function watchPath({ service, sinceMs }: Awaited): string {
  return address("/board/connect/arrived", { service, since: String(sinceMs) });
}

export async function arrivedSince(desk: Desk, awaited: Awaited): Promise<Arrived | null> {
  return await (awaited.service === "" ? anything(desk, awaited) : newestOf(desk, awaited));
}

/** For the script, which knows where the board stands. */
export async function answerArrived(desk: Desk, awaited: Awaited): Promise<Response> {
  const arrived = await arrivedSince(desk, awaited);
  const answer = arrived ? { ...arrived, path: arrived.path.slice("/board".length) } : {};
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}

/** A service that has sent something, and is not the one that shows the page. */
export async function otherService({ store, logging }: Desk): Promise<string | undefined> {
  return (await store.services()).find((name) => name !== logging.code.service);
}

async function anything(desk: Desk, { sinceMs }: Awaited): Promise<Arrived | null> {
  const [error] = (await desk.store.listErrors({ limit: 1 })).items;
  if (error !== undefined && error.last_seen >= isoTime(sinceMs - CLOCK_SLACK_MS)) {
    const path = occurrencePath(error.id, error.last_error_id);
    return { text: sentenceOf(`${error.type}: ${error.message}`), path };
  }
  const service = await otherService(desk);
  return service === undefined ? null : newestOf(desk, { service, sinceMs });
}

async function newestOf({ store }: Desk, { service, sinceMs }: Awaited): Promise<Arrived | null> {
  const query = { svc_name: service, since: sinceMs - CLOCK_SLACK_MS, limit: 1 };
  const [record] = (await store.listLogs(query)).items;
  if (record === undefined) return null;
  const { error, error_id, level, message } = record;
  const occurrence = error_id === undefined ? null : await store.occurrence(error_id);
  return {
    text: sentenceOf(error ? `${error.type}: ${error.message}` : `${level}: ${message}`),
    path: occurrence
      ? occurrencePath(occurrence.error, occurrence.error_id)
      : address("/board/logs", { svc_name: service }),
  };
}

function sentenceOf(what: string): string {
  return `Arrived: ${plainLine(what, MAX_SHOWN_CHARS)}`;
}
