/**
 * `deno task bench:intake`: how many events of Sentry's clients a service takes and stores, each answered when it is on disk. Load
 * goes to 127.0.0.1 alone, from a process of its own. Every event that was answered 200 is looked for in the store afterwards.
 *
 * ```
 * deno task bench:intake [--seconds=15] [--clients=64] [--only=8,50,8-full,50-full]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { DatabaseSync } from "node:sqlite";
import type { IntakeLoad, IntakeLoaded } from "./intake_load.ts";
import type { LoopDelay } from "./loop_delay.ts";
import { describeMachine } from "./machine.ts";
import { figure, table } from "./table.ts";
import { readMemory, readUsage } from "./usage.ts";
import { unpack } from "../store/log/codec.ts";
import { V8_FLAGS } from "./server.ts";
import { environmentWithoutOurs, Running, serviceOf } from "../tests/helpers/start_service.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const KIB = 1024;
const ROOT = new URL("../", import.meta.url).pathname;
const LOAD = new URL("./intake_load.ts", import.meta.url).pathname;
const PRELOAD = new URL("./loop_delay.ts", import.meta.url).pathname;
/** What waits is stored within this after the load. */
const DRAINED_WITHIN_MS = 120_000;
const POLL_EVERY_MS = 100;

/** Kinds of load: the goals, and as much as is answered. */
const KINDS: Readonly<Record<string, { title: string; bytes: number; perSecond?: number }>> = {
  "8": { title: "5,000 a second of 8 KiB", bytes: 8 * KIB, perSecond: 5_000 },
  "50": { title: "1,000 a second of 50 KiB", bytes: 50 * KIB, perSecond: 1_000 },
  "8-full": { title: "8 KiB, as fast as answered", bytes: 8 * KIB },
  "50-full": { title: "50 KiB, as fast as answered", bytes: 50 * KIB },
};

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: Object.keys(KINDS).join(",") },
      seconds: { type: "string", default: "15" },
      clients: { type: "string", default: "64" },
    },
  });
  console.log(describeMachine());
  const columns: { title: string; rows: Record<string, string> }[] = [];
  for (const id of values.only.split(",")) {
    const { title, ...load } = KINDS[id]!;
    const options = { seconds: Number(values.seconds), clients: Number(values.clients) };
    columns.push({ title, rows: await measure({ ...load, ...options }) });
  }
  const rows = Object.keys(columns[0]!.rows)
    .map((what) => [what, ...columns.map(({ rows }) => rows[what]!)]);
  console.log(table(["", ...columns.map(({ title }) => title)], rows));
}

async function measure(
  load: Pick<IntakeLoad, "bytes" | "perSecond" | "seconds" | "clients">,
): Promise<Record<string, string>> {
  const dir = Deno.makeTempDirSync({ prefix: "holdfast-bench-intake-" });
  const [idsPath, loopPath, storePath] = ["ids", "loop", "holdfast.db"].map((name) =>
    `${dir}/${name}`
  ) as [string, string, string];
  const storeUrl = `sqlite:${storePath}`;
  await using service = await startWatched({ storeUrl, loopPath });
  const before = readUsage(service.pid);
  const port = Number(new URL(service.url).port);
  const loaded = await sendFrom({ ...load, port, key: KEY, idsPath });
  const waiting = await pending(service);
  const endedMs = performance.now();
  while (await pending(service) > 0 && performance.now() - endedMs < DRAINED_WITHIN_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
  }
  const drainedMs = performance.now() - endedMs;
  const used = readUsage(service.pid);
  const { peakMb } = readMemory(service.pid);
  const loop: LoopDelay = JSON.parse(Deno.readTextFileSync(loopPath));
  service.kill("SIGTERM");
  await service.ended;
  const answered = Deno.readTextFileSync(idsPath).split("\n").filter(Boolean);
  const stored = storedEventIds(storePath);
  Deno.removeSync(dir, { recursive: true });
  const events = answered.length;
  const others = Object.entries(loaded.statuses).filter(([status]) => status !== "200");
  return {
    "answered 200": `${events} (${figure(events / loaded.seconds)} a second)`,
    "other answers": others.map(([status, count]) => `${status}: ${count}`).join(", ") || "none",
    "answer, median": `${figure(loaded.p50Ms)} ms`,
    "answer, 99 of 100 within": `${figure(loaded.p99Ms)} ms`,
    "stored when the load ended": `${figure(100 * (1 - waiting / Math.max(events, 1)))} %`,
    "all stored after": `${figure(drainedMs / 1_000)} s`,
    "answered 200 and not in the store": String(answered.filter((id) => !stored.has(id)).length),
    "main thread an event": `${figure((used.mainUs - before.mainUs) / events)} µs`,
    "log's worker an event": `${figure((used.workerUs - before.workerUs) / events)} µs`,
    "all threads an event": `${figure((used.processUs - before.processUs) / events)} µs`,
    "main thread's longest turn": `${figure(loop.busyMs)} ms of work, ` +
      `${figure(loop.wallMs)} ms by the clock`,
    "peak memory": `${figure(peakMb)} MB`,
  };
}

async function startWatched({ storeUrl, loopPath }: { storeUrl: string; loopPath: string }) {
  const process = new Deno.Command(Deno.execPath(), {
    // All is allowed: the watcher of the loop reads /proc.
    args: ["run", "--no-prompt", V8_FLAGS, "--allow-all", "--preload", PRELOAD, "main.ts"],
    cwd: ROOT,
    clearEnv: true,
    env: {
      ...environmentWithoutOurs(),
      PORT: "0",
      STORE_URL: storeUrl,
      STORE_MAX_MB: "100000",
      INTAKE_KEYS: `shop:${KEY}`,
      LOG_CONSOLE: "off",
      BENCH_LOOP_FILE: loopPath,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  return await serviceOf(new Running(process.spawn()), { storeUrl, release: () => {} });
}

async function sendFrom(load: IntakeLoad): Promise<IntakeLoaded> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", LOAD, JSON.stringify(load)],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`The load failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function pending(service: { fetch: (path: string) => Promise<Response> }): Promise<number> {
  const text = await (await service.fetch("/metrics")).text();
  return Number(/^holdfast_log_pending (\d+)/m.exec(text)?.[1]);
}

/** Block by block: all records at once would need a gigabyte. */
function storedEventIds(path: string): ReadonlySet<string> {
  using db = new DatabaseSync(path, { readOnly: true });
  const ids = new Set<string>();
  for (const sql of ["select lines as data from log_tail", "select data from log_data"]) {
    for (const { data } of db.prepare(sql).iterate()) {
      const text = unpack(data as Uint8Array).toString();
      for (const [, id] of text.matchAll(/"event_id":"([0-9a-f]{32})"/g)) {
        ids.add(id!);
      }
    }
  }
  return ids;
}
