/**
 * The occurrences around one occurrence.
 *
 * @module
 */
import type { Occurrence, OccurrenceDetail, Page, StoreReads } from "../logging/mod.ts";

/** Rows beside an error. */
const PAGE_ROWS = 10;

/** One occurrence, and a page of the list it is in. */
export interface Neighbours {
  /** The one that is looked at, with the ids next to it; null where none is kept. */
  occurrence: OccurrenceDetail | null;
  /** The page; the occurrence that was asked for stands in its middle. */
  rows: Page<Occurrence>;
}

export function occurrencePath(error: string, occurrence: string): string {
  return `/board/errors/${encodeURIComponent(error)}/occurrences/${encodeURIComponent(occurrence)}`;
}

/** Reads an occurrence and the page around it; without one, the page at the cursor and its first. */
export async function neighboursOf(
  store: StoreReads,
  error: string,
  { occurrence: id, cursor }: { occurrence?: string; cursor?: string },
): Promise<Neighbours> {
  const rows = await store.occurrences(error, {
    limit: PAGE_ROWS,
    ...(cursor && { cursor }),
    ...(id !== undefined && { around: id }),
  });
  const shown = id ?? rows.items[0]?.error_id;
  const occurrence = shown === undefined ? null : await store.occurrence(shown);
  return { occurrence, rows };
}
