/** Errors: reported by other services, listed and looked at by the operator. */
import * as v from "valibot";
import { cursor, facets, idsInQuery, limit, moment, search } from "./inputs.ts";
import { defineModule, type Operator } from "./module.ts";
import { assignee } from "./people.ts";
import { errorReport, oneOrMany, oneOrManyOf, takeReports } from "./reports.ts";
import { ERROR_FIELDS, readSearch } from "./search.ts";
import { LEVELS } from "../store/record.ts";
import { STATES, WHATS } from "../store/shapes.ts";
import * as shapes from "./shapes.ts";
import { found, ownId } from "./verbs.ts";

const TEXT_TYPE = "text/plain; charset=utf-8";

export const reportErrors = defineModule({
  name: "/errors",
  method: "POST",
  summary: "Report failures of another service.",
  access: "intake",
  status: 202,
  input: oneOrMany,
  described: oneOrManyOf(errorReport),
  output: shapes.reportResults,
  run: (value, context) => takeReports(value, { schema: errorReport, context }),
});

const filters = {
  svc_name: v.optional(v.string()),
  route: v.optional(v.string()),
  level: v.optional(v.picklist(LEVELS)),
  release: v.optional(v.string()),
  first_release: v.optional(v.string()),
  new_since: v.optional(v.string()),
  came_back_in: v.optional(v.string()),
  assigned_to: v.optional(v.string()),
  what: v.optional(v.picklist(WHATS)),
  since: v.optional(moment),
  until: v.optional(moment),
  ...facets,
  q: v.optional(search),
};

/**
 * What the list of errors filters by.
 * @internal
 */
export const errorFilters = v.object({ state: v.optional(v.picklist(STATES)), ...filters });

export const listErrors = defineModule({
  name: "/errors",
  summary: "List the errors, filtered and sorted.",
  access: "operator",
  input: v.object({
    ...errorFilters.entries,
    sort: v.optional(v.picklist(["last_seen", "first_seen", "count"])),
    limit,
    cursor,
  }),
  output: shapes.errorPage,
  async run(query, { store, operator }) {
    const { items, total, next } = await store.listErrors(searchOf(query, operator));
    return { errors: items, total, next };
  },
});

export const countErrors = defineModule({
  name: "/errors/counts",
  summary: "Count the errors by state, each up to 10,000.",
  access: "operator",
  input: v.object(filters),
  output: shapes.stateCounts,
  run: (query, { store, operator }) => store.stateCounts(searchOf(query, operator)),
});

/** Filters, and those that the search itself names. */
function searchOf<Query extends { q?: string | undefined; assigned_to?: string | undefined }>(
  { q, ...filters }: Query,
  operator: Operator | undefined,
) {
  const { assigned_to, ...search } = { ...readSearch(q, ERROR_FIELDS), ...filters };
  return { ...search, assigned_to: assignee(assigned_to, operator) };
}

export const listTrends = defineModule({
  name: "/errors/trends",
  summary: "Occurrences an hour for the last 24 hours, of up to 100 errors.",
  access: "operator",
  input: v.object({ ids: idsInQuery }),
  output: shapes.trendsById,
  run: async ({ ids }, { store }) => ({ trends: await store.trends(ids) }),
});

export const showError = defineModule({
  name: "/errors/:id",
  summary: "One error: state, counts, variants, trend, history, and why it is grouped this way.",
  access: "operator",
  input: v.object({ id: v.string() }),
  output: shapes.named("ErrorDetail"),
  run: async ({ id }, { store }) => found(await store.error(id), id),
});

export const removeError = defineModule({
  name: "/errors/:id",
  method: "DELETE",
  summary: "Delete an error with its occurrences; if it happens again, it is a new error.",
  access: "operator",
  input: v.object({ id: v.string() }),
  output: shapes.named("ErrorSummary"),
  run: async ({ id }, { store }) => found(await store.remove(await ownId(id, store)), id),
});

export const listOccurrences = defineModule({
  name: "/errors/:id/occurrences",
  summary: "The occurrences of one error, the newest first.",
  access: "operator",
  input: v.object({ id: v.string(), limit, cursor, around: v.optional(v.string()) }),
  output: shapes.occurrencePage,
  async run({ id, ...query }, { store }) {
    const page = await store.occurrences(await ownId(id, store), query);
    return { occurrences: page.items, total: page.total, next: page.next };
  },
});

export const showOccurrence = defineModule({
  name: "/occurrences/:id",
  summary: "One occurrence, with the ids of the next older and the next newer one of its error.",
  access: "operator",
  input: v.object({ id: v.string() }),
  output: shapes.named("OccurrenceDetail"),
  run: async ({ id }, { store }) => found(await store.occurrence(id), id),
});

/** The text of a test file; nothing is sent or run. */
export const getReproduction = defineModule({
  name: "/errors/:id/reproduction",
  summary: "A test file that sends the recorded request again, and fails while the error lives.",
  access: "operator",
  media: TEXT_TYPE,
  input: v.object({ id: v.string() }),
  async run({ id }, { store }) {
    // Asked for seldom: a start does not read it.
    const { reproductionFor } = await import("./reproduction.ts");
    const { text, fileName } = found(await reproductionFor(store, id), id);
    return new Response(text, {
      headers: {
        "cache-control": "no-store",
        "content-disposition": `inline; filename="${fileName}"`,
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "content-type": TEXT_TYPE,
        "x-content-type-options": "nosniff",
      },
    });
  },
});
