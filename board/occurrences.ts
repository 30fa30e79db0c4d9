import type { Occurrence, OccurrenceDetail, Page, StoreReads } from "../logging/mod.ts";

const PAGE_ROWS = 10;

export interface Neighbours {
  /** The one that is shown; null where none is kept. */
  occurrence: OccurrenceDetail | null;
  /** A page of the list, with the one asked for in its middle. */
  rows: Page<Occurrence>;
}

export function occurrencePath(error: string, occurrence: string): string {
  return `/board/errors/${encodeURIComponent(error)}/occurrences/${encodeURIComponent(occurrence)}`;
}

/** Reads an occurrence and the page around it; without an id the page at the cursor and its first occurrence. */
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
