/** What the operator does to errors as groups: merge, split, and a word about it. */
import * as v from "valibot";
import { changeOne, found, ownId } from "./find_error.ts";
import { defineModule } from "./module.ts";
import { named } from "./shapes.ts";
import { mergeInto, verbs } from "./verbs.ts";

const CREATED = 201;

export const mergeError = defineModule({
  name: "/errors/:id/merge",
  method: "PUT",
  summary: "Merge an error into another: keys, occurrences, counts and history.",
  access: "operator",
  input: v.object({ id: v.string(), ...verbs.merge.entries }),
  output: named("ErrorSummary"),
  run: async ({ id, into }, { store }) =>
    found(await mergeInto(store, await ownId(id, store), { into }), id),
});

export const splitError = defineModule({
  name: "/errors/:id/split",
  method: "POST",
  summary: "Split a variant (a masked message) off: it is an error of its own from now on.",
  access: "operator",
  status: CREATED,
  input: v.object({ id: v.string(), ...verbs.split.entries }),
  output: named("ErrorSummary"),
  run: async ({ id, variant }, { store }) =>
    found(await store.split(await ownId(id, store), { variant }), id),
});

export const noteError = defineModule({
  name: "/errors/:id/notes",
  method: "POST",
  summary: "Write a note into the history of an error.",
  access: "operator",
  status: CREATED,
  input: v.object({ id: v.string(), ...verbs.note.entries }),
  output: named("ErrorSummary"),
  run: ({ id, note }, { store }) => changeOne(id, { action: "note", note }, store),
});
