/**
 * Whether the log's worker keeps up with all that the main thread can serve, for a minute.
 *
 * @module
 */
import type { Bench, Figures, Section } from "../cases.ts";
import { runLoad } from "../load.ts";
import { startServer, WORK } from "../server.ts";
import { median } from "../statistics.ts";
import { figure, table } from "../table.ts";
import { OPERATOR_TOKEN } from "../token.ts";
import { readMemory, untilIdle } from "../usage.ts";
import { type Variant, withBefore } from "../variants.ts";

const SECONDS = 60;
const CONNECTIONS = 64;
const SAMPLE_EVERY_MS = 1_000;

/** One full minute on Holdfast with its store; the minute of the checkout before first, where one is given. */
export async function measureEndurance(bench: Bench): Promise<Section> {
  const columns: { title: string; minute: Minute }[] = [];
  for (const variant of withBefore(["store"], bench.before)) {
    columns.push({ title: variant.title, minute: await measureMinute(variant, bench) });
  }
  const rows = Object.keys(columns[0]!.minute.rows).map((what) => [
    what,
    ...columns.map(({ minute }) => minute.rows[what]!),
  ]);
  return {
    title: `Holdfast with its SQLite store, ${SECONDS} s at full load`,
    text: table(["", ...columns.map(({ title }) => title)], rows),
    figures: columns.at(-1)!.minute.figures,
  };
}

interface Minute {
  rows: Record<string, string>;
  figures: Figures;
}

async function measureMinute(variant: Variant, { tool }: Bench): Promise<Minute> {
  await using server = await startServer(variant);
  const residents: number[] = [];
  const sampling = setInterval(
    () => residents.push(readMemory(server.pid).residentMb),
    SAMPLE_EVERY_MS,
  );
  const load = { path: WORK, seconds: SECONDS, connections: CONNECTIONS };
  const loaded = await runLoad(tool, server.port, load);
  clearInterval(sampling);
  const pending = await pendingAt(server.port);
  const endedMs = performance.now();
  await untilIdle(server.pid);
  const lateSeconds = (performance.now() - endedMs) / 1000;
  const { peakMb } = readMemory(server.pid);
  const { records, stats } = await server.stop();
  const dropped = Object.values(stats?.dropped ?? {})
    .flatMap((reasons) => Object.values(reasons)).reduce((sum, count) => sum + count, 0);
  // The books: what was answered is stored, or counted as dropped.
  const missing = Math.max(0, loaded.requests - records[0]! - dropped);
  const storedPerSecond = records[0]! / (SECONDS + lateSeconds);
  return {
    rows: {
      "requests answered": String(loaded.requests),
      "requests a second": figure(loaded.perSecond, 0),
      "p99 ms": figure(loaded.p99Ms, 2),
      "records stored": String(records[0]),
      "records stored a second, until the last was": figure(storedPerSecond, 0),
      "records waiting when the load ended": String(pending),
      "records dropped (counted)": String(dropped),
      "answers without a record and not counted as dropped": String(missing),
      "resident memory, median of a sample a second, MB": figure(median(residents), 0),
      "resident memory, most, MB": figure(peakMb, 0),
    },
    figures: {
      sustainedDropped: dropped,
      sustainedMissing: missing,
      sustainedPeakMb: peakMb,
      sustainedPerSecond: storedPerSecond,
      sustainedPending: pending,
    },
  };
}

async function pendingAt(port: number): Promise<number> {
  const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
  const text = await response.text();
  const pending = /^holdfast_log_pending (\d+)/m.exec(text)?.[1];
  if (pending === undefined) throw new Error(`/metrics says nothing of what waits: ${text}`);
  return Number(pending);
}
