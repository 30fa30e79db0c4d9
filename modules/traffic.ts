/** What was asked of all services, and how it was answered. */
import * as v from "valibot";
import { TRAFFIC_NAMES } from "../store/store.ts";
import { HOUR_MS } from "../store/times.ts";
import { moment } from "./inputs.ts";
import { defineModule } from "./module.ts";
import { trafficRows } from "./shapes.ts";

const NAMES = `one or more of ${TRAFFIC_NAMES.join(", ")}, separated by commas`;

const by = v.pipe(
  v.string(),
  v.metadata({ description: NAMES }),
  v.transform((text) => text.split(",")),
  v.array(v.picklist(TRAFFIC_NAMES, `must be ${NAMES}`)),
);

const name = v.optional(v.string());

export const countTraffic = defineModule({
  name: "/traffic",
  summary: "Count requests, failures and durations: by time, service, route, release, environment.",
  access: "operator",
  input: v.object({
    since: v.optional(moment),
    until: v.optional(moment),
    step: v.optional(v.picklist(["minute", "hour"])),
    by: v.optional(by),
    svc_name: name,
    route: name,
    release: name,
    environment: name,
  }),
  output: trafficRows,
  async run({ until = Date.now(), since = until - HOUR_MS, ...query }, { store }) {
    return { traffic: await store.traffic({ since, until, ...query }) };
  },
});
