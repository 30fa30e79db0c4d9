/**
 * What the operator does to the state of errors: resolution and mute, of one (`:id`, its own or a receipt) or of up to 100, of
 * which those that are there are answered.
 */
import * as v from "valibot";
import { changeOne } from "./find_error.ts";
import { ids, idsInQuery } from "./inputs.ts";
import { defineModule } from "./module.ts";
import { errorList, named } from "./shapes.ts";
import { verbs } from "./verbs.ts";

const one = { access: "operator", output: named("ErrorSummary") } as const;
const many = { access: "operator", output: errorList } as const;

export const resolveError = defineModule({
  ...one,
  name: "/errors/:id/resolution",
  method: "PUT",
  summary: "Resolve an error.",
  input: v.object({ id: v.string(), ...verbs.resolve.entries }),
  run: ({ id, ...said }, { store }) => changeOne(id, { action: "resolve", ...said }, store),
});

export const reopenError = defineModule({
  ...one,
  name: "/errors/:id/resolution",
  method: "DELETE",
  summary: "Reopen an error.",
  input: v.object({ id: v.string(), ...verbs.reopen.entries }),
  run: ({ id, ...said }, { store }) => changeOne(id, { action: "reopen", ...said }, store),
});

export const muteError = defineModule({
  ...one,
  name: "/errors/:id/mute",
  method: "PUT",
  summary: "Mute an error, for good or until it has happened at a time or so many times more.",
  input: v.object({ id: v.string(), ...verbs.mute.entries }),
  run: ({ id, ...said }, { store }) => changeOne(id, { action: "mute", ...said }, store),
});

export const unmuteError = defineModule({
  ...one,
  name: "/errors/:id/mute",
  method: "DELETE",
  summary: "Unmute an error.",
  input: v.object({ id: v.string(), ...verbs.unmute.entries }),
  run: ({ id, ...said }, { store }) => changeOne(id, { action: "unmute", ...said }, store),
});

export const resolveErrors = defineModule({
  ...many,
  name: "/errors/resolution",
  method: "PUT",
  summary: "Resolve up to 100 errors by their own ids.",
  input: v.object({ ids, ...verbs.resolve.entries }),
  run: async ({ ids, ...said }, { store }) => ({
    errors: await store.change(ids, { action: "resolve", ...said }),
  }),
});

export const reopenErrors = defineModule({
  ...many,
  name: "/errors/resolution",
  method: "DELETE",
  summary: "Reopen up to 100 errors by their own ids.",
  input: v.object({ ids: idsInQuery, ...verbs.reopen.entries }),
  run: async ({ ids, ...said }, { store }) => ({
    errors: await store.change(ids, { action: "reopen", ...said }),
  }),
});

export const muteErrors = defineModule({
  ...many,
  name: "/errors/mute",
  method: "PUT",
  summary: "Mute up to 100 errors by their own ids.",
  input: v.object({ ids, ...verbs.mute.entries }),
  run: async ({ ids, ...said }, { store }) => ({
    errors: await store.change(ids, { action: "mute", ...said }),
  }),
});

export const unmuteErrors = defineModule({
  ...many,
  name: "/errors/mute",
  method: "DELETE",
  summary: "Unmute up to 100 errors by their own ids.",
  input: v.object({ ids: idsInQuery, ...verbs.unmute.entries }),
  run: async ({ ids, ...said }, { store }) => ({
    errors: await store.change(ids, { action: "unmute", ...said }),
  }),
});
