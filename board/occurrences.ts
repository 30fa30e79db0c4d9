/**
 * The occurrences around one occurrence.
 *
 * @module
 */
import type { Occurrence, Page, StoreReads } from "../logging/mod.ts";

/** Rows beside an error. */
const PAGE_ROWS = 10;
/** An occurrence pasted into the search is looked for this far back. */
const MAX_PAGES_BACK = 30;

/** A page of occurrences, and the ones next to the one that is looked at. */
export interface Neighbours {
  /** The page. */
  rows: Page<Occurrence>;
  /** Whether it is the one with the newest. */
  isFirstPage: boolean;
  /** The id of the next newer one. */
  newer: string | null;
  /** The id of the next older one. */
  older: string | null;
  /** False when the one looked at was not found: nothing is known of what is next to it. */
  isWhole: boolean;
}

/** Where one occurrence is shown. */
export function occurrencePath(error: string, occurrence: string): string {
  return `/board/errors/${encodeURIComponent(error)}/occurrences/${encodeURIComponent(occurrence)}`;
}

/** Finds the page that an occurrence is on; without one, the page at the cursor. */
export async function neighboursOf(
  store: StoreReads,
  error: string,
  { occurrence, cursor }: { occurrence?: string; cursor?: string },
): Promise<Neighbours> {
  const first = await store.occurrences(error, { limit: PAGE_ROWS, ...(cursor && { cursor }) });
  let rows = first;
  let last: string | null = null;
  for (let page = 0; page < MAX_PAGES_BACK; page++) {
    const at = occurrence === undefined
      ? 0
      : rows.items.findIndex(({ error_id }) => error_id === occurrence);
    if (at >= 0) {
      return {
        rows,
        isFirstPage: cursor === undefined && page === 0,
        newer: rows.items[at - 1]?.error_id ?? last,
        older: rows.items[at + 1]?.error_id ?? await firstOf(store, error, rows.next),
        isWhole: true,
      };
    }
    if (rows.next === null) break;
    last = rows.items.at(-1)?.error_id ?? null;
    rows = await store.occurrences(error, { limit: PAGE_ROWS, cursor: rows.next });
  }
  return {
    rows: first,
    isFirstPage: cursor === undefined,
    newer: null,
    older: null,
    isWhole: false,
  };
}

async function firstOf(
  store: StoreReads,
  error: string,
  cursor: string | null,
): Promise<string | null> {
  if (cursor === null) return null;
  return (await store.occurrences(error, { limit: 1, cursor })).items[0]?.error_id ?? null;
}
