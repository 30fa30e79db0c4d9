/**
 * Log records: reported by other services, searched by the operator.
 *
 * @module
 */
import * as v from "valibot";
import { cursor, LEVEL_NAMES, limit, moment, words } from "./inputs.ts";
import { defineModule, type Module } from "./module.ts";
import { logReport, oneOrMany, takeReports } from "./reports.ts";

/** `POST /logs`: another service reports one log record or up to 100. */
export const reportLogs: Module = defineModule({
  name: "/logs",
  method: "POST",
  summary: "Report log records of another service.",
  access: "intake",
  status: 202,
  input: oneOrMany,
  run: (value, context) => takeReports(value, { schema: logReport, context }),
});

const filters = v.object({
  q: v.optional(words),
  svc_name: v.optional(v.string()),
  route: v.optional(v.string()),
  level: v.optional(v.picklist(LEVEL_NAMES)),
  request_id: v.optional(v.string()),
  since: v.optional(moment),
  until: v.optional(moment),
  limit,
  cursor,
});

/** `GET /logs`: log records by words and fields, the newest first: `{logs, total, next}`. */
export const searchLogs: Module = defineModule({
  name: "/logs",
  summary: "Search the log records, the newest first.",
  access: "operator",
  input: filters,
  async run(query, { store }) {
    const { items, total, next } = await store.listLogs(query);
    return { logs: items, total, next };
  },
});
