/** The releases of all services. */
import * as v from "valibot";
import { cursor, limit } from "./inputs.ts";
import { defineModule } from "./module.ts";
import { releasePage } from "./shapes.ts";

export const listReleases = defineModule({
  name: "/releases",
  summary: "List the releases: when each was seen, its requests, failures and new errors.",
  access: "operator",
  input: v.object({ svc_name: v.optional(v.string()), limit, cursor }),
  output: releasePage,
  async run(query, { store }) {
    const { items, total, next } = await store.releases(query);
    return { releases: items, total, next };
  },
});
