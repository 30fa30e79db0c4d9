/**
 * The books of what is stored are several rows, so that writers do not wait for one another.
 *
 * @module
 */

/**
 * The row of `sizes` that a transaction counts in. By the server's own process, of which each has one transaction at a time:
 * instances in containers are all process 1, and behind a pooler a thousand of them share a few connections.
 */
export const SLOT: string = "pg_backend_pid() % 64";

/** What the occurrences and variants of a row of `errors` hold. Part of an update of it. */
export const HELD_BYTES: string = `(
  select coalesce(sum(octet_length(line)), 0)
  from holdfast.occurrences where occurrences.error = errors.id
) + (
  select coalesce(sum(octet_length(message)), 0)
  from holdfast.variants where variants.error = errors.id
)`;
