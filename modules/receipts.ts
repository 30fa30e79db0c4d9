/** What whoever holds a receipt may know of their failure: its state and its fix, no message and no stack. */
import * as v from "valibot";
import { NotFound } from "./failure.ts";
import { text } from "./inputs.ts";
import { quoted } from "./issues.ts";
import { defineModule } from "./module.ts";
import { reply } from "./reply.ts";
import { MAX_ID_CHARS } from "../store/limits.ts";
import type { Receipt, StoreReads } from "../store/store.ts";
import { named } from "./shapes.ts";

export const showReceipt = defineModule({
  name: "/receipts/:id",
  summary: "What became of a failure, by its receipt; in a browser a page for people.",
  input: v.object({ id: text(MAX_ID_CHARS) }),
  mayFail: [404],
  output: named("Receipt"),
  run: async ({ id }, { store }) =>
    reply(await receiptOf(id, { store, param: "id" }), { headers: { vary: "accept" } }),
});

/** @throws {NotFound} */
export async function receiptOf(
  id: string,
  { store, param }: { store: Pick<StoreReads, "receipt">; param: string },
): Promise<Receipt> {
  const receipt = await store.receipt(id.trim());
  if (receipt !== null) return receipt;
  throw new NotFound(`no failure has the receipt ${quoted(id)} (${param})`, { param });
}
