/**
 * Several writers at once on one store.
 *
 * @module
 */
import { readUsage } from "../usage.ts";
import type { Mix } from "./entries.ts";
import type { WriterResult } from "./writer.ts";

/** What they write, and for how long. */
export interface WritersOptions {
  /** Processes at once. */
  clients: number;
  /** How long. */
  seconds: number;
  /** Records a write. */
  batch: number;
  /** How many of them fail. */
  mix: Mix;
  /** Other processes whose processor time is told. */
  server?: () => readonly number[];
}

/** What all of them did together. */
export interface WritersResult {
  /** Rows a second. */
  perSecond: number;
  /** Rows. */
  rows: number;
  /** Writes that had to be done again. */
  busy: number;
  /** The longest write, in milliseconds. */
  longestMs: number;
  /** Processor time of a row, in microseconds: the server's and the writers'. */
  serverUs: number;
  /** See above. */
  clientUs: number;
}

/** The part of the time in which processor time is read: at its end connections are closed already. */
const WATCHED = 0.8;

/** Starts them, lets all begin together, and adds up. */
export async function runWriters(url: string, options: WritersOptions): Promise<WritersResult> {
  const { clients, seconds, server = () => [] } = options;
  const writers = Array.from({ length: clients }, () => startWriter(url, options));
  await Promise.all(writers.map(({ ready }) => ready));
  const used = () => [usedBy(server()), usedBy(writers.map(({ pid }) => pid))] as const;
  const before = used();
  const ended = Promise.all(writers.map(({ go }) => go()));
  await new Promise((resolve) => setTimeout(resolve, seconds * WATCHED * 1000));
  const after = used();
  const results = await ended;
  const perSecond = results.reduce((sum, { rows, seconds }) => sum + rows / seconds, 0);
  const watchedRows = perSecond * seconds * WATCHED;
  return {
    perSecond,
    rows: results.reduce((sum, { rows }) => sum + rows, 0),
    busy: results.reduce((sum, { busy }) => sum + busy, 0),
    longestMs: Math.max(...results.map(({ longestMs }) => longestMs)),
    serverUs: (after[0] - before[0]) / watchedRows,
    clientUs: (after[1] - before[1]) / watchedRows,
  };
}

function usedBy(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + readUsage(pid).processUs, 0);
}

function startWriter(
  url: string,
  { seconds, batch, mix: { failuresPercent, errors } }: WritersOptions,
): { pid: number; ready: Promise<unknown>; go: () => Promise<WriterResult> } {
  const script = new URL("./writer.ts", import.meta.url).href;
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", script],
      ...[url, ...[seconds, batch, failuresPercent, errors].map(String)],
    ],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return { pid: process.pid, ready: lines.read(), go };

  async function go(): Promise<WriterResult> {
    const input = process.stdin.getWriter();
    await input.write(new Uint8Array([10]));
    await input.close();
    let text = "";
    for (let read = await lines.read(); !read.done; read = await lines.read()) text += read.value;
    const { success } = await process.status;
    if (!success) throw new Error(`A writer failed: ${text}`);
    return JSON.parse(text);
  }
}
