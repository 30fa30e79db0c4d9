/**
 * What several workers answer beside one process, and what a request costs them. The load shares the machine: on two cores
 * this cannot show what more cores would give.
 *
 * ```
 * deno run --allow-all bench/workers.ts [workers] [rounds]
 * ```
 *
 * @module
 */
import { findLoadTool, type LoadTool, runLoad } from "./load.ts";
import { freePort, startProcess } from "./server.ts";
import { median, randomFrom, shuffled } from "./statistics.ts";
import { figure, table } from "./table.ts";
import { readMemory, readUsage, untilIdle } from "./usage.ts";

const SECONDS = 3;
const CONNECTIONS = 32;
const SEED = 1;
const ROOT = new URL("../", import.meta.url).pathname;
/** Nothing is recorded; every answer is; every answer is a failure with a stack. */
const PATHS = ["/healthz", "/?user_type=guest", "/fail?how=throw"] as const;

/** What one run came to. */
interface Run {
  perSecond: number;
  p99Ms: number;
  /** Of all processes, for one request. */
  processorUs: number;
  /** Of all processes, at the end. */
  megabytes: number;
}

if (import.meta.main) await main();

async function main(): Promise<void> {
  const [workers = 2, rounds = 5] = Deno.args.map(Number);
  const { tool } = await findLoadTool();
  const random = randomFrom(SEED);
  const runs = new Map<string, Run[]>();
  for (let round = 0; round < rounds; round++) {
    const cases = PATHS.flatMap((path) => [1, workers].map((count) => ({ path, count })));
    for (const { path, count } of shuffled(cases, random)) {
      const name = `${path}, ${count === 1 ? "alone" : `${count} workers`}`;
      runs.set(name, [...runs.get(name) ?? [], await measure(tool, { path, count })]);
    }
  }
  const rows = [...runs].sort().map(([name, runs]) => {
    const middle = (read: (run: Run) => number) => figure(median(runs.map(read)));
    return [
      name,
      middle(({ perSecond }) => perSecond),
      middle(({ p99Ms }) => p99Ms),
      middle(({ processorUs }) => processorUs),
      middle(({ megabytes }) => megabytes),
    ];
  });
  console.log(
    table(["", "answers/s", "p99 ms", "processor us/request", "MB, all processes"], rows),
  );
}

async function measure(
  tool: LoadTool,
  { path, count }: { path: string; count: number },
): Promise<Run> {
  const dir = Deno.makeTempDirSync({ prefix: "holdfast-bench-" });
  const port = freePort();
  const env = { PORT: String(port), STORE_URL: `sqlite:${dir}/holdfast.db`, LOG_CONSOLE: "off" };
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const options = tasks.start.split(" ").slice("deno run".split(" ").length, -1);
  const command = [Deno.execPath(), "run", ...options, `${ROOT}main.ts`];
  await using server = await startProcess([...command, `--workers=${count}`], {
    port,
    path: "/healthz",
    dir,
    env,
  });
  await untilServing(server.pid, count);
  const pids = [server.pid, ...childrenOf(server.pid)];
  const used = () => sum(pids.map((pid) => readUsage(pid).processUs));
  const before = used();
  const loaded = await runLoad(tool, port, { path, seconds: SECONDS, connections: CONNECTIONS });
  for (const pid of pids) await untilIdle(pid);
  const processorUs = (used() - before) / loaded.requests;
  const megabytes = sum(pids.map((pid) => readMemory(pid).residentMb));
  await server.stop();
  return { perSecond: loaded.perSecond, p99Ms: loaded.p99Ms, processorUs, megabytes };
}

/** The first answer comes from the first worker: the others are waited for until they are idle. */
async function untilServing(pid: number, count: number): Promise<void> {
  while (count > 1 && childrenOf(pid).length < count) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const process of [pid, ...childrenOf(pid)]) await untilIdle(process);
}

function childrenOf(pid: number): number[] {
  const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
  return text.split(" ").filter(Boolean).map(Number);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
