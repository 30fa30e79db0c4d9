/**
 * `deno task bench:board`: how long the board and the JSON API take with 100,000 errors and 1,000,000 occurrences, how long the
 * event loop of the main thread is blocked meanwhile, and how the engine goes about every statement behind them. A run of both
 * engines at full size writes `bench/board_results.md`; any other only prints.
 *
 * ```
 * deno task bench:board [--engine=sqlite,postgres] [--errors=100000] [--occurrences=1000000] [--asks=40]
 *                       [--store=STORE_URL (seeded already)] [--plans] [--before=FOLDER (another checkout)]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { measurePages } from "./board/measure_pages.ts";
import { runStatements } from "./board/run_statements.ts";
import { type Engine, seededStore, type Size } from "./board/seeded_store.ts";
import {
  type Plan,
  postgresPlans,
  postgresScans,
  sqlitePlans,
  sqliteScans,
} from "./board/statements.ts";
import { runBefore } from "./before.ts";
import { describeMachine } from "./machine.ts";
import { figure, table } from "./table.ts";

const RESULTS = new URL("./board_results.md", import.meta.url);
const FULL_ERRORS = 100_000;
const FULL_OCCURRENCES = 1_000_000;

interface Flags extends Size {
  engines: Engine[];
  asks: number;
  showsPlans: boolean;
  before: string | undefined;
}

if (import.meta.main) await main();

async function main(): Promise<void> {
  const flags = readFlags();
  const machine = describeMachine();
  const startedAt = new Date().toISOString();
  const sections: string[] = [];
  for (const engine of flags.engines) {
    const { before, errors, occurrences, asks } = flags;
    if (before !== undefined) {
      const size = [`--errors=${errors}`, `--occurrences=${occurrences}`, `--asks=${asks}`];
      const args = [`--engine=${engine}`, ...size];
      sections.push(await runBefore(before, { script: "board.ts", args }));
    }
    sections.push(await measureEngine(engine, flags));
  }
  const text = [
    "# Results of the board's bench",
    "Written by the run; what is measured, and how, stands in `docs/benchmarks.md`.",
    `- ${startedAt}: \`${["deno task bench:board", ...Deno.args].join(" ")}\`\n` +
    machine,
    ...sections,
  ].join("\n\n") + "\n";
  console.log(text);
  const isWhole = flags.engines.length === 2 && flags.errors === FULL_ERRORS &&
    flags.occurrences === FULL_OCCURRENCES && flags.store === undefined;
  if (isWhole) Deno.writeTextFileSync(RESULTS, text);
}

/** @throws {Error} naming the flag that is wrong. */
function readFlags(): Flags {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      engine: { type: "string", default: "sqlite,postgres" },
      errors: { type: "string", default: String(FULL_ERRORS) },
      occurrences: { type: "string", default: String(FULL_OCCURRENCES) },
      asks: { type: "string", default: "40" },
      store: { type: "string" },
      plans: { type: "boolean", default: false },
      before: { type: "string" },
    },
  });
  const whole = (name: "errors" | "occurrences" | "asks") => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number > 0) return number;
    throw new Error(`--${name} must be a whole number from 1 on; it is ${values[name]}`);
  };
  const engines = values.store === undefined
    ? values.engine.split(",")
    : [values.store.startsWith("postgres") ? "postgres" : "sqlite"];
  const unknown = engines.filter((name) => name !== "sqlite" && name !== "postgres");
  if (unknown.length > 0) {
    throw new Error(`--engine knows sqlite and postgres; it got ${unknown.join(", ")}`);
  }
  return {
    engines: engines as Engine[],
    errors: whole("errors"),
    occurrences: whole("occurrences"),
    asks: whole("asks"),
    store: values.store,
    showsPlans: values.plans,
    before: values.before,
  };
}

async function measureEngine(engine: Engine, flags: Flags): Promise<string> {
  await using store = await seededStore(engine, flags);
  const { pages, startMs } = await measurePages(store.url, flags.asks);
  const statements = await runStatements(store.url);
  const plans = engine === "sqlite"
    ? sqlitePlans(store.url.slice("sqlite:".length), statements)
    : await postgresPlans(store.url, { statements });
  const scans = plans.flatMap((plan) => {
    const steps = engine === "sqlite" ? sqliteScans(plan) : postgresScans(plan);
    return steps.map((step) => `- ${step}: \`${plan.sql}\``);
  });
  const rows = pages.map(({ what, p50Ms, p95Ms, bytes, longestBlockMs }) => [
    what,
    figure(p50Ms),
    figure(p95Ms),
    figure(bytes / 1024),
    figure(longestBlockMs),
  ]);
  const slowest = pages.toSorted((a, b) => b.p95Ms - a.p95Ms)[0]!;
  return [
    `## ${engine === "sqlite" ? "SQLite" : "PostgreSQL"}`,
    `${store.size}. Each page ${flags.asks} times, one after the other, from the request to the last ` +
    `byte. Slowest at the 95th percentile: ${slowest.what}, ${
      figure(slowest.p95Ms)
    } ms. The main ` +
    `thread's loop was never blocked for longer than ` +
    `${
      figure(Math.max(...pages.map(({ longestBlockMs }) => longestBlockMs)))
    } ms. From the start of ` +
    `the process on this store to the first answer: ${figure(startMs, 0)} ms.`,
    table(["page", "p50 ms", "p95 ms", "KB", "loop blocked at most, ms"], rows),
    `${plans.length} statements ran for these pages. ` +
    (scans.length === 0
      ? "None of them walks through a whole table."
      : `These walk through a whole table:\n\n${scans.join("\n")}`),
    ...(flags.showsPlans ? [plans.map(shown).join("\n\n")] : []),
  ].join("\n\n");
}

function shown({ sql, steps }: Plan): string {
  return `\`${sql}\`\n\n${steps.map((step) => `- ${step}`).join("\n")}`;
}
