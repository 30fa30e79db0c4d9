import type { Statement } from "../database.ts";
import { NONE_KEPT } from "../schema.ts";

/** Counts it anew. */
export function recount(error: number): Statement {
  return {
    sql: `update holdfast.errors set
        kept = (select count(*) from holdfast.occurrences where error = errors.id),
        oldest_kept = (
          select coalesce(min(time), ${NONE_KEPT}) from holdfast.occurrences where error = errors.id
        ),
        bytes = (
          select coalesce(sum(octet_length(line)), 0)
          from holdfast.occurrences where error = errors.id
        ) + (
          select coalesce(sum(octet_length(message)), 0)
          from holdfast.variants where error = errors.id
        )
      where id = $1`,
    values: [error],
  };
}
