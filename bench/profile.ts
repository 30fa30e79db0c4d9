/**
 * Where Holdfast spends its time: V8's own profile of the main thread and of the log's worker under full load.
 *
 * ```
 * deno run --allow-all bench/profile.ts [store|file|spill-all|discard|middleware] [/work?…|/fail]
 * ```
 *
 * @module
 */
import { findLoadTool, runLoad } from "./load.ts";
import { freePort, startProcess, V8_FLAGS, WORK } from "./server.ts";
import { figure, table } from "./table.ts";
import { variant } from "./variants.ts";

const SECONDS = 5;
const WARM_UP_SECONDS = 2;
const CONNECTIONS = 32;
const ROWS = 30;
const ROOT = new URL("../", import.meta.url).href;
/** What the profiler shows while nothing is running. */
const IDLE = new Set(["(idle)", "(root)", "(program)"]);

/** V8's format: a tree of calls, and which node each sample fell into. */
interface Profile {
  nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

/** Time of one function, in microseconds. */
interface Spent {
  /** In itself. */
  selfUs: number;
  /** In itself and in what it calls. */
  totalUs: number;
}

if (import.meta.main) await main();

async function main(): Promise<void> {
  const [id = "store", path = WORK] = Deno.args;
  const { module, log } = variant(id);
  const dir = Deno.makeTempDirSync({ prefix: "holdfast-profile-" });
  const profiles = Deno.makeTempDirSync({ prefix: "holdfast-profiles-" });
  const port = freePort();
  const { tool } = await findLoadTool();
  const run = [
    Deno.execPath(),
    "run",
    V8_FLAGS,
    "--allow-all",
    "--cpu-prof",
    `--cpu-prof-dir=${profiles}`,
  ];
  await using server = await startProcess([
    ...run,
    new URL(module, import.meta.url).pathname,
    String(port),
    dir,
    log,
  ], {
    port,
    path: WORK,
    dir,
  });
  const load = { path, connections: CONNECTIONS };
  const warmUp = await runLoad(tool, port, { ...load, seconds: WARM_UP_SECONDS });
  const loaded = await runLoad(tool, port, { ...load, seconds: SECONDS });
  await server.stop();
  const requests = warmUp.requests + loaded.requests;
  const names = Array.from(Deno.readDirSync(profiles), ({ name }) => name);
  // The process ends when the main thread does: sometimes before the worker's profile is written.
  if (names.length < 2) console.log("The worker's profile is missing this time: run it again.\n");
  for (const name of names) {
    const profile: Profile = JSON.parse(Deno.readTextFileSync(`${profiles}/${name}`));
    const thread = name.includes("worker") ? "The log's worker" : "Main thread";
    console.log(
      `## ${thread}, ${id}, ${path}, ${requests} requests\n\n${tell(profile, requests)}\n`,
    );
  }
  Deno.removeSync(profiles, { recursive: true });
}

function tell(profile: Profile, requests: number): string {
  const spent = [...addUp(profile)].filter(([name]) => !IDLE.has(name.split(" ")[0]!));
  const busyUs = spent.reduce((sum, [, { selfUs }]) => sum + selfUs, 0);
  const rows = spent.toSorted(([, a], [, b]) => b.selfUs - a.selfUs).slice(0, ROWS)
    .map(([name, { selfUs, totalUs }]) => [
      `\`${name}\``,
      figure(selfUs / requests, 2),
      `${figure(100 * selfUs / busyUs)} %`,
      figure(totalUs / requests, 2),
    ]);
  const head = ["function", "self us/req", "share", "with what it calls us/req"];
  return `Busy ${figure(busyUs / requests)} us a request.\n\n${table(head, rows)}`;
}

/** Adds up the samples by function. A function that calls itself counts once a sample. */
function addUp({ nodes, samples, timeDeltas }: Profile): Map<string, Spent> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children }) => (children ?? []).map((c) => [c, id])),
  );
  const spent = new Map<string, Spent>();
  for (const [index, id] of samples.entries()) {
    const us = timeDeltas[index]!;
    const seen = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const name = nameOf(byId.get(at)!.callFrame);
      if (seen.has(name)) continue;
      seen.add(name);
      const own = spent.get(name) ?? { selfUs: 0, totalUs: 0 };
      spent.set(name, own);
      own.totalUs += us;
      if (at === id) own.selfUs += us;
    }
  }
  return spent;
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName || "(anonymous)";
  if (url === "") return name;
  const file = url.startsWith(ROOT) ? url.slice(ROOT.length) : url.split("/").slice(-2).join("/");
  return `${name} ${file}:${lineNumber + 1}`;
}
