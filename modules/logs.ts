/** Log records: reported by other services, searched and watched by the operator. */
import * as v from "valibot";
import { cursor, facets, limit, moment, own, rows, search } from "./inputs.ts";
import { defineModule } from "./module.ts";
import { logReport, oneOrMany, oneOrManyOf, takeReports } from "./reports.ts";
import { LOG_FIELDS, readSearch } from "./search.ts";
import { LEVELS } from "../store/record.ts";
import { logPage, reportResults } from "./shapes.ts";

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
  q: v.optional(search),
  svc_name: v.optional(v.string()),
  route: v.optional(v.string()),
  level: v.optional(v.picklist(LEVELS)),
  request_id: v.optional(v.string()),
  own: v.optional(own),
  ...facets,
};

/**
 * What a search of the log filters by.
 * @internal
 */
export const logFilters = v.object({
  ...filters,
  since: v.optional(moment),
  until: v.optional(moment),
});

export const searchLogs = defineModule({
  name: "/logs",
  summary: "Search the log records, the newest first.",
  access: "operator",
  input: v.object({ ...logFilters.entries, limit, cursor }),
  output: logPage,
  async run(query, { store }) {
    const { q, ...filters } = query;
    const search = { ...readSearch(q, LOG_FIELDS), ...filters };
    const { items, ...rest } = await store.listLogs(search);
    return { logs: items, ...rest };
  },
});

/** A client that comes back with `Last-Event-ID` (or `after`) misses nothing and gets nothing twice. */
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
