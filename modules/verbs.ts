/** What can be done to errors, and what is told beside them: for the API, the board and whoever else does it. */
import * as v from "valibot";
import { MAX_ID_CHARS, MAX_MUTED_MORE } from "../store/limits.ts";
import type { ErrorSummary, StoreReads } from "../store/store.ts";
import { NotFound } from "./failure.ts";
import { moment, name, note, text } from "./inputs.ts";
import { failureOfIssues } from "./issues.ts";
import type { Issue } from "./module.ts";

const MORE_BOUND = `must be a whole number from 1 to ${MAX_MUTED_MORE}`;
const undoing = v.object({ note: v.optional(note) });

/**
 * The input of each verb.
 * @internal
 */
export const verbs = {
  resolve: v.object({ release: v.optional(name), note: v.optional(note) }),
  reopen: undoing,
  mute: v.object({
    until: v.optional(moment),
    more: v.optional(v.pipe(
      v.number(MORE_BOUND),
      v.integer(MORE_BOUND),
      v.minValue(1, MORE_BOUND),
      v.maxValue(MAX_MUTED_MORE, MORE_BOUND),
    )),
    note: v.optional(note),
  }),
  unmute: undoing,
  note: v.object({ note: v.pipe(note, v.nonEmpty("must not be empty")) }),
  merge: v.object({ into: text(MAX_ID_CHARS) }),
  split: v.object({ variant: v.string() }),
};

/** The value as the schema has it. @throws {Failure} that names every fault. */
export function valid<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  throw failureOfIssues(issues as readonly Issue[], value);
}

/** Merges an error into another, which may be named by a receipt. @throws {NotFound} without such another. */
export async function mergeInto(
  store: Pick<StoreReads, "error" | "merge">,
  id: string,
  { into, by }: { into: string; by?: string | undefined },
): Promise<ErrorSummary | null> {
  const target = await store.error(into.trim().toLowerCase());
  if (target === null) throw new NotFound("no error has this id", { param: "into" });
  return await store.merge(id, { into: target.id, by });
}
