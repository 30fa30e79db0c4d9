/**
 * Log records: reported by other services, searched and watched by the operator.
 *
 * @module
 */
import * as v from "valibot";
import { cursor, LEVEL_NAMES, limit, moment, rows, words } from "./inputs.ts";
import { defineModule } from "./module.ts";
import { logReport, oneOrMany, oneOrManyOf, takeReports } from "./reports.ts";
import { LOG_FIELDS, readSearch } from "./search.ts";
import { logPage, reportResults } from "./shapes.ts";

/**
 * `POST /logs`: another service reports one log record or up to 100.
 * @internal
 */
export const reportLogs = defineModule({
  name: "/logs",
  method: "POST",
  summary: "Report log records of another service.",
  access: "intake",
  status: 202,
  input: oneOrMany,
  described: oneOrManyOf(logReport),
  output: reportResults,
  run: (value, context) => takeReports(value, { schema: logReport, context }),
});

const filters = {
  q: v.optional(words),
  svc_name: v.optional(v.string()),
  route: v.optional(v.string()),
  level: v.optional(v.picklist(LEVEL_NAMES)),
  request_id: v.optional(v.string()),
};

/**
 * `GET /logs`: log records by words and fields, the newest first: `{logs, total, next}`.
 * @internal
 */
export const searchLogs = defineModule({
  name: "/logs",
  summary: "Search the log records, the newest first.",
  access: "operator",
  input: v.object({
    ...filters,
    since: v.optional(moment),
    until: v.optional(moment),
    limit,
    cursor,
  }),
  output: logPage,
  async run(query, { store }) {
    const { q, ...filters } = query;
    const search = { ...readSearch(q, LOG_FIELDS), ...filters };
    const { items, total, next } = await store.listLogs(search);
    return { logs: items, total, next };
  },
});

/**
 * `GET /logs/stream`: log records as they arrive, as server-sent events. A client that comes back with `Last-Event-ID` (or
 * `after`) misses nothing and gets nothing twice.
 * @internal
 */
export const streamLogs = defineModule({
  name: "/logs/stream",
  summary: "Log records as they arrive, as server-sent events; `last` of the newest first.",
  access: "operator",
  media: "text/event-stream",
  input: v.object({
    ...filters,
    last: rows({ min: 0, byDefault: 0 }),
    after: v.optional(v.string()),
  }),
  run: ({ after, q, ...filters }, context) =>
    context.watchLogs({
      ...readSearch(q, LOG_FIELDS),
      ...filters,
      after: context.header("last-event-id") || after,
    }),
});
