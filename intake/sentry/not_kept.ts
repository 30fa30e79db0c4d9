/** What an envelope has beside errors, messages and logs: counted in Sentry's words, so that clients can be told to stop. */
import type { Count } from "../intake.ts";
import { isObject } from "../../store/is_object.ts";
import { listIn, type Loose, numberIn, objectIn, textIn } from "./loose.ts";

/** The category of each item that is not kept; `X-Sentry-Rate-Limits` names these. */
export const NOT_KEPT: Readonly<Record<string, string>> = {
  transaction: "transaction",
  session: "session",
  sessions: "session",
  span: "span",
  profile: "profile",
  profile_chunk: "profile_chunk",
  replay_event: "replay",
  replay_recording: "replay",
  replay_video: "replay",
  attachment: "attachment",
  check_in: "monitor",
  statsd: "metric_bucket",
  metric_buckets: "metric_bucket",
  metric_meta: "metric_bucket",
  metric: "trace_metric",
  trace_metric: "trace_metric",
  nel: "nel",
};
/** New kinds come every year. */
const UNKNOWN = "unknown";
const MAX_QUANTITY = 1_000_000_000;
const MAX_DISCARDED = 100;
const WORD = /^[a-z][a-z_]{0,31}$/;

/** One item that is not kept; one with several things in it says how many. */
export function ignored(type: string, header: Loose = {}): Count {
  const category = Object.hasOwn(NOT_KEPT, type) ? NOT_KEPT[type]! : UNKNOWN;
  return { outcome: "ignored", category, quantity: quantityIn(header.item_count) ?? 1 };
}

export function damaged(category: string, quantity = 1): Count {
  return { outcome: "damaged", category, quantity };
}

/** What a client says that it dropped itself. */
export function readClientReport(value: unknown): Count[] {
  if (!isObject(value)) return [damaged("client_report")];
  const rows = listIn(value.discarded_events).slice(0, MAX_DISCARDED).map(objectIn);
  return rows.flatMap(({ reason, category, quantity }): Count[] => {
    const count = quantityIn(quantity);
    if (count === undefined || count === 0) return [];
    const word = textIn(category) ?? "";
    return [{
      outcome: "dropped",
      category: WORD.test(word) ? word : UNKNOWN,
      reason: wordIn(reason),
      quantity: count,
    }];
  });
}

function wordIn(value: unknown): string {
  const word = textIn(value) ?? "";
  return WORD.test(word) ? word : UNKNOWN;
}

function quantityIn(value: unknown): number | undefined {
  const number = numberIn(value);
  if (number === undefined || number < 0) return undefined;
  return Math.min(Math.floor(number), MAX_QUANTITY);
}

/** Equal ones added up. */
export function addUp(counts: readonly Count[]): Count[] {
  const sums = new Map<string, Count>();
  for (const count of counts) {
    const id = `${count.outcome} ${count.category} ${count.reason ?? ""}`;
    const known = sums.get(id);
    sums.set(id, known ? { ...count, quantity: known.quantity + count.quantity } : count);
  }
  return [...sums.values()];
}
