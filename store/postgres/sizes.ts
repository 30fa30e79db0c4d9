/**
 * The books of what is stored are several rows, so that writers do not wait for one another.
 *
 * @module
 */
import type { Share } from "../shares.ts";
import type { Session } from "./database.ts";

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

/** What a line's byte and a row take in tables and indexes: measured, see docs/postgres.md. */
const BYTES_PER_LINE_BYTE = 2;
const BYTES_PER_ROW = 390;
/** What an error takes itself, with its key and its place in the lists: measured. */
const BYTES_PER_ERROR = 1500;

/**
 * What the logs are, and take in the database. Of what is stored, not of the files: these do not become smaller, and what is
 * free in them is used again.
 */
export async function logsIn(session: Session): Promise<{ rows: number; bytes: number }> {
  const row = await session.get<{ rows: number; bytes: number }>(
    `select coalesce(sum(rows), 0)::bigint as rows, coalesce(
       ${BYTES_PER_LINE_BYTE} * sum(bytes) + ${BYTES_PER_ROW} * sum(rows), 0
     )::bigint as bytes from holdfast.sizes`,
  );
  return row!;
}

/** What each service has of the errors, and takes in the database. */
export function sharesOf(session: Session): Promise<Share[]> {
  return session.all<Share>(
    `select svc_name, count(*) as errors, sum(kept)::bigint as kept, (
       ${BYTES_PER_LINE_BYTE} * sum(bytes) + ${BYTES_PER_ROW} * sum(kept)
       + ${BYTES_PER_ERROR} * count(*)
     )::bigint as bytes from holdfast.errors group by svc_name`,
  );
}
