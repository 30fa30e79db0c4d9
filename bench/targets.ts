/**
 * What the project has set itself for its speed, held against what was measured.
 *
 * @module
 */
import type { Figures } from "./cases.ts";
import { figure, table } from "./table.ts";

const MAX_ADDED_US = 2;
const MAX_OF_PINO_ADDED = 1 / 2;
/** 25 us where Fastify with pino's worker takes 29. */
const MAX_OF_PINO = 25 / 29;
const MAX_OF_SERVE = 1.25;
const MAX_MIDDLEWARE_US = 6;
const MAX_PEAK_MB = 200;
const MAX_START_RATIO = 1.8;
const MAX_READY_RATIO = 3;
const MAX_OVER_STACK_US = 20;
const MAX_STORM_RATIO = 3;
const MAX_P99_RATIO = 2;

/** One target: what is wanted, what was measured, whether that is enough. */
type Row = readonly [target: string, measured: string, reached: boolean];

/** Markdown: the targets whose figures were measured. */
export function targetTable(figures: Figures): string {
  const rows = [...rowsOf(figures)].map(([target, measured, reached]) => [
    target,
    measured,
    reached ? "yes" : "**no**",
  ]);
  return table(["target", "measured", "reached"], rows);
}

function* rowsOf(figures: Figures): Generator<Row> {
  const { addedMainUs, addedAtHalfUs, addedByPinoUs, storeProcessUs, pinoProcessUs } = figures;
  if (addedMainUs !== undefined && addedByPinoUs !== undefined) {
    yield [
      `Recording into SQLite adds at most ${MAX_ADDED_US} us to the main thread`,
      `${figure(addedMainUs)} us at full load, ${figure(addedAtHalfUs)} us at half`,
      addedMainUs <= MAX_ADDED_US,
    ];
    yield [
      "… and at most half of what pino's worker adds to Fastify",
      `${figure(addedMainUs)} of ${figure(addedByPinoUs)} us`,
      addedMainUs <= addedByPinoUs * MAX_OF_PINO_ADDED,
    ];
  }
  const { middlewareUs, middlewareFailuresUs, sentryUs } = figures;
  if (middlewareUs !== undefined) {
    yield [
      `hf.middleware() adds at most ${MAX_MIDDLEWARE_US} us to the main thread of a Hono app`,
      `${figure(middlewareUs)} us, and ${figure(middlewareFailuresUs)} where successes are not ` +
      `recorded (@sentry/hono: ${figure(sentryUs)})`,
      middlewareUs <= MAX_MIDDLEWARE_US,
    ];
  }
  if (storeProcessUs !== undefined && pinoProcessUs !== undefined) {
    yield [
      `The whole process costs at most ${
        figure(MAX_OF_PINO, 2)
      } times Fastify's with pino's worker`,
      `${figure(storeProcessUs)} of ${figure(pinoProcessUs)} us`,
      storeProcessUs <= pinoProcessUs * MAX_OF_PINO,
    ];
    const { storeToServeMain, discardToServeMain, storeToBareMain } = figures;
    yield [
      `Main thread: at most ${MAX_OF_SERVE} times Deno.serve alone with the same headers and body`,
      `${figure(storeToServeMain, 2)} times; records discarded ` +
      `${figure(discardToServeMain, 2)} (a bare Hono app: ${figure(storeToBareMain, 2)})`,
      storeToServeMain! <= MAX_OF_SERVE,
    ];
  }
  yield* enduranceRows(figures);
  yield* failureRows(figures);
  const { startRatio, readyRatio, p99AtHalf } = figures;
  if (startRatio !== undefined) {
    yield [
      `The first answer comes within ${MAX_START_RATIO} times a bare Hono app's time`,
      `${figure(startRatio, 2)} times`,
      startRatio <= MAX_START_RATIO,
    ];
    yield [
      `… and the store's first answer within ${MAX_READY_RATIO} times`,
      `${figure(readyRatio, 2)} times`,
      readyRatio! <= MAX_READY_RATIO,
    ];
  }
  if (p99AtHalf !== undefined) {
    yield [
      `p99 at half load at most ${MAX_P99_RATIO} times that without logging`,
      `${figure(p99AtHalf, 2)} times`,
      p99AtHalf <= MAX_P99_RATIO,
    ];
  }
}

function* enduranceRows(figures: Figures): Generator<Row> {
  const { sustainedDropped, sustainedMissing, sustainedPeakMb } = figures;
  const { sustainedPerSecond, sustainedPending } = figures;
  if (sustainedDropped === undefined || sustainedPeakMb === undefined) return;
  yield [
    `The worker keeps up for a minute: nothing dropped, less than ${MAX_PEAK_MB} MB`,
    `${sustainedDropped} dropped, ${sustainedMissing} missing, ${figure(sustainedPeakMb, 0)} MB, ` +
    `${figure(sustainedPerSecond, 0)} records/s, ${sustainedPending} waiting at the end`,
    sustainedDropped === 0 && sustainedMissing === 0 && sustainedPeakMb < MAX_PEAK_MB,
  ];
}

function* failureRows({ failureUs, stackUs, stormRatio }: Figures): Generator<Row> {
  if (failureUs === undefined || stackUs === undefined || stormRatio === undefined) return;
  yield [
    `A recorded failure costs at most the reading of its stack and ${MAX_OVER_STACK_US} us`,
    `${figure(failureUs)} us more than a success; a stack ${figure(stackUs)} us`,
    failureUs <= stackUs + MAX_OVER_STACK_US,
  ];
  yield [
    `In a storm of alike failures one costs at most ${MAX_STORM_RATIO} times a success`,
    `${figure(stormRatio, 2)} times`,
    stormRatio <= MAX_STORM_RATIO,
  ];
}
