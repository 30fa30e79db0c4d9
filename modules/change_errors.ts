/**
 * What the operator does to one error (`:id`, its own or a receipt), or to up to 100, of which those that are there are
 * answered.
 */
import * as v from "valibot";
import { ids, idsInQuery } from "./inputs.ts";
import { defineModule } from "./module.ts";
import { errorList, named } from "./shapes.ts";
import type { Change, StoreReads } from "../store/store.ts";
import { changeOne, found, mergeInto, ownId, resolution, verbs } from "./verbs.ts";

const CREATED = 201;
const one = { access: "operator", output: named("ErrorSummary") } as const;
const many = { access: "operator", output: errorList } as const;

export const resolveError = defineModule({
  ...one,
  name: "/errors/:id/resolution",
  method: "PUT",
  summary: "Resolve an error.",
  input: v.object({ id: v.string(), ...verbs.resolve.entries }),
  run: ({ id, ...said }, { store, operator }) =>
    changeOne(id, { ...resolution(said), by: operator?.name }, store),
});

export const reopenError = defineModule({
  ...one,
  name: "/errors/:id/resolution",
  method: "DELETE",
  summary: "Reopen an error.",
  input: v.object({ id: v.string(), ...verbs.reopen.entries }),
  run: ({ id, ...said }, { store, operator }) =>
    changeOne(id, { action: "reopen", ...said, by: operator?.name }, store),
});

export const muteError = defineModule({
  ...one,
  name: "/errors/:id/mute",
  method: "PUT",
  summary: "Mute an error: for good, until a time, or for a number of further occurrences.",
  input: v.object({ id: v.string(), ...verbs.mute.entries }),
  run: ({ id, ...said }, { store, operator }) =>
    changeOne(id, { action: "mute", ...said, by: operator?.name }, store),
});

export const unmuteError = defineModule({
  ...one,
  name: "/errors/:id/mute",
  method: "DELETE",
  summary: "Unmute an error.",
  input: v.object({ id: v.string(), ...verbs.unmute.entries }),
  run: ({ id, ...said }, { store, operator }) =>
    changeOne(id, { action: "unmute", ...said, by: operator?.name }, store),
});

export const resolveErrors = defineModule({
  ...many,
  name: "/errors/resolution",
  method: "PUT",
  summary: "Resolve up to 100 errors by their own ids.",
  input: v.object({ ids, ...verbs.resolve.entries }),
  run: ({ ids, ...said }, { store, operator }) =>
    changeMany(ids, { ...resolution(said), by: operator?.name }, store),
});

export const reopenErrors = defineModule({
  ...many,
  name: "/errors/resolution",
  method: "DELETE",
  summary: "Reopen up to 100 errors by their own ids.",
  input: v.object({ ids: idsInQuery, ...verbs.reopen.entries }),
  run: ({ ids, ...said }, { store, operator }) =>
    changeMany(ids, { action: "reopen", ...said, by: operator?.name }, store),
});

export const muteErrors = defineModule({
  ...many,
  name: "/errors/mute",
  method: "PUT",
  summary: "Mute up to 100 errors by their own ids.",
  input: v.object({ ids, ...verbs.mute.entries }),
  run: ({ ids, ...said }, { store, operator }) =>
    changeMany(ids, { action: "mute", ...said, by: operator?.name }, store),
});

export const unmuteErrors = defineModule({
  ...many,
  name: "/errors/mute",
  method: "DELETE",
  summary: "Unmute up to 100 errors by their own ids.",
  input: v.object({ ids: idsInQuery, ...verbs.unmute.entries }),
  run: ({ ids, ...said }, { store, operator }) =>
    changeMany(ids, { action: "unmute", ...said, by: operator?.name }, store),
});

export const assignError = defineModule({
  ...one,
  name: "/errors/:id/assignee",
  method: "PUT",
  summary: "Assign an error to a person.",
  input: v.object({ id: v.string(), ...verbs.assign.entries }),
  run: ({ id, ...said }, { store, operator }) =>
    changeOne(id, { action: "assign", ...said, by: operator?.name }, store),
});

export const unassignError = defineModule({
  ...one,
  name: "/errors/:id/assignee",
  method: "DELETE",
  summary: "Assign an error to nobody.",
  input: v.object({ id: v.string(), ...verbs.unassign.entries }),
  run: ({ id, ...said }, { store, operator }) =>
    changeOne(id, { action: "assign", to: null, ...said, by: operator?.name }, store),
});

export const assignErrors = defineModule({
  ...many,
  name: "/errors/assignee",
  method: "PUT",
  summary: "Assign up to 100 errors by their own ids.",
  input: v.object({ ids, ...verbs.assign.entries }),
  run: ({ ids, ...said }, { store, operator }) =>
    changeMany(ids, { action: "assign", ...said, by: operator?.name }, store),
});

export const unassignErrors = defineModule({
  ...many,
  name: "/errors/assignee",
  method: "DELETE",
  summary: "Assign up to 100 errors to nobody by their own ids.",
  input: v.object({ ids: idsInQuery, ...verbs.unassign.entries }),
  run: ({ ids, ...said }, { store, operator }) =>
    changeMany(ids, { action: "assign", to: null, ...said, by: operator?.name }, store),
});

export const linkError = defineModule({
  ...one,
  name: "/errors/:id/issue",
  method: "PUT",
  summary: "Say where the issue of an error is, elsewhere.",
  input: v.object({ id: v.string(), ...verbs.link.entries }),
  run: ({ id, ...said }, { store, operator }) =>
    changeOne(id, { action: "link", ...said, by: operator?.name }, store),
});

export const unlinkError = defineModule({
  ...one,
  name: "/errors/:id/issue",
  method: "DELETE",
  summary: "Take the link to an issue elsewhere away from an error.",
  input: v.object({ id: v.string(), ...verbs.unlink.entries }),
  run: ({ id, ...said }, { store, operator }) =>
    changeOne(id, { action: "link", url: null, ...said, by: operator?.name }, store),
});

export const mergeError = defineModule({
  ...one,
  name: "/errors/:id/merge",
  method: "PUT",
  summary: "Merge an error into another: keys, occurrences, counts and history.",
  input: v.object({ id: v.string(), ...verbs.merge.entries }),
  run: async ({ id, into }, { store, operator }) =>
    found(await mergeInto(store, await ownId(id, store), { into, by: operator?.name }), id),
});

export const splitError = defineModule({
  ...one,
  name: "/errors/:id/split",
  method: "POST",
  summary: "Split a variant (a masked message) off into an error of its own.",
  status: CREATED,
  input: v.object({ id: v.string(), ...verbs.split.entries }),
  run: async ({ id, variant }, { store, operator }) =>
    found(await store.split(await ownId(id, store), { variant, by: operator?.name }), id),
});

export const noteError = defineModule({
  ...one,
  name: "/errors/:id/notes",
  method: "POST",
  summary: "Write a note into the history of an error.",
  status: CREATED,
  input: v.object({ id: v.string(), ...verbs.note.entries }),
  run: ({ id, note }, { store, operator }) =>
    changeOne(id, { action: "note", note, by: operator?.name }, store),
});

async function changeMany(ids: string[], change: Change, store: StoreReads) {
  return { errors: await store.change(ids, change) };
}
