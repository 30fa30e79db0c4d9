/**
 * Where one database is full: several processes that write to it at once.
 *
 * @module
 */
import { figure, table } from "../table.ts";
import { type Mix, PLAIN } from "./entries.ts";
import { runWriters } from "./run_writers.ts";
import type { Engine, World } from "./world.ts";

const CLIENTS = [1, 2, 4, 8];
const BATCH = 200;
const CASES: readonly [Engine, string, Mix][] = [
  ["PostgreSQL", "no failures", PLAIN],
  ["PostgreSQL", "10 % failures, of the same 50 errors", { failuresPercent: 10, errors: 50 }],
  ["PostgreSQL", "10 % failures, each a new error", { failuresPercent: 10, errors: Infinity }],
  ["SQLite", "no failures", PLAIN],
];

/** Rows a second of 1, 2, 4 and 8 clients, and what a row costs server and clients. */
export async function measureClients(world: World): Promise<string> {
  const rows: string[][] = [];
  for (const [engine, title, mix] of CASES) {
    for (const clients of CLIENTS) {
      rows.push(await measureOne(world, { engine, title, mix, clients }));
    }
  }
  const head = [
    ...["store and records", "clients", "rows/s", "longest write ms", "busy"],
    ...["server us/row", "clients us/row"],
  ];
  return [`## Rows a second, several clients, ${BATCH} records a write`, table(head, rows)].join(
    "\n\n",
  );
}

interface Case {
  engine: Engine;
  title: string;
  mix: Mix;
  clients: number;
}

async function measureOne(
  { newStore, seconds, server }: World,
  { engine, title, mix, clients }: Case,
): Promise<string[]> {
  const url = await newStore(engine);
  const result = await runWriters(url, {
    clients,
    seconds,
    batch: BATCH,
    mix,
    ...(engine === "PostgreSQL" && { server: () => server.pids }),
  });
  return [
    `${engine}, ${title}`,
    String(clients),
    figure(result.perSecond, 0),
    figure(result.longestMs, 0),
    String(result.busy),
    engine === "SQLite" ? "–" : figure(result.serverUs, 0),
    figure(result.clientUs, 0),
  ];
}
