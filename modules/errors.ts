/**
 * Errors: reported by other services, listed, resolved and muted by the operator.
 *
 * @module
 */
import * as v from "valibot";
import { NotFound } from "./failure.ts";
import { cursor, LEVEL_NAMES, limit, moment, words } from "./inputs.ts";
import { type ContextStore, defineModule, type Module } from "./module.ts";
import { errorReport, oneOrMany, takeReports } from "./reports.ts";

const MAX_NOTE_CHARS = 2_000;
const MAX_RELEASE_CHARS = 200;
const MAX_SHOWN_CHARS = 80;

/** `POST /errors`: another service reports one failure or up to 100. */
export const reportErrors: Module = defineModule({
  name: "/errors",
  method: "POST",
  summary: "Report failures of another service.",
  access: "intake",
  status: 202,
  input: oneOrMany,
  run: (value, context) => takeReports(value, { schema: errorReport, context }),
});

const filters = v.object({
  state: v.optional(v.picklist(["open", "resolved", "muted"])),
  svc_name: v.optional(v.string()),
  route: v.optional(v.string()),
  level: v.optional(v.picklist(LEVEL_NAMES)),
  release: v.optional(v.string()),
  q: v.optional(words),
  sort: v.optional(v.picklist(["last_seen", "first_seen", "count"])),
  limit,
  cursor,
});

/** `GET /errors`: `{errors, total, next}`. */
export const listErrors: Module = defineModule({
  name: "/errors",
  summary: "List the errors, filtered and sorted.",
  access: "operator",
  input: filters,
  async run(query, { store }) {
    const { items, total, next } = await store.listErrors(query);
    return { errors: items, total, next };
  },
});

const byId = v.object({ id: v.string() });

/** `GET /errors/:id`: one error by its own id or by an occurrence's. */
export const showError: Module = defineModule({
  name: "/errors/:id",
  summary: "One error: state, counts, variants, trend, history, and why it is grouped so.",
  access: "operator",
  input: byId,
  run: async ({ id }, { store }) => found(await store.error(id), id),
});

const pageOfOne = v.object({ id: v.string(), limit, cursor });

/** `GET /errors/:id/occurrences`: `{occurrences, total, next}`, the newest first. */
export const listOccurrences: Module = defineModule({
  name: "/errors/:id/occurrences",
  summary: "The occurrences of one error, the newest first.",
  access: "operator",
  input: pageOfOne,
  async run({ id, limit, cursor }, { store }) {
    const page = await store.occurrences(await ownId(id, store), { limit, cursor });
    return { occurrences: page.items, total: page.total, next: page.next };
  },
});

const note = v.optional(v.pipe(
  v.string(),
  v.maxLength(MAX_NOTE_CHARS, `must be at most ${MAX_NOTE_CHARS} characters`),
));
const release = v.optional(v.pipe(
  v.string(),
  v.nonEmpty("must not be empty"),
  v.maxLength(MAX_RELEASE_CHARS, `must be at most ${MAX_RELEASE_CHARS} characters`),
));

const resolution = v.object({ id: v.string(), release, note });

/** `PUT /errors/:id/resolution`: a person says it is mended, perhaps in which release. */
export const resolveError: Module = defineModule({
  name: "/errors/:id/resolution",
  method: "PUT",
  summary: "Resolve an error.",
  access: "operator",
  input: resolution,
  run: async ({ id, ...options }, { store }) =>
    found(await store.resolve(await ownId(id, store), options), id),
});

const noted = v.object({ id: v.string(), note });

/** `DELETE /errors/:id/resolution`: it is not mended after all. */
export const reopenError: Module = defineModule({
  name: "/errors/:id/resolution",
  method: "DELETE",
  summary: "Reopen an error.",
  access: "operator",
  input: noted,
  run: async ({ id, ...options }, { store }) =>
    found(await store.reopen(await ownId(id, store), options), id),
});

const muting = v.object({ id: v.string(), until: v.optional(moment), note });

/** `PUT /errors/:id/mute`: count on in silence, for good or until a time. */
export const muteError: Module = defineModule({
  name: "/errors/:id/mute",
  method: "PUT",
  summary: "Mute an error.",
  access: "operator",
  input: muting,
  run: async ({ id, ...options }, { store }) =>
    found(await store.mute(await ownId(id, store), options), id),
});

/** `DELETE /errors/:id/mute`: the error waits again. */
export const unmuteError: Module = defineModule({
  name: "/errors/:id/mute",
  method: "DELETE",
  summary: "Unmute an error.",
  access: "operator",
  input: noted,
  run: async ({ id, ...options }, { store }) =>
    found(await store.unmute(await ownId(id, store), options), id),
});

/** An operator may paste the receipt that a client sent in place of the error's own id. */
async function ownId(id: string, store: ContextStore): Promise<string> {
  return found(await store.error(id), id).id;
}

function found<T>(value: T | null, id: string): T {
  if (value === null) {
    throw new NotFound(`no error has the id ${JSON.stringify(id.slice(0, MAX_SHOWN_CHARS))}`, {
      param: "id",
    });
  }
  return value;
}
