/** What was answered, and how the log was delivered, as the text that Prometheus reads (exposition format 0.0.4). */
import type { LogStats } from "../logging/mod.ts";
import type { RefusedReports } from "./refused_reports.ts";
import { BOUNDS_MS } from "../store/traffic/buckets.ts";
import type { RouteTotals } from "./traffic.ts";

export interface Counted {
  totals: Iterable<RouteTotals>;
  /** Refused requests that were not recorded, by status. */
  unrecorded: ReadonlyMap<number, number>;
  refusedReports: RefusedReports["all"];
  log: LogStats;
}

/** A number, its labels, and what stands behind the family's name. */
type Sample = readonly [labels: Record<string, string | number>, value: number, end?: string];

/** Numbers of the log without a label. */
const LOG_NUMBERS = [
  ["log_accepted_total", "Log records taken.", "accepted"],
  ["log_stored_total", "Log records the store accepted.", "stored"],
  ["log_pending", "Log records that wait.", "pending"],
  ["log_spilled_total", "Log records spilled to disk.", "spilled"],
  [
    "log_unspilled_total",
    "Log records that should have been spilled but the disk refused.",
    "unspilled",
  ],
  [
    "log_replayed_total",
    "Log records of earlier processes brought into the store.",
    "replayed",
  ],
  [
    "log_quarantined_total",
    "Log records set aside because they ended workers.",
    "quarantined",
  ],
  ["log_queue_bytes", "Size of the log's queue.", "queue_bytes"],
  ["log_kept_bytes", "Size of what the store has and slower sinks lack.", "kept_bytes"],
  ["worker_restarts_total", "Log workers that were replaced.", "restarts"],
] as const satisfies readonly (readonly [name: string, help: string, key: keyof LogStats])[];

export function metricsText({ totals, unrecorded, refusedReports, log }: Counted): string {
  const routes = [...totals];
  return [
    ...family(
      "requests_total",
      "Requests answered.",
      routes.flatMap(({ route, byStatus }) =>
        [...byStatus].map(([status, count]): Sample => [{ route, status }, count])
      ),
    ),
    ...family(
      "requests_unrecorded_total",
      "Refused requests that were counted and not recorded.",
      [...unrecorded].map(([status, count]): Sample => [{ status }, count]),
    ),
    ...family("request_duration_seconds", "From request to answer.", routes.flatMap(durationOf)),
    ...family(
      "intake_refused_total",
      "Reports refused, by the id of their key, service and reason.",
      refusedReports.map(({ count, ...labels }): Sample => [labels, count]),
    ),
    ...LOG_NUMBERS.flatMap(([name, help, key]) => family(name, help, [[{}, log[key]]])),
    ...family(
      "log_dropped_total",
      "Log records that were dropped.",
      byReason("level", log.dropped),
    ),
    ...family(
      "log_skipped_total",
      "Log records that a sink beside the store did not get.",
      byReason("sink", log.skipped),
    ),
    ...family(
      "log_sink_down",
      "Sinks of the log that take nothing just now, alerts among them.",
      log.sinks_down.map((sink): Sample => [{ sink }, 1]),
    ),
    "",
  ].join("\n");
}

/** Its kind follows from its name, as Prometheus wants names to be made. */
function family(name: string, help: string, samples: readonly Sample[]): string[] {
  const kinds = { _total: "counter", _seconds: "histogram" };
  const kind = Object.entries(kinds).find(([end]) => name.endsWith(end))?.[1] ?? "gauge";
  return [
    `# HELP holdfast_${name} ${help}`,
    `# TYPE holdfast_${name} ${kind}`,
    ...samples.map(([labels, value, end = ""]) =>
      `holdfast_${name}${end}${labelled(labels)} ${value}`
    ),
  ];
}

function labelled(labels: Sample[0]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${quote(String(value))}`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function quote(label: string): string {
  return `"${label.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function durationOf({ route, buckets, sumMs }: RouteTotals): Sample[] {
  let sum = 0;
  const counts = buckets.map((count, index): Sample => {
    const boundMs = BOUNDS_MS[index];
    const le = boundMs === undefined ? "+Inf" : boundMs / 1000;
    return [{ route, le }, sum += count, "_bucket"];
  });
  return [...counts, [{ route }, sumMs / 1000, "_sum"], [{ route }, sum, "_count"]];
}

function byReason(
  label: string,
  counts: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Sample[] {
  return Object.entries(counts).flatMap(([name, reasons]) =>
    Object.entries(reasons).map(([reason, count]): Sample => [{ [label]: name, reason }, count])
  );
}
