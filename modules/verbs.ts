/** What can be done to errors, and what is said beside it: for the API, the board and the tools. */
import * as v from "valibot";
import { MAX_ID_CHARS, MAX_MUTED_MORE } from "../store/limits.ts";
import type { Change, ErrorSummary, StoreReads } from "../store/store.ts";
import { NotFound } from "./failure.ts";
import { moment, name, note, text, wholeNumber } from "./inputs.ts";
import { failureOfIssues, quoted } from "./issues.ts";
import type { Issue } from "./module.ts";
import { issueUrl, person } from "./people.ts";

/** Stands for the release that has not come yet, in place of a name. */
export const NEXT_RELEASE = "next";

/** The release that fixes an error. A slip in it would be a release that never comes, and nothing would ever reopen the error. */
export const fixRelease = v.pipe(
  name,
  v.trim(),
  v.nonEmpty("must not be empty"),
  v.transform((release) => release.toLowerCase() === NEXT_RELEASE ? NEXT_RELEASE : release),
);

const undoing = v.object({ note: v.optional(note) });

/** The input of each verb. */
export const verbs = {
  resolve: v.object({ release: v.optional(fixRelease), note: v.optional(note) }),
  reopen: undoing,
  mute: v.object({
    until: v.optional(moment),
    more: v.optional(wholeNumber(1, MAX_MUTED_MORE)),
    note: v.optional(note),
  }),
  unmute: undoing,
  assign: v.object({ to: person, note: v.optional(note) }),
  unassign: undoing,
  link: v.object({ url: issueUrl, note: v.optional(note) }),
  unlink: undoing,
  note: v.object({ note: v.pipe(note, v.nonEmpty("must not be empty")) }),
  merge: v.object({ into: text(MAX_ID_CHARS) }),
  split: v.object({ variant: v.string() }),
};

/** What is taken back of all errors that it was done to at one moment. */
export const takenBack = v.object({ what: v.picklist(["resolve", "mute"]), at: moment });

/** What is to be done to errors that a person resolves. */
export function resolution(
  { release, ...said }: v.InferOutput<typeof verbs.resolve>,
): Change & { action: "resolve" } {
  const fix = release === NEXT_RELEASE ? { next: true } : release === undefined ? {} : { release };
  return { action: "resolve", ...fix, ...said };
}

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

/** Changes one error, named by its own id or by a receipt. @throws {NotFound} */
export async function changeOne(
  id: string,
  change: Change,
  store: StoreReads,
): Promise<ErrorSummary> {
  const [changed = null] = await store.change([await ownId(id, store)], change);
  return found(changed, id);
}

/** The error's own id, for a receipt or an old link to an error that was merged as well. @throws {NotFound} */
export async function ownId(id: string, store: StoreReads): Promise<string> {
  return found(await store.error(id), id).id;
}

/** What the store gave. @throws {NotFound} when it was nothing. */
export function found<T>(value: T | null, id: string): T {
  if (value !== null) return value;
  throw new NotFound(`no error has the id ${quoted(id)}`, { param: "id" });
}
