/**
 * From the start of the process to the first answer.
 *
 * @module
 */
import type { Bench, Section } from "../cases.ts";
import { freePort, startProcess } from "../server.ts";
import { median, shuffled } from "../statistics.ts";
import { figure, table } from "../table.ts";

const STARTS = 15;
const ROOT = new URL("../../", import.meta.url).pathname;

/** What is started, and what counts as an answer. */
interface Start {
  readonly title: string;
  readonly path: string;
  command(port: number, dir: string): string[];
}

const deno = [Deno.execPath(), "run", "--allow-all"];
const BARE: Start = {
  title: "Hono, no log",
  path: "/work?query_content=first&user_type=guest",
  command: (port, dir) => [...deno, moduleOf("deno/hono.ts"), String(port), dir, "off"],
};
const [HOLDFAST, READY] = startsOf(ROOT, "Holdfast (main.ts)");
const FASTIFY: Start = {
  title: "Fastify 5, no log",
  path: "/work?query_content=first&user_type=guest",
  command: (port, dir) => ["node", moduleOf("node/fastify.mjs"), String(port), dir, "off"],
};

/** Starts each many times, in shuffled order. */
export async function measureStarts({ random, before }: Bench): Promise<Section> {
  const others = before === undefined ? [] : startsOf(`${before}/`, "Holdfast before (main.ts)");
  const starts = [BARE, HOLDFAST, READY, ...others, FASTIFY];
  const times = new Map<Start, number[]>(starts.map((start) => [start, []]));
  // Deno keeps compiled code from the first start on.
  for (const start of starts) await timeOf(start);
  for (let number = 1; number <= STARTS; number++) {
    for (const start of shuffled(starts, random)) times.get(start)!.push(await timeOf(start));
  }
  const bare = median(times.get(BARE)!);
  const rows = starts.map((start) => {
    const own = times.get(start)!;
    return [
      start.title,
      figure(median(own), 0),
      figure(median(own) / bare, 2),
      figure(Math.min(...own), 0),
      figure(Math.max(...own), 0),
    ];
  });
  return {
    title: "Start to first answer",
    text: `${STARTS} starts each, compiled code cached.\n\n` +
      table(["server", "median ms", "× bare", "least", "most"], rows),
    figures: {
      startRatio: median(times.get(HOLDFAST)!) / bare,
      readyRatio: median(times.get(READY)!) / bare,
    },
  };
}

/** The service of one checkout: up to any answer, and up to the store's first. */
function startsOf(root: string, title: string): [any: Start, ready: Start] {
  const command = () => [...deno, `--config=${root}deno.json`, `${root}main.ts`];
  return [
    { title: `${title}, any answer`, path: "/healthz", command },
    { title: `${title}, the store answers`, path: "/readyz", command },
  ];
}

async function timeOf({ path, command }: Start): Promise<number> {
  const dir = Deno.makeTempDirSync({ prefix: "holdfast-bench-" });
  const port = freePort();
  await using server = await startProcess(command(port, dir), {
    port,
    path,
    dir,
    env: {
      PORT: String(port),
      STORE_URL: `sqlite:${dir}/holdfast.db`,
      HOLDFAST_ENV: "production",
      LOG_CONSOLE: "off",
    },
  });
  return server.startMs;
}

function moduleOf(path: string): string {
  return new URL(`../${path}`, import.meta.url).pathname;
}
