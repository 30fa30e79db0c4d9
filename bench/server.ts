/**
 * One server of the bench as a process of its own, in a folder of its own.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { unpack } from "../store/log/codec.ts";
import type { RecordPlace, Variant } from "./variants.ts";

const READY_WITHIN_MS = 20_000;
const POLL_EVERY_MS = 2;

/** A running server. */
export interface Server extends AsyncDisposable {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Its process. */
  readonly pid: number;
  /** From the start of the process to the first answer. */
  readonly startMs: number;
  /** Ends it with SIGTERM, and counts what it recorded. */
  stop(): Promise<Kept>;
}

/** What a server left when it ended. */
export interface Kept {
  /** Records of requests in each place that keeps them; none where nothing is recorded. */
  readonly records: readonly number[];
  /** Holdfast's own books, from its `stats()`. */
  readonly stats?: { dropped: Record<string, Record<string, number>> };
}

/** As in the `start` task; every server on Deno gets it. */
export const V8_FLAGS = "--v8-flags=--max-semi-space-size=8";

/** Starts a server and waits until it answers `path`. @throws {Error} with its last words when it ends or is silent. */
export async function startServer(variant: Variant, path = WORK): Promise<Server> {
  const { runtime, module, log } = variant;
  const file = new URL(module, import.meta.url).pathname;
  const command = runtime === "deno" ? [Deno.execPath(), "run", V8_FLAGS, "--allow-all"] : ["node"];
  const dir = Deno.makeTempDirSync({ prefix: "holdfast-bench-" });
  const port = freePort();
  const server = await startProcess([...command, file, String(port), dir, log], {
    port,
    path,
    dir,
  });
  return { ...server, stop: () => server.stop().then(() => readKept(variant, dir)) };
}

/** The request whose answer says that a server is up, and which the rounds repeat. */
export const WORK: string = "/work?query_content=a-question-of-usual-length&user_type=guest";

/** Starts any command that serves at `port`. Its folder goes when it is disposed. */
export async function startProcess(
  command: readonly string[],
  { port, path, dir, env }: {
    port: number;
    path: string;
    dir: string;
    env?: Record<string, string>;
  },
): Promise<Omit<Server, "stop"> & { stop(): Promise<void> }> {
  const startedMs = performance.now();
  // The shell gives its process to the server, whose output goes to files without a reader that costs time.
  const child = new Deno.Command("sh", {
    args: ["-c", `exec "$@" >"${dir}/stdout" 2>"${dir}/stderr"`, "sh", ...command],
    env: { ...env, NODE_ENV: "production", NO_COLOR: "1" },
    stdin: "null",
  }).spawn();
  let hasEnded = false;
  const ended = child.status.then((status) => {
    hasEnded = true;
    return status;
  });
  try {
    await untilAnswered();
  } catch (error) {
    await dispose();
    throw error;
  }
  const startMs = performance.now() - startedMs;
  return { port, pid: child.pid, startMs, stop, [Symbol.asyncDispose]: dispose };

  async function untilAnswered(): Promise<void> {
    while (!await answers(`http://127.0.0.1:${port}${path}`)) {
      if (hasEnded || performance.now() - startedMs > READY_WITHIN_MS) {
        const words = Deno.readTextFileSync(`${dir}/stderr`).slice(-2000);
        throw new Error(`${command.join(" ")} does not answer: ${words}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
    }
  }

  async function stop(): Promise<void> {
    child.kill("SIGTERM");
    const { success, code } = await ended;
    if (success) return;
    const words = Deno.readTextFileSync(`${dir}/stderr`).slice(-2000);
    throw new Error(`${command.join(" ")} ended with ${code}: ${words}`);
  }

  async function dispose(): Promise<void> {
    if (!hasEnded) child.kill("SIGKILL");
    await ended;
    Deno.removeSync(dir, { recursive: true });
  }
}

/** A port nobody listens on just now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: { connection: "close" } });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function readKept({ records }: Variant, dir: string): Kept {
  const counts = (records?.in ?? []).map((place) => countRecords(place, dir, records!));
  const stats = readIfThere(`${dir}/stats.json`);
  return { records: counts, ...(stats === undefined ? {} : { stats: JSON.parse(stats) }) };
}

function countRecords(
  place: RecordPlace["in"][number],
  dir: string,
  { mark }: RecordPlace,
): number {
  if (place === "store") return countStored(`${dir}/holdfast.db`, mark);
  const prefix = place === "stdout" ? "stdout" : "app.log";
  let count = 0;
  for (const { name } of Deno.readDirSync(dir)) {
    if (name.startsWith(prefix)) count += countMarks(Deno.readTextFileSync(`${dir}/${name}`), mark);
  }
  return count;
}

function countStored(path: string, mark: string): number {
  using db = new DatabaseSync(path, { readOnly: true });
  const all = (sql: string) => db.prepare(sql).iterate() as Iterable<Record<string, unknown>>;
  const hasBlocks = db.prepare("select name from sqlite_master where name = 'log_data'").get();
  if (hasBlocks === undefined) {
    // A checkout from before the log in blocks: a row a record. Not the log's words about itself.
    const [row] = all("select count(*) as rows from logs where line ->> 'route' is not null");
    return Number(row!.rows);
  }
  let count = 0;
  for (const { lines } of all("select lines from log_tail")) {
    count += countMarks(
      lines instanceof Uint8Array ? unpack(lines).toString() : lines as string,
      mark,
    );
  }
  for (const { data } of all("select data from log_data")) {
    count += countMarks(unpack(data as Uint8Array).toString(), mark);
  }
  return count;
}

function countMarks(text: string, mark: string): number {
  let count = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) count++;
  return count;
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
