/** @jsxImportSource hono/jsx */
import { type Html, Panel } from "../parts/parts.tsx";
import { type Logging, MAX_TOTAL, StoreBusy } from "../../logging/mod.ts";
import type { Delivery } from "../frame/facts.ts";
import { droppedOf } from "../frame/header.tsx";
import { nameOf } from "../services/known_keys.ts";
import { plainLine } from "../parts/plain.ts";
import { PurgeForm } from "./purge.tsx";
import { isOneService, routeName, Routes } from "./routes_panel.tsx";
import { bytes, type Clock, count, counted, sumOf } from "../parts/times.ts";
import type { Traffic } from "./traffic.ts";
import { HOUR_MS } from "../../store/times.ts";

/** Of the queue; a fuller one is reported. */
const BUSY_QUEUE = 1 / 2;
/** Of those that are near their quota. */
const MAX_KEYS_NAMED = 5;
/** Errors that are counted exactly; a page of the list has as many at most. */
const MAX_ERRORS_COUNTED = 100;

/** Open errors of the last hour, of every service and instance. */
export interface RecentErrors {
  happened: number;
  /** Those of them that had never happened before. */
  isNew: number;
}

export interface OverviewProps {
  delivery: Delivery;
  /** Null while the store does not answer. */
  recent: RecentErrors | null;
  /** Null while the store does not answer. */
  traffic: Traffic | null;
  /** Whether who looks may delete. */
  mayWrite: boolean;
  clock: Clock;
  /** Reports beyond the quota of their key since the start, by service. */
  refused: ReadonlyMap<string, number>;
}

/** Two pages of the list that their indexes have in order: no log is searched. */
export async function recentErrors(
  store: Pick<Logging["store"], "listErrors">,
  nowMs: number,
): Promise<RecentErrors | null> {
  try {
    const [happened, isNew] = await Promise.all(
      (["last_seen", "first_seen"] as const).map(async (sort) => {
        const { items } = await store.listErrors({
          state: "open",
          sort,
          limit: MAX_ERRORS_COUNTED,
        });
        return items.filter((error) => Date.parse(error[sort]) >= nowMs - HOUR_MS).length;
      }),
    );
    return { happened: happened!, isNew: isNew! };
  } catch (error) {
    if (error instanceof StoreBusy) return null;
    throw error;
  }
}

export function Overview(props: OverviewProps): Html {
  const { delivery, traffic, recent, clock } = props;
  const troubles = troublesOf({ ...props, lastHour: traffic?.lastHour ?? [] });
  const errors = recent !== null && recent.happened > 0 && errorsSentence(recent);
  return (
    <>
      <h1 class="unseen">Overview</h1>
      <div class={errors || troubles.length > 0 ? "verdict bad" : "verdict"} role="status">
        {errors && (
          <p>
            {errors} <a href="/board">See the open errors</a>
          </p>
        )}
        {troubles.map((sentence) => <p>{sentence}</p>)}
        {!errors && troubles.length === 0 && (
          <p>All is well: in the last hour no open error happened, and no log record was lost.</p>
        )}
      </div>
      <div class="stack">
        {traffic && <Routes traffic={traffic} clock={clock} />}
        <DeliveryPanel delivery={delivery} />
        {props.mayWrite && <PurgeForm />}
      </div>
    </>
  );
}

export function errorsSentence({ happened, isNew }: RecentErrors): string {
  if (happened === 1) return `1 ${isNew ? "new" : "known"} error happened in the last hour.`;
  const many = counted(happened, "error", MAX_ERRORS_COUNTED);
  const newOnes = isNew === 0 ? "none" : count(isNew, MAX_ERRORS_COUNTED);
  return `${many} happened in the last hour, ${newOnes} of them new.`;
}

