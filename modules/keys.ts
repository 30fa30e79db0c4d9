/** Keys of other services: made, listed and revoked by the operator. */
import * as v from "valibot";
import { dsnOf, newIntakeKey } from "../store/intake_key.ts";
import { MAX_QUOTA } from "../store/limits.ts";
import type { KeySummary, StoreReads } from "../store/store.ts";
import { Failure, NotFound } from "./failure.ts";
import { name, note, wholeNumber } from "./inputs.ts";
import { quoted } from "./issues.ts";
import { defineModule } from "./module.ts";
import { intakeCountList, keyList, madeKey, named } from "./shapes.ts";

const CREATED = 201;
/** Days of counts that are shown where nothing is said. */
export const COUNTED_DAYS = 7;
/** Days that counts go back, at most. */
const MAX_COUNTED_DAYS = 90;

/** What is said of a key that is to be made. */
export const newKey = v.object({
  service: v.optional(name),
  is_public: v.optional(v.boolean(), false),
  quota: v.optional(wholeNumber(1, MAX_QUOTA)),
  note: v.optional(note),
});

const daysBack = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((value) => typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
  wholeNumber(1, MAX_COUNTED_DAYS),
);

export const listKeys = defineModule({
  name: "/keys",
  summary: "List the intake keys, with what each brought today.",
  access: "operator",
  input: v.object({}),
  output: keyList,
  run: async (_, { store }) => ({ keys: await store.listKeys() }),
});

export const addKey = defineModule({
  name: "/keys",
  method: "POST",
  summary: "Make an intake key. A secret one is in this answer alone: the store keeps its digest.",
  access: "operator",
  status: CREATED,
  hidesOutput: true,
  input: newKey,
  output: madeKey,
  async run(said, { store, operator, origin, c }) {
    const { key, summary } = await makeKey(store, { ...said, by: operator?.name });
    const base = origin + c.req.path.replace(/\/keys\/?$/, "");
    return { ...summary, key, dsn: dsnOf({ base, key, service: summary.service }) };
  },
});

export const revokeKey = defineModule({
  name: "/keys/:id",
  method: "DELETE",
  summary: "Revoke an intake key: within five seconds it opens nothing any more, on all instances.",
  access: "operator",
  input: v.object({ id: v.string() }),
  output: named("KeySummary"),
  run: async ({ id }, { store, operator }) => {
    const revoked = await store.revokeKey(id, { by: operator?.name });
    if (revoked !== null) return revoked;
    throw new NotFound(`no key in the store has the id ${quoted(id)}`, { param: "id" });
  },
});

export const countIntake = defineModule({
  name: "/keys/counts",
  summary: "What clients sent in the last days, and what became of it, by service and client.",
  access: "operator",
  input: v.object({
    days: v.optional(daysBack, COUNTED_DAYS),
    service: v.optional(v.string()),
  }),
  output: intakeCountList,
  run: async (query, { store }) => ({ counts: await store.intakeCounts(query) }),
});

/** Makes a key and gives it, for the only time. @throws {Failure} for a public one without a service. */
export async function makeKey(
  store: Pick<StoreReads, "addKey">,
  { by, ...said }: v.InferOutput<typeof newKey> & { by?: string | undefined },
): Promise<{ key: string; summary: KeySummary }> {
  if (said.is_public && said.service === undefined) {
    const sentence = "service is missing: a public key belongs to one";
    throw new Failure("missing", sentence, { param: "service" });
  }
  const key = newIntakeKey();
  return { key, summary: await store.addKey({ ...said, key, ...(by !== undefined && { by }) }) };
}
