/** The front door: look up one failure by its receipt, or search them all. */
import * as v from "valibot";
import { ValueError } from "./failure.ts";
import { cursor, limit, words } from "./inputs.ts";
import { quoted } from "./issues.ts";
import { defineModule } from "./module.ts";
import { receiptOf } from "./receipts.ts";
import { COMMON_FIELDS, readSearch } from "./search.ts";
import type { StoreReads } from "../store/store.ts";
import { receiptOrSearch } from "./shapes.ts";

const input = v.object({
  query_content: words,
  user_type: v.picklist(["guest", "operator"]),
  limit,
  cursor,
});

export const home = defineModule({
  name: "/home",
  paths: ["/", "/home"],
  summary: "Look up one failure by its receipt, or search them all.",
  input,
  // A receipt that is none; an operator without the token.
  mayFail: [401, 404],
  output: receiptOrSearch,
  async run({ query_content, user_type, limit, cursor }, context) {
    if (user_type === "guest") {
      return await receiptOf(query_content, { store: context.store, param: "query_content" });
    }
    await context.requireOperator();
    return await search({ q: query_content, limit, cursor }, context.store);
  },
});

async function search(
  { q, limit, cursor }: { q: string; limit: number; cursor: string | undefined },
  store: StoreReads,
): Promise<object> {
  const [errorsFrom, logsFrom] = cursor === undefined ? [undefined, undefined] : readCursor(cursor);
  const filters = readSearch(q, COMMON_FIELDS);
  const none = { items: [], total: 0, next: null };
  const [errors, logs] = await Promise.all([
    errorsFrom === null ? none : store.listErrors({ ...filters, limit, cursor: errorsFrom }),
    logsFrom === null ? none : store.listLogs({ ...filters, limit, cursor: logsFrom }),
  ]);
  const atEnd = errors.next === null && logs.next === null;
  const { items, total, next: _, ...limits } = logs;
  return {
    errors: errors.items,
    logs: items,
    total: total === null ? null : errors.total + total,
    ...limits,
    next: atEnd ? null : JSON.stringify([errors.next, logs.next]),
  };
}

/** Two lists are searched at once, so a cursor is a pair; null marks a list that has ended. */
function readCursor(cursor: string): [string | null, string | null] {
  try {
    return v.parse(v.tuple([v.nullable(v.string()), v.nullable(v.string())]), JSON.parse(cursor));
  } catch (cause) {
    const sentence = `cursor is not one that this service gave: ${quoted(cursor)}`;
    throw new ValueError(sentence, { param: "cursor", cause });
  }
}
