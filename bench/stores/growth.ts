/**
 * A PostgreSQL that has grown: what a row takes, how long questions take, and how fast retention is.
 *
 * @module
 */
import { openPostgres } from "../../store/postgres.ts";
import type { Store } from "../../store/store.ts";
import { median } from "../statistics.ts";
import { figure, table } from "../table.ts";
import { Maker } from "./entries.ts";
import type { World } from "./world.ts";

const ROWS = 300_000;
const BATCH = 1000;
const FAILURES_PERCENT = 5;
const ASKED = 9;
const DAY_MS = 24 * 60 * 60 * 1000;
const RARE = { failuresPercent: 0, errors: 1 };

/** Fills a database, asks it, and empties it. */
export async function measureGrowth({ newStore, server }: World): Promise<string> {
  const url = await newStore("PostgreSQL");
  const store = openPostgres(url, { newErrorsAnHour: Infinity });
  const maker = new Maker({ failuresPercent: FAILURES_PERCENT, errors: 500 });
  await store.health();
  const walBefore = await walBytes(server);
  for (let rows = 0; rows < ROWS; rows += BATCH) await store.write(maker.batch(BATCH));
  const wal = await walBytes(server) - walBefore;
  const needle = new Maker(RARE).batch(1)[0]!;
  needle.record.message = "one needle";
  await store.write([{ record: needle.record, line: JSON.stringify(needle.record) }]);
  await server.run("vacuum analyze", url);
  const sizes = await server.run(SIZES, url) as { name: string; bytes: number; rows: number }[];
  const asked = await ask(store);
  const retention = await prune(store);
  await store.close();
  return [
    `## A PostgreSQL with ${ROWS} records, ${FAILURES_PERCENT} % of them failures of 500 errors`,
    table(
      ["table or index", "MB", "bytes a row of it"],
      sizes.map(({ name, bytes, rows }) => [
        name,
        figure(bytes / 1e6, 1),
        figure(bytes / rows, 0),
      ]).concat([["write-ahead log, a record", figure(wal / 1e6, 1), figure(wal / ROWS, 0)]]),
    ),
    table(["question", "median ms"], asked),
    table(["retention", "figure"], retention),
  ].join("\n\n");
}

/** The largest, with the rows of the table each belongs to. */
const SIZES = `
  select kin.relname as name, pg_relation_size(kin.oid)::float as bytes, owner.reltuples as rows
  from pg_class kin left join pg_index on indexrelid = kin.oid
    join pg_class owner on owner.oid = coalesce(indrelid, kin.oid)
  where kin.relnamespace = 'holdfast'::regnamespace and pg_relation_size(kin.oid) > 1000000
  order by bytes desc`;

async function walBytes(server: World["server"]): Promise<number> {
  const [row] = await server.run("select (pg_current_wal_lsn() - '0/0')::float as bytes");
  return row!.bytes as number;
}

async function ask(store: Store): Promise<string[][]> {
  const { items } = await store.listErrors({ limit: 1 });
  const { position } = await store.logsAfter({ limit: 0 });
  const questions: [string, () => Promise<unknown>][] = [
    ["newest page of logs", () => store.listLogs({ limit: 50 })],
    ["logs with a rare word", () => store.listLogs({ q: "needle", limit: 50 })],
    ["logs with a word that every record has", () => store.listLogs({ q: "guest", limit: 50 })],
    ["logs with a word that none has", () => store.listLogs({ q: "unheardof", limit: 50 })],
    ["newest page of errors", () => store.listErrors({ limit: 50 })],
    ["one error", () => store.error(items[0]!.id)],
    ["a receipt", () => store.receipt(items[0]!.last_error_id)],
    ["live tail, nothing new", () => store.logsAfter({ after: position, limit: 100 })],
    ["health (`/readyz`)", () => store.health()],
    ["a sweep that finds nothing", () => store.sweep(KEEP_ALL, Date.now())],
  ];
  const rows = [];
  for (const [title, question] of questions) {
    const took = [];
    for (let i = 0; i < ASKED; i++) took.push(await timed(question));
    rows.push([title, figure(median(took), 1)]);
  }
  return rows;
}

const KEEP_ALL = { days: 90, keepOccurrences: 1e9, maxMegabytes: 1e6 };

async function prune(store: Store): Promise<string[][]> {
  const steps: number[] = [];
  const startMs = performance.now();
  let removed = 0;
  for (let more = true; more;) {
    const tookMs = await timed(async () => {
      const step = await store.sweep({ ...KEEP_ALL, days: 1 }, Date.now() + 2 * DAY_MS);
      removed += step.removed;
      more = step.more;
    });
    steps.push(tookMs);
  }
  const seconds = (performance.now() - startMs) / 1000;
  return [
    ["rows removed a second, without the pauses between steps", figure(removed / seconds, 0)],
    ["steps", String(steps.length)],
    ["median step, ms", figure(median(steps), 1)],
    ["longest step, ms", figure(Math.max(...steps), 1)],
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