/** One sentence for each problem but errors. */
export function troublesOf(
  { delivery, lastHour, refused }:
    & Pick<OverviewProps, "delivery" | "refused">
    & Pick<Traffic, "lastHour">,
): string[] {
  const { stats, health, nearQuota } = delivery;
  const troubles: string[] = [];
  const requests = sumOf(lastHour.map(({ requests }) => requests));
  const failures = sumOf(lastHour.map(({ failures }) => failures));
  if (health === null) {
    troubles.push(
      "The store does not answer: records wait in the queue and nothing can be searched.",
    );
  }
  for (const sink of stats.sinks_down) {
    const [what, where] = {
      store: ["The store accepts no records at the moment", "they wait in the queue"],
      alerts: ["Alerts cannot be delivered just now", "they wait in the store"],
    }[sink as string] ??
      [`The ${sink} sink accepts no records at the moment`, "the store has them"];
    troubles.push(`${what}: ${where}, and the log says why.`);
  }
  for (const [sink, reasons] of Object.entries(stats.skipped)) {
    const skipped = count(sumOf(Object.values(reasons)));
    troubles.push(
      sink === "alerts"
        ? `${skipped} alerts were given up since the start: the receiver refuses them.`
        : `${skipped} log records did not get to the ${sink} sink since the start; the store has them.`,
    );
  }
  if (failures > 0) {
    const worst = lastHour.toSorted((a, b) => b.failures - a.failures)[0]!;
    troubles.push(
      `${count(failures)} of ${count(requests)} requests failed in the last hour, most of them at ${
        routeName(worst, 80)
      }${isOneService(lastHour) ? "" : ` of ${plainLine(worst.svc_name, 80)}`}.`,
    );
  }
  if (refused.size > 0) {
    const [[worst]] = [...refused].sort(([, a], [, b]) => b - a) as [[string, number]];
    troubles.push(
      `${count(sumOf(refused.values()))} reports were refused since the start, most of them of ${
        plainLine(worst, 80)
      }: more than the quota of their key.`,
    );
  }
  for (const key of nearQuota.slice(0, MAX_KEYS_NAMED)) {
    troubles.push(
      `The key ${plainLine(key.beginning, 20)}… of ${nameOf(key)} brought ${
        count(key.peak_today)
      } records in one second today; its quota is ${count(key.quota)}.`,
    );
  }
  const dropped = droppedOf(stats);
  if (dropped > 0) {
    const reasons = Object.entries(stats.dropped).flatMap(([level, byReason]) =>
      Object.entries(byReason).map(([reason, many]) =>
        `${count(many)} ${level} (${reason.replaceAll("_", " ")})`
      )
    );
    troubles.push(
      `${count(dropped)} log records were dropped since the start: ${reasons.join(", ")}.`,
    );
  }
  if (stats.queue_bytes > stats.queue_limit_bytes * BUSY_QUEUE) {
    const share = Math.round(stats.queue_bytes / stats.queue_limit_bytes * 100);
    troubles.push(`The log's queue is ${share} % full: the worker does not keep up.`);
  }
  if (stats.restarts > 0) {
    const times = stats.restarts === 1 ? "once" : `${count(stats.restarts)} times`;
    troubles.push(`The log's worker was replaced ${times} since the start; the log says why.`);
  }
  if (stats.quarantined > 0) {
    const records = counted(stats.quarantined, "record");
    troubles.push(`${records} that crashed the worker went to a quarantine file.`);
  }
  return troubles;
}

function DeliveryPanel({ delivery: { stats, health } }: { delivery: Delivery }) {
  const tiles: [string, string][] = [
    ["accepted", count(stats.accepted)],
    ["stored", count(stats.stored)],
    ["pending", count(stats.pending)],
    ["dropped", count(droppedOf(stats))],
    ["spilled to disk", count(stats.spilled)],
    ["replayed", count(stats.replayed)],
    ["worker restarts", count(stats.restarts)],
    [`queue, of ${bytes(stats.queue_limit_bytes)}`, bytes(stats.queue_bytes)],
    ["store", health === null ? "not answering" : bytes(health.size_bytes)],
    ["log records", health === null ? "?" : count(health.logs)],
    ["open errors", health === null ? "?" : count(health.open_errors, MAX_TOTAL)],
  ];
  return (
    <Panel title="Log delivery" hint="accepted = stored + pending + dropped, since the start">
      <dl class="tiles">
        {tiles.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
