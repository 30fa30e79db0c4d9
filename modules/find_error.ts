/** What all routes below `/errors/:id` share. */
import { NotFound } from "./failure.ts";
import { quoted } from "./issues.ts";
import type { Change, ErrorSummary, StoreReads } from "../store/store.ts";

/**
 * The error's own id. An operator may paste the receipt that a client sent, or an old link to an error that was merged.
 *
 * @throws {NotFound}
 */
export async function ownId(id: string, store: StoreReads): Promise<string> {
  return found(await store.error(id), id).id;
}

/** Does something to one error. @throws {NotFound} */
export async function changeOne(
  id: string,
  change: Change,
  store: StoreReads,
): Promise<ErrorSummary> {
  const [changed = null] = await store.change([await ownId(id, store)], change);
  return found(changed, id);
}

/** What the store gave. @throws {NotFound} when it was nothing. */
export function found<T>(value: T | null, id: string): T {
  if (value === null) {
    throw new NotFound(`no error has the id ${quoted(id)}`, {
      param: "id",
    });
  }
  return value;
}
