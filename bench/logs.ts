/**
 * The log in blocks: what a record costs to append and seal, what it takes on disk, and how long searches take.
 *
 * `deno run --allow-all bench/logs.ts [records] [sqlite|postgres]`, a million on SQLite by default. Its files are in temporary
 * folders, and go with them.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import type { Database } from "../store/drivers/database.ts";
import { openFile } from "../store/drivers/open_sqlite.ts";
import { PostgresDatabase } from "../store/drivers/postgres.ts";
import { SqliteDatabase } from "../store/drivers/sqlite.ts";
import { uuidv7 } from "../store/ids.ts";
import { LogBlocks } from "../store/log/log_blocks.ts";
import { migratePostgres } from "../store/schema/migrations.ts";
import type { LogRecord } from "../store/record.ts";
import type { Entry, LogQuery } from "../store/store.ts";
import { startWorld } from "./stores/world.ts";

const RECORDS = Number(Deno.args[0] ?? 1_000_000);
const BATCH_RECORDS = 1000;
const ROUNDS = 3;
const HOUR_MS = 60 * 60 * 1000;
const WORDS = "delivery courier parcel customer invoice garden window harbour copper silver".split(
  " ",
);

const bootId = uuidv7();
const startMs = Date.now() - RECORDS;

/** A record of 578 bytes with two UUIDs, as a request of a shop leaves it. */
function entry(i: number): Entry {
  const order = crypto.randomUUID();
  const record: LogRecord = {
    time: new Date(startMs + i).toISOString(),
    level: i % 100 === 0 ? "WARN" : "INFO",
    severity: i % 100 === 0 ? 30 : 20,
    svc_name: "shop",
    module: "/orders",
    message: `GET /orders/${i % 997} 200`,
    request_id: crypto.randomUUID(),
    method: "GET",
    route: "/orders/:id",
    path: `/orders/${i % 997}?user_type=guest`,
    status: 200,
    duration_ms: Math.round(Math.random() * 1000) / 100,
    input: { id: i % 997, user_type: "guest" },
    output: { order, note: `${WORDS[i % 10]} ${WORDS[(i >> 4) % 10]}` },
    boot_id: bootId,
    seq: i + 1,
    release: "1.4.0",
    environment: "production",
    instance: "host-1:42",
    ...i % 1000 === 0 && { attrs: { rare: "thousandth" } },
    ...i === 7 && { attrs: { three: "amber beryl cobalt" } },
    ...i % 50_000 === 1 && { attrs: { one: `amber${i}`, two: "amber beryl" } },
  };
  return { record, line: JSON.stringify(record) };
}

const folder = Deno.makeTempDirSync();
const path = `${folder}/holdfast.db`;
const server = Deno.args[1] === "postgres" ? (await startWorld(0)).server : undefined;
const database: Database = server === undefined
  ? new SqliteDatabase(await openFile({ path }), path)
  : new PostgresDatabase(await server.newDatabase(), {}, migratePostgres);
const log = new LogBlocks(database);
let made = 0;
let wallMs = 0;
let appendMs = 0;
let sealMs = 0;
let longestMs = 0;
let requestId = "";
let lineBytes = 0;
while (made < RECORDS) {
  const batch = Array.from(
    { length: Math.min(BATCH_RECORDS, RECORDS - made) },
    () => entry(made++),
  );
  if (made <= RECORDS / 2) requestId = batch[0]!.record.request_id!;
  lineBytes += batch.reduce((sum, { line }) => sum + line.length, 0);
  const beginMs = performance.now();
  const beginCpuMs = cpuMs();
  await database.transaction((session) => log.append(session, batch));
  const writtenCpuMs = cpuMs();
  await log.sealWhatIsEnough();
  appendMs += writtenCpuMs - beginCpuMs;
  sealMs += cpuMs() - writtenCpuMs;
  const tookMs = performance.now() - beginMs;
  wallMs += tookMs;
  longestMs = Math.max(longestMs, tookMs);
}
while (await log.tend(Date.now() + HOUR_MS));
const USED = {
  sqlite: `select (page_count - freelist_count) * page_size as bytes
    from pragma_page_count, pragma_freelist_count, pragma_page_size`,
  postgres: "select pg_database_size(current_database()) as bytes",
};
const tidy = { sqlite: "pragma wal_checkpoint(truncate)", postgres: "vacuum analyze" };
await database.ask((session) => session.all(tidy[database.engine]));
const used = await database.ask((session) => session.get<{ bytes: number }>(USED[database.engine]));
const { bytes } = await database.ask((session) => log.size(session));
console.log(`${RECORDS} records of ${(lineBytes / RECORDS).toFixed(0)} bytes`);
console.log(
  `of the processor: append ${(appendMs / RECORDS * 1000).toFixed(2)} µs, seal ${
    (sealMs / RECORDS * 1000).toFixed(2)
  } µs a record; ${(RECORDS / wallMs * 1000).toFixed(0)} records a second; longest batch ${
    longestMs.toFixed(0)
  } ms`,
);
console.log(
  `${(used!.bytes / RECORDS).toFixed(1)} bytes of the file a record, ${
    (bytes / RECORDS).toFixed(1)
  } of data and filter`,
);

const searches: Record<string, Omit<LogQuery, "limit">> = {
  "the newest page": {},
  "a word of every record": { q: "guest" },
  "a word of one in a thousand": { q: "thousandth" },
  "a word that no record has": { q: "zeppelin" },
  "a request id, as a filter": { request_id: requestId },
  "a request id, typed": { q: requestId },
  "two words that seldom meet": { q: "beryl cobalt" },
  "three words of every record, one of them as a name": { q: "guest courier instance" },
  "level WARN and worse": { level: "WARN" },
  "level CRITICAL": { level: "CRITICAL" },
};
console.log(
  "| search | ms | of the processor | rows | total | searched back to |\n|---|---|---|---|---|---|",
);
for (const [name, query] of Object.entries(searches)) {
  const times: number[] = [];
  const cpuTimes: number[] = [];
  let page;
  for (let round = 0; round < ROUNDS; round++) {
    const beginMs = performance.now();
    const beginCpuMs = cpuMs();
    page = await log.list({ ...query, limit: 50 });
    times.push(performance.now() - beginMs);
    cpuTimes.push(cpuMs() - beginCpuMs);
  }
  times.sort((a, b) => a - b);
  cpuTimes.sort((a, b) => a - b);
  const back = page!.searched_back_to ?? "";
  console.log(
    `| ${name} | ${times[1]!.toFixed(1)} | ${cpuTimes[1]!.toFixed(1)} | ${page!.items.length} | ${
      page!.total
    } | ${back} |`,
  );
}
await database.close();
await server?.[Symbol.asyncDispose]();

Deno.removeSync(folder, { recursive: true });

/** The processor's time of this process: what others run beside it does not count. */
function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}
