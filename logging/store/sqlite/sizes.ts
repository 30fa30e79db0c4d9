/**
 * How much the parts of the store hold.
 *
 * @module
 */

/** What the occurrences and variants of a row of `errors` hold. Part of an update of it. */
export const HELD_BYTES: string = `(
  select coalesce(sum(octet_length(line)), 0) from occurrences where occurrences.error = errors.id
) + (
  select coalesce(sum(octet_length(message)), 0) from variants where variants.error = errors.id
)`;
