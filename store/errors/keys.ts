/**
 * From an id, or a fingerprint and a masked message, to the error it belongs to.
 *
 * @module
 */
import type { Session } from "../database.ts";
import { cleanText, type ErrorRow } from "../rows.ts";

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
