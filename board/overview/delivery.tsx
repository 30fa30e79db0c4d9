/** @jsxImportSource hono/jsx */
/** How the log is delivered: one line while all is well, a sentence for each problem. */
import { MAX_TOTAL } from "../../logging/mod.ts";
import { BUSY_QUEUE, type Delivery } from "../frame/facts.ts";
import { droppedOf } from "../frame/header.tsx";
import { Fold, type Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { bytes, count, counted, sumOf } from "../parts/times.ts";
import { nameOf } from "../services/known_keys.ts";

/** Of those that are near their quota. */
const MAX_KEYS_NAMED = 5;

/** `troubles`: from {@linkcode troublesOf}. */
export function DeliveryPart(
  { delivery, troubles }: { delivery: Delivery; troubles: readonly string[] },
): Html {
  const { stats, health } = delivery;
  const store = health === null ? "not answering" : bytes(health.size_bytes);
  return (
    <section id="delivery" class={troubles.length > 0 ? "delivery-part bad" : "delivery-part"}>
      <h2>Log delivery</h2>
      {troubles.length === 0
        ? (
          <p class="soft">
            All is well: {counted(stats.stored, "record")} stored since the start,{" "}
            {count(stats.pending)} waiting, none dropped; the store has {store}.
          </p>
        )
        : <ul>{troubles.map((sentence) => <li>{sentence}</li>)}</ul>}
      <Fold title="All counters">
        <Counters delivery={delivery} />
      </Fold>
    </section>
  );
}

/** One sentence for each problem. */
export function troublesOf(
  { stats, health, nearQuota }: Delivery,
  refused: ReadonlyMap<string, number>,
): string[] {
  const troubles: string[] = [];
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

/** Of this process, since its start. */
function Counters({ delivery: { stats, health } }: { delivery: Delivery }) {
  const counters: [string, string][] = [
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
    <>
      <dl class="counters">
        {counters.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="soft">
        Of this process since its start: accepted = stored + pending + dropped.
      </p>
    </>
  );
}
