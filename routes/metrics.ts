/**
 * What was answered, and the delivery of the log, as Prometheus text.
 *
 * @module
 */
import type { LogStats } from "../logging/mod.ts";
import { Traffic } from "./traffic.ts";

/** Upper bounds of the duration's buckets, in seconds. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One answered request, to be counted. */
export interface Observation {
  /** The route's pattern. */
  route: string;
  /** HTTP status. */
  status: number;
  /** From request to answer, in milliseconds. */
  durationMs: number;
}

interface RouteCounts {
  readonly byStatus: Map<number, number>;
  /** One count a bucket, not yet added up; the last one is for what is slower than all. */
  readonly buckets: number[];
  sumMs: number;
}

/** Counts requests by route and status, and their durations by route. */
export class RequestMetrics {
  /** The last hour, minute by minute. */
  readonly traffic: Traffic = new Traffic(BUCKETS_SECONDS.map((seconds) => seconds * 1000));
  readonly #routes = new Map<string, RouteCounts>();
  readonly #unrecorded = new Map<number, number>();

  /** Counts one request, at this time by `performance.now()`. */
  observe(
    { route, status, durationMs }: Observation,
    nowMs: number = performance.now(),
  ): void {
    let counts = this.#routes.get(route);
    if (!counts) {
      const buckets = new Array(BUCKETS_SECONDS.length + 1).fill(0);
      counts = { byStatus: new Map(), buckets, sumMs: 0 };
      this.#routes.set(route, counts);
    }
    counts.byStatus.set(status, (counts.byStatus.get(status) ?? 0) + 1);
    let bucket = 0;
    while (bucket < BUCKETS_SECONDS.length && durationMs > BUCKETS_SECONDS[bucket]! * 1000) {
      bucket++;
    }
    counts.buckets[bucket]!++;
    counts.sumMs += durationMs;
    this.traffic.observe({ route, status, bucket }, nowMs);
  }

  /** Counts one request that becomes no record in the log. */
  countUnrecorded(status: number): void {
    this.#unrecorded.set(status, (this.#unrecorded.get(status) ?? 0) + 1);
  }

  /** The text that Prometheus reads (exposition format 0.0.4). */
  toText(log: LogStats, refusedReports: ReadonlyMap<string, number>): string {
    const lines = [...this.#requestLines(), ...intakeLines(refusedReports), ...logLines(log)];
    return [...lines, ""].join("\n");
  }

  *#requestLines(): Generator<string> {
    yield "# HELP holdfast_requests_total Requests answered.";
    yield "# TYPE holdfast_requests_total counter";
    for (const [route, { byStatus }] of this.#routes) {
      for (const [status, count] of byStatus) {
        yield `holdfast_requests_total{route=${quote(route)},status="${status}"} ${count}`;
      }
    }
    yield "# HELP holdfast_requests_unrecorded_total Refused requests that were counted and not recorded.";
    yield "# TYPE holdfast_requests_unrecorded_total counter";
    for (const [status, count] of this.#unrecorded) {
      yield `holdfast_requests_unrecorded_total{status="${status}"} ${count}`;
    }
    yield "# HELP holdfast_request_duration_seconds From request to answer.";
    yield "# TYPE holdfast_request_duration_seconds histogram";
    for (const [route, { buckets, sumMs }] of this.#routes) {
      let sum = 0;
      for (const [index, count] of buckets.entries()) {
        sum += count;
        const bound = BUCKETS_SECONDS[index] ?? "+Inf";
        yield `holdfast_request_duration_seconds_bucket{route=${
          quote(route)
        },le="${bound}"} ${sum}`;
      }
      yield `holdfast_request_duration_seconds_sum{route=${quote(route)}} ${sumMs / 1000}`;
      yield `holdfast_request_duration_seconds_count{route=${quote(route)}} ${sum}`;
    }
  }
}

function* intakeLines(refused: ReadonlyMap<string, number>): Generator<string> {
  yield "# HELP holdfast_intake_refused_total Reports refused beyond the quota of their key.";
  yield "# TYPE holdfast_intake_refused_total counter";
  for (const [service, count] of refused) {
    yield `holdfast_intake_refused_total{service=${quote(service)}} ${count}`;
  }
}

function* logLines(log: LogStats): Generator<string> {
  yield* one("holdfast_log_accepted_total", "counter", "Log records taken.", log.accepted);
  yield* one(
    "holdfast_log_stored_total",
    "counter",
    "Log records the store accepted.",
    log.stored,
  );
  yield* one("holdfast_log_pending", "gauge", "Log records that wait.", log.pending);
  yield "# HELP holdfast_log_dropped_total Log records that were dropped.";
  yield "# TYPE holdfast_log_dropped_total counter";
  for (const [level, reasons] of Object.entries(log.dropped)) {
    for (const [reason, count] of Object.entries(reasons)) {
      yield `holdfast_log_dropped_total{level="${level}",reason="${reason}"} ${count}`;
    }
  }
  yield "# HELP holdfast_log_skipped_total Log records that a sink beside the store did not get.";
  yield "# TYPE holdfast_log_skipped_total counter";
  for (const [sink, reasons] of Object.entries(log.skipped)) {
    for (const [reason, count] of Object.entries(reasons)) {
      yield `holdfast_log_skipped_total{sink="${sink}",reason="${reason}"} ${count}`;
    }
  }
  yield* one("holdfast_log_spilled_total", "counter", "Log records spilled to disk.", log.spilled);
  yield* one(
    "holdfast_log_unspilled_total",
    "counter",
    "Log records that should have been spilled but the disk refused.",
    log.unspilled,
  );
  yield* one(
    "holdfast_log_replayed_total",
    "counter",
    "Log records of earlier processes brought into the store.",
    log.replayed,
  );
  yield* one(
    "holdfast_log_quarantined_total",
    "counter",
    "Log records set aside because they ended workers.",
    log.quarantined,
  );
  yield* one("holdfast_log_queue_bytes", "gauge", "Size of the log's queue.", log.queue_bytes);
  yield* one(
    "holdfast_log_kept_bytes",
    "gauge",
    "Size of what the store has and slower sinks lack.",
    log.kept_bytes,
  );
  yield* one(
    "holdfast_worker_restarts_total",
    "counter",
    "Log workers that were replaced.",
    log.restarts,
  );
}

function* one(name: string, type: string, help: string, value: number): Generator<string> {
  yield `# HELP ${name} ${help}`;
  yield `# TYPE ${name} ${type}`;
  yield `${name} ${value}`;
}

function quote(label: string): string {
  return `"${label.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
