/**
 * What a write costs, by its size and by the failures in it: one client, nobody beside it.
 *
 * @module
 */
import { figure, table } from "../table.ts";
import { type Mix, PLAIN } from "./entries.ts";
import { runWriters } from "./run_writers.ts";
import type { Engine, World } from "./world.ts";

const ENGINES: readonly Engine[] = ["SQLite", "PostgreSQL"];
const BATCHES = [1, 10, 100, 1000];
const MIXES: readonly [string, Mix][] = [
  ["1 %", { failuresPercent: 1, errors: 50 }],
  ["10 %", { failuresPercent: 10, errors: 50 }],
  ["all, of 50 errors", { failuresPercent: 100, errors: 50 }],
  ["all, each a new error", { failuresPercent: 100, errors: Infinity }],
];
const MIXED_BATCH = 1000;

/** Rows a second of one client. */
export async function measureBatches(world: World): Promise<string> {
  const cell = async (engine: Engine, batch: number, mix: Mix) => {
    const url = await world.newStore(engine);
    const { perSecond } = await runWriters(url, { clients: 1, seconds: world.seconds, batch, mix });
    return figure(perSecond, 0);
  };
  const sizes: string[][] = [];
  for (const batch of BATCHES) {
    const cells = [];
    for (const engine of ENGINES) cells.push(await cell(engine, batch, PLAIN));
    sizes.push([String(batch), ...cells]);
  }
  const mixes: string[][] = [];
  for (const [title, mix] of MIXES) {
    const cells = [];
    for (const engine of ENGINES) cells.push(await cell(engine, MIXED_BATCH, mix));
    mixes.push([title, ...cells]);
  }
  return [
    "## Rows a second, one client",
    table(["records a write, none a failure", ...ENGINES], sizes),
    table([`failures in writes of ${MIXED_BATCH}`, ...ENGINES], mixes),
  ].join("\n\n");
}
