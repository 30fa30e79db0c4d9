/** From an id, or a fingerprint and a masked message, to the error it belongs to. */
import type { Session, Statement } from "../drivers/database.ts";
import { cleanText, type ErrorRow } from "./rows.ts";
import type { Failure } from "./tally.ts";

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

export interface KeyRow {
  key: string;
  error: number;
  split_from: string | null;
  variant: string | null;
}

/** Which errors some failures belong to, as the store says it. */
export class Keys {
  readonly #errors = new Map<string, number>();
  /** Of variants that were split off: fingerprint and masked message → key. None, for nearly all. */
  readonly #variants = new Map<string, string>();

  constructor(rows: readonly KeyRow[]) {
    this.add(rows);
  }

  add(rows: readonly KeyRow[]): void {
    for (const { key, error, split_from, variant } of rows) {
      this.#errors.set(key, error);
      if (split_from !== null) this.#variants.set(`${split_from} ${variant}`, key);
    }
  }

  /** The key of a failure's error: its fingerprint, or that of a variant that was split off. */
  keyOf({ entry }: Failure): string {
    const key = cleanText(entry.group!.key);
    if (this.#variants.size === 0) return key;
    return this.#variants.get(`${key} ${cleanText(entry.group!.masked)}`) ?? key;
  }

  /** The number of a key's error; undefined where none is open. */
  error(key: string): number | undefined {
    return this.#errors.get(key);
  }
}

/** Finds the keys of failures: their fingerprints, and the variants that were split off these. */
export function keysOf(failures: readonly Failure[]): Statement {
  const fingerprints = new Set(failures.map(({ entry }) => cleanText(entry.group!.key)));
  return {
    sql: `select key, error, split_from, variant from holdfast.error_keys where key = any ($1)
      union all
      select key, error, split_from, variant from holdfast.error_keys where split_from = any ($1)`,
    values: [[...fingerprints]],
  };
}
