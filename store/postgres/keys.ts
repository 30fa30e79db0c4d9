/**
 * From a fingerprint, a variant or an id to the error it belongs to.
 *
 * @module
 */
import { cleanText, type ErrorRow } from "../rows.ts";
import type { Failure } from "../tally.ts";
import type { Session } from "./database.ts";

/** By its public id, or by that of an error that was merged into it. */
export function findById(session: Session, id: string): Promise<ErrorRow | undefined> {
  return session.get<ErrorRow>(
    `select * from holdfast.errors where uid = $1
     union all
     select errors.* from holdfast.error_aliases as merged
     join holdfast.errors on errors.id = merged.error where merged.uid = $1`,
    [cleanText(id)],
  );
}

/** By a fingerprint and a masked message: the error of the variant where it was split off. */
export function findByVariant(
  session: Session,
  { key, masked }: { key: string; masked: string },
): Promise<ErrorRow | undefined> {
  return session.get<ErrorRow>(
    `select errors.* from holdfast.error_keys join holdfast.errors on errors.id = error_keys.error
     where key = $1 or (split_from = $1 and variant = $2)
     order by split_from nulls last limit 1`,
    [key, cleanText(masked)],
  );
}

/** A row of `error_keys`. */
export interface KeyRow {
  /** A fingerprint, or the key of a variant. */
  key: string;
  /** The fingerprint, where this is the key of a variant. */
  split_from: string | null;
  /** The masked message. */
  variant: string | null;
}

/** The key of a failure's error: its fingerprint, or that of a variant that was split off. */
export function keysIn(rows: readonly KeyRow[]): (failure: Failure) => string {
  const split = new Map<string, string>();
  for (const { key, split_from, variant } of rows) {
    if (split_from !== null) split.set(`${split_from} ${variant}`, key);
  }
  return ({ entry }) => {
    const key = cleanText(entry.group!.key);
    return split.get(`${key} ${cleanText(entry.group!.masked)}`) ?? key;
  };
}

/** Their fingerprints, each once. */
export function fingerprintsOf(failures: readonly Failure[]): string[] {
  return [...new Set(failures.map(({ entry }) => cleanText(entry.group!.key)))];
}
