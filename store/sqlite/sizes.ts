/**
 * How much the parts of the store hold.
 *
 * @module
 */
import type { Share } from "../shares.ts";
import type { Database } from "./database.ts";

/** What the occurrences and variants of a row of `errors` hold. Part of an update of it. */
export const HELD_BYTES: string = `(
  select coalesce(sum(octet_length(line)), 0) from occurrences where occurrences.error = errors.id
) + (
  select coalesce(sum(octet_length(message)), 0) from variants where variants.error = errors.id
)`;

/** What a byte of a line in `logs` takes in the file, with its words and its place in the indexes: measured. */
const FILE_BYTES_PER_LOG_BYTE = 1.65;
/** The same of what errors hold. */
const FILE_BYTES_PER_HELD_BYTE = 1.7;
/** What an error takes itself, with its key and its place in the lists. */
const FILE_BYTES_PER_ERROR = 800;

/** What the logs are, and take in the file. */
export function logsIn(db: Database): { rows: number; bytes: number } {
  const { rows, bytes } = db.get<{ rows: number; bytes: number }>(
    "select rows, bytes from log_count",
  )!;
  return { rows, bytes: bytes * FILE_BYTES_PER_LOG_BYTE };
}

/** How many errors there are. */
export function errorsIn(db: Database): number {
  return db.get<{ many: number }>("select count(*) as many from errors where id > 0")!.many;
}

/** What each service has of the errors, and takes in the file. */
export function sharesOf(db: Database): Share[] {
  return db.all<Share>(
    `select svc_name, count(*) as errors, sum(kept) as kept,
       sum(bytes) * ${FILE_BYTES_PER_HELD_BYTE} + count(*) * ${FILE_BYTES_PER_ERROR} as bytes
     from errors where id > 0 group by svc_name`,
  );
}
