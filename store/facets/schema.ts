/** Who and what an error hit: see facets.ts. Part of version 7. */
export const FACET_TABLES = "";
