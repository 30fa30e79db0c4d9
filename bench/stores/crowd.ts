/**
 * Many instances on one database, each with little to write: do connections and locks hold?
 *
 * @module
 */
import { openPostgres } from "../../store/postgres.ts";
import { type Entry, type Store, StoreBusy } from "../../store/store.ts";
import { startPgBouncer, withoutPgBouncer } from "../../tests/helpers/pgbouncer.ts";
import { shuffled } from "../statistics.ts";
import { figure, table } from "../table.ts";
import { Maker } from "./entries.ts";
import type { World } from "./world.ts";

const MIX = { failuresPercent: 10, errors: 50 };
const RECORDS_A_ROUND = 10;
/** Of all instances together: the more there are, the seldomer each writes. */
const RECORDS_A_SECOND = 1000;
const LASTS_MS = 20_000;
const SERVER_CONNECTIONS = 20;
const WITHIN_POOL = 10;
const CROWD = 1000;
const SAMPLE_EVERY_MS = 200;

/** Ten instances on the server itself, a thousand behind a pooler. */
export async function measureCrowd(world: World): Promise<string> {
  const { server, newStore } = world;
  const rows: string[][] = [];
  const direct = await newStore("PostgreSQL");
  rows.push(await measureOne(world, { title: "direct", url: direct, count: WITHIN_POOL }));
  const missing = withoutPgBouncer();
  if (missing === undefined) {
    await using pooler = await startPgBouncer(server, { serverConnections: SERVER_CONNECTIONS });
    for (const count of [WITHIN_POOL, CROWD]) {
      const url = new URL(await newStore("PostgreSQL"));
      url.port = String(pooler.port);
      const title = `behind PgBouncer with ${SERVER_CONNECTIONS} connections`;
      rows.push(await measureOne(world, { title, url: url.href, count }));
    }
  }
  const head = [
    ...["", "instances", "records/s", "written", "busy", "median write ms", "99 % below ms"],
    "server connections",
  ];
  return [
    `## ${RECORDS_A_SECOND} records a second from many instances, ${RECORDS_A_ROUND} at a time, 10 % failures of 50 errors`,
    table(head, rows),
    ...(missing === undefined ? [] : [`Nothing behind PgBouncer: ${missing}.`]),
  ].join("\n\n");
}

interface Case {
  title: string;
  url: string;
  count: number;
}

async function measureOne(
  { server }: World,
  { title, url, count }: Case,
): Promise<string[]> {
  const stores = Array.from(
    { length: count },
    () => openPostgres(url, { newErrorsAnHour: Infinity }),
  );
  // Everything is connected and migrated before the clock runs.
  for (const store of stores) await store.write(new Maker(MIX).batch(1));
  const connections: number[] = [];
  const sampling = setInterval(async () => {
    const [row] = await server.run(
      `select count(*)::integer as count from pg_stat_activity
       where datname = '${new URL(url).pathname.slice(1)}'`,
    );
    connections.push(row!.count as number);
  }, SAMPLE_EVERY_MS);
  const tookMs: number[] = [];
  let [written, busy] = [0, 0];
  const startMs = performance.now();
  const endMs = startMs + LASTS_MS;
  const everyMs = 1000 * count * RECORDS_A_ROUND / RECORDS_A_SECOND;
  const delays = shuffled(stores.map((_, i) => everyMs * i / count), Math.random);
  await Promise.all(stores.map(async (store, i) => {
    const maker = new Maker(MIX);
    await rest(delays[i]!);
    for (let dueMs = performance.now(); dueMs < endMs;) {
      // As the service does: what has come while the last write took its time goes together.
      const rounds = 1 + Math.floor(Math.max(performance.now() - dueMs, 0) / everyMs);
      const entries = maker.batch(RECORDS_A_ROUND * rounds);
      const beganMs = performance.now();
      busy += await writeAll(store, entries);
      tookMs.push(performance.now() - beganMs);
      written += entries.length;
      dueMs += rounds * everyMs;
      await rest(Math.min(dueMs, endMs) - performance.now());
    }
  }));
  const elapsed = (performance.now() - startMs) / 1000;
  clearInterval(sampling);
  const { logs } = await stores[0]!.health();
  await Promise.all(stores.map((store) => store.close()));
  tookMs.sort((a, b) => a - b);
  return [
    title,
    String(count),
    figure(written / elapsed, 0),
    `${written}, ${logs - count === written ? "all stored once" : `${logs - count} stored`}`,
    String(busy),
    figure(tookMs[tookMs.length >> 1], 1),
    figure(tookMs[Math.floor(tookMs.length * 0.99)], 1),
    String(Math.max(...connections)),
  ];
}

/** How often it had to be tried again. */
async function writeAll(store: Store, entries: Entry[]): Promise<number> {
  for (let busy = 0;; busy++) {
    try {
      await store.write(entries);
      return busy;
    } catch (error) {
      if (!(error instanceof StoreBusy)) throw error;
    }
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));
}
