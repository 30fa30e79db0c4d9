/**
 * What all routes below `/errors/:id` share.
 *
 * @module
 */
import { NotFound } from "./failure.ts";
import type { ContextStore } from "./module.ts";

const MAX_SHOWN_CHARS = 80;

/**
 * The error's own id. An operator may paste the receipt that a client sent, or an old link to an error that was merged.
 *
 * @throws {NotFound}
 */
export async function ownId(id: string, store: ContextStore): Promise<string> {
  return found(await store.error(id), id).id;
}

/** What the store gave. @throws {NotFound} when it was nothing. */
export function found<T>(value: T | null, id: string): T {
  if (value === null) {
    throw new NotFound(`no error has the id ${JSON.stringify(id.slice(0, MAX_SHOWN_CHARS))}`, {
      param: "id",
    });
  }
  return value;
}
