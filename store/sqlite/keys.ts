/**
 * From a fingerprint, a variant or an id to the error it belongs to.
 *
 * @module
 */
import type { Database } from "./database.ts";
import { cleanText, type ErrorRow } from "../rows.ts";

/** By its public id, or by that of an error that was merged into it. */
export function findById(db: Database, id: string): ErrorRow | undefined {
  return db.get<ErrorRow>("select * from errors where uid = ?", [id]) ??
    db.get<ErrorRow>(
      `select errors.* from error_aliases join errors on errors.id = error_aliases.error
       where error_aliases.uid = ?`,
      [id],
    );
}

/** By a fingerprint, or by a variant's key. */
export function findByKey(db: Database, key: string): ErrorRow | undefined {
  return db.get<ErrorRow>(
    "select errors.* from error_keys join errors on errors.id = error_keys.error where key = ?",
    [key],
  );
}

/** The error that a variant of a fingerprint was split off to, if it was. */
export function findByVariant(db: Database, key: string, masked: string): ErrorRow | undefined {
  return db.get<ErrorRow>(
    `select errors.* from error_keys join errors on errors.id = error_keys.error
     where split_from = ? and variant = ?`,
    [key, cleanText(masked)],
  );
}

/** The variants of a fingerprint that were split off: masked message → key. None, for nearly all. */
export function splitVariants(db: Database, key: string): ReadonlyMap<string, string> {
  const rows = db.all<{ variant: string; key: string }>(
    "select variant, key from error_keys where split_from = ?",
    [key],
  );
  return new Map(rows.map(({ variant, key }) => [variant, key]));
}
