import * as v from "valibot";
import { Failure } from "./failure.ts";
import { days, name } from "./inputs.ts";
import { defineModule } from "./module.ts";
import type { PurgeQuery, Removed, StoreReads } from "../store/store.ts";
import { removed } from "./shapes.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** One request deletes for so long at most, in small steps between which others are answered. */
const BUDGET_MS = 3_000;

export interface PurgeOrder {
  what: PurgeQuery["what"];
  svc_name?: string | undefined;
  older_than_days?: number | undefined;
}

/** At least one of them. Strict: a mistake in the name of a filter would delete more than was meant. */
export const purgeFilters = v.strictObject({
  svc_name: v.optional(name),
  older_than_days: v.optional(days),
});

export const purgeErrors = defineModule({
  name: "/errors",
  method: "DELETE",
  summary: "Delete errors with their occurrences, by service or by days since they were last seen.",
  access: "operator",
  input: purgeFilters,
  output: removed,
  run: (query, { store, signal }) => deleteMany(store, { what: "errors", ...query }, signal),
});

export const purgeLogs = defineModule({
  name: "/logs",
  method: "DELETE",
  summary: "Delete log records, by service or by age in days.",
  access: "operator",
  input: purgeFilters,
  output: removed,
  run: (query, { store, signal }) => deleteMany(store, { what: "logs", ...query }, signal),
});

/** Deletes, for some seconds at most; `more` says whether there is more of it. @throws {Failure} without a service and an age. */
export async function deleteMany(
  store: Pick<StoreReads, "purge">,
  { what, svc_name, older_than_days }: PurgeOrder,
  signal?: AbortSignal,
): Promise<Removed> {
  if (svc_name === undefined && older_than_days === undefined) {
    const sentence = "name a service, or an age in older_than_days: everything is not deleted";
    throw new Failure("missing", sentence, { param: "svc_name" });
  }
  const query = {
    what,
    ...(svc_name !== undefined && { svc_name }),
    ...(older_than_days !== undefined && { before: Date.now() - older_than_days * DAY_MS }),
  };
  const endMs = performance.now() + BUDGET_MS;
  let removed = 0;
  while (true) {
    const step = await store.purge(query);
    removed += step.removed;
    const isOver = signal?.aborted || performance.now() > endMs;
    if (!step.more || isOver) return { removed, more: step.more };
  }
}
