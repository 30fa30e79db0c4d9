/**
 * What the operator does to the state of errors: resolution and mute, of one or of many.
 *
 * @module
 */
import * as v from "valibot";
import { changeOne } from "./find_error.ts";
import { ids, idsInQuery, moment, note } from "./inputs.ts";
import { defineModule } from "./module.ts";
import { errorList, errorSummary } from "./shapes.ts";

const MAX_RELEASE_CHARS = 200;
const MAX_MORE = 1_000_000_000;

const resolution = {
  release: v.optional(v.pipe(
    v.string(),
    v.nonEmpty("must not be empty"),
    v.maxLength(MAX_RELEASE_CHARS, `must be at most ${MAX_RELEASE_CHARS} characters`),
  )),
  note: v.optional(note),
};

const MORE_BOUND = `must be a whole number from 1 to ${MAX_MORE}`;

const muting = {
  until: v.optional(moment),
  more: v.optional(v.pipe(
    v.number(MORE_BOUND),
    v.integer(MORE_BOUND),
    v.minValue(1, MORE_BOUND),
    v.maxValue(MAX_MORE, MORE_BOUND),
  )),
  note: v.optional(note),
};

const undoing = v.object({ id: v.string(), note: v.optional(note) });
const undoingMany = v.object({ ids: idsInQuery, note: v.optional(note) });

/**
 * `PUT /errors/:id/resolution`: a person says it is mended, perhaps in which release.
 * @internal
 */
export const resolveError = defineModule({
  name: "/errors/:id/resolution",
  method: "PUT",
  summary: "Resolve an error.",
  access: "operator",
  input: v.object({ id: v.string(), ...resolution }),
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
  input: v.object({ id: v.string(), ...muting }),
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
  input: v.object({ ids, ...resolution }),
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
  input: v.object({ ids, ...muting }),
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
