/**
 * What the operator does to the state of errors: resolution and mute, of one or of many.
 *
 * @module
 */
import * as v from "valibot";
import { changeOne } from "./find_error.ts";
import { ids, idsInQuery } from "./inputs.ts";
import { defineModule } from "./module.ts";
import { errorList, errorSummary } from "./shapes.ts";
import { verbs } from "./verbs.ts";

const undoing = v.object({ id: v.string(), ...verbs.reopen.entries });
const undoingMany = v.object({ ids: idsInQuery, ...verbs.reopen.entries });

/**
 * `PUT /errors/:id/resolution`: a person says it is mended, perhaps in which release.
 * @internal
 */
export const resolveError = defineModule({
  name: "/errors/:id/resolution",
  method: "PUT",
  summary: "Resolve an error.",
  access: "operator",
  input: v.object({ id: v.string(), ...verbs.resolve.entries }),
  output: errorSummary,
  run: ({ id, ...said }, { store }) => changeOne(id, { action: "resolve", ...said }, store),
});

/**
 * `DELETE /errors/:id/resolution`: it is not mended after all.
 * @internal
 */
export const reopenError = defineModule({
  name: "/errors/:id/resolution",
  method: "DELETE",
  summary: "Reopen an error.",
  access: "operator",
  input: undoing,
  output: errorSummary,
  run: ({ id, ...said }, { store }) => changeOne(id, { action: "reopen", ...said }, store),
});

/**
 * `PUT /errors/:id/mute`: count on in silence, for good, until a time, or until so many more.
 * @internal
 */
export const muteError = defineModule({
  name: "/errors/:id/mute",
  method: "PUT",
  summary: "Mute an error, for good or until it has happened at a time or so many times more.",
  access: "operator",
  input: v.object({ id: v.string(), ...verbs.mute.entries }),
  output: errorSummary,
  run: ({ id, ...said }, { store }) => changeOne(id, { action: "mute", ...said }, store),
});

/**
 * `DELETE /errors/:id/mute`: the error waits again.
 * @internal
 */
export const unmuteError = defineModule({
  name: "/errors/:id/mute",
  method: "DELETE",
  summary: "Unmute an error.",
  access: "operator",
  input: undoing,
  output: errorSummary,
  run: ({ id, ...said }, { store }) => changeOne(id, { action: "unmute", ...said }, store),
});

/**
 * `PUT /errors/resolution`: up to 100 at once; answers those that are there.
 * @internal
 */
export const resolveErrors = defineModule({
  name: "/errors/resolution",
  method: "PUT",
  summary: "Resolve up to 100 errors by their own ids.",
  access: "operator",
  input: v.object({ ids, ...verbs.resolve.entries }),
  output: errorList,
  run: async ({ ids, ...said }, { store }) => ({
    errors: await store.change(ids, { action: "resolve", ...said }),
  }),
});

/**
 * `DELETE /errors/resolution?ids=…,…`: up to 100 at once; answers those that are there.
 * @internal
 */
export const reopenErrors = defineModule({
  name: "/errors/resolution",
  method: "DELETE",
  summary: "Reopen up to 100 errors by their own ids.",
  access: "operator",
  input: undoingMany,
  output: errorList,
  run: async ({ ids, ...said }, { store }) => ({
    errors: await store.change(ids, { action: "reopen", ...said }),
  }),
});

/**
 * `PUT /errors/mute`: up to 100 at once; answers those that are there.
 * @internal
 */
export const muteErrors = defineModule({
  name: "/errors/mute",
  method: "PUT",
  summary: "Mute up to 100 errors by their own ids.",
  access: "operator",
  input: v.object({ ids, ...verbs.mute.entries }),
  output: errorList,
  run: async ({ ids, ...said }, { store }) => ({
    errors: await store.change(ids, { action: "mute", ...said }),
  }),
});

/**
 * `DELETE /errors/mute?ids=…,…`: up to 100 at once; answers those that are there.
 * @internal
 */
export const unmuteErrors = defineModule({
  name: "/errors/mute",
  method: "DELETE",
  summary: "Unmute up to 100 errors by their own ids.",
  access: "operator",
  input: undoingMany,
  output: errorList,
  run: async ({ ids, ...said }, { store }) => ({
    errors: await store.change(ids, { action: "unmute", ...said }),
  }),
});
