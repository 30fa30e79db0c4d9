/**
 * Which records have been stored already: a bit for each `seq` of a process. A record that comes twice, from a journal or because
 * the answer to a write was lost, is known by it, also after its log has gone.
 */
import { changedMeanwhile, type Session, type Statement } from "../drivers/database.ts";
import type { LogRecord } from "../record.ts";
import { cleanText } from "../errors/rows.ts";

/** Records of one row: a kilobyte of bits, which each write of the process changes. */
const PART_RECORDS = 8192;

/** Not with each write: the index by age would be written each time. */
const SEEN_EVERY_MS = 60 * 60 * 1000;

export type RecordKey = Pick<LogRecord, "boot_id" | "seq">;

/** The bits of some parts, read and changed in one transaction. */
export class Seen {
  readonly #parts = new Map<string, Part>();
  readonly #nowMs: number;
  /** Records of one process come one after another. */
  #last: { key: RecordKey; part: Part } | undefined;

  private constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** Reads what is known of these records and keeps other transactions from changing it. Gives the answers to `also` too. */
  static async load(
    session: Session,
    records: readonly RecordKey[],
    { nowMs, also }: { nowMs: number; also: readonly Statement[] },
  ): Promise<{ seen: Seen; answers: unknown[][] }> {
    const seen = new Seen(nowMs);
    for (const record of records) seen.#partOf(record);
    // In one order everywhere, so that two that write the same records wait for one another in turn.
    const sorted = [...seen.#parts].sort(([a], [b]) => a < b ? -1 : 1).map(([, part]) => part);
    const answers = await session.batch<unknown>([
      ...sorted.map(({ bootId, number }) => ({
        sql: `select bits, seen_at from holdfast.log_seen where boot_id = $1 and part = $2
          for update`,
        values: [bootId, number],
      })),
      ...also,
    ]);
    for (const [i, part] of sorted.entries()) {
      const [row] = answers[i] as { bits: Uint8Array; seen_at: number }[];
      if (row !== undefined) Object.assign(part, { bits: row.bits, seenAtMs: row.seen_at });
    }
    return { seen, answers: answers.slice(sorted.length) };
  }

  /** Notes a record. False: it has been noted before. */
  add(record: RecordKey): boolean {
    const part = this.#partOf(record);
    const bit = record.seq % PART_RECORDS;
    const byte = bit >> 3;
    const mask = 1 << (bit & 7);
    const bits = part.changed ?? part.bits;
    if (((bits[byte] ?? 0) & mask) !== 0) return false;
    if (part.changed === undefined || byte >= bits.length) {
      part.changed = longer(bits, byte + 1);
    }
    part.changed[byte]! |= mask;
    return true;
  }

  /** What writes the notes down; {@linkcode Seen.checkSaved} is given its answers. */
  saving(): Statement[] {
    return [...this.#parts.values()].filter(({ changed }) => changed !== undefined)
      .map((part) => this.#saving(part));
  }

  /** @throws when another transaction made a row meanwhile, which is not there to be locked before. */
  checkSaved(answers: readonly unknown[][]): void {
    if (answers.some((rows) => rows.length === 0)) throw changedMeanwhile("what has been seen");
  }

  #saving({ bootId, number, bits, changed, seenAtMs }: Part): Statement {
    const values = [bootId, number, changed!];
    if (this.#nowMs - seenAtMs < SEEN_EVERY_MS) {
      return {
        sql: `update holdfast.log_seen set bits = $3 where boot_id = $1 and part = $2
          returning part`,
        values,
      };
    }
    return {
      sql: `insert into holdfast.log_seen (boot_id, part, bits, seen_at) values ($1, $2, $3, $4)
        on conflict (boot_id, part) do update set bits = excluded.bits, seen_at = excluded.seen_at
        where log_seen.bits = $5 returning part`,
      values: [...values, this.#nowMs, bits],
    };
  }

  #partOf(record: RecordKey): Part {
    const { boot_id, seq } = record;
    if (!Number.isSafeInteger(seq) || seq < 0) {
      throw new Error(
        `A record cannot be stored: its seq is ${seq}, which is no whole number from 0`,
      );
    }
    const number = Math.floor(seq / PART_RECORDS);
    const last = this.#last;
    if (last?.part.number === number && last.key.boot_id === boot_id) return last.part;
    const bootId = cleanText(boot_id);
    const key = `${number} ${bootId}`;
    const part = this.#parts.get(key) ?? { bootId, number, bits: NONE, seenAtMs: -Infinity };
    this.#parts.set(key, part);
    this.#last = { key: record, part };
    return part;
  }
}

interface Part {
  bootId: string;
  number: number;
  bits: Uint8Array;
  /** When its row said that it was seen. */
  seenAtMs: number;
  /** With what was noted since. */
  changed?: Uint8Array;
}

const NONE = new Uint8Array();

/** Forgets processes that have written nothing since a time; some of them. Says how many rows. */
export function forgetSeen(
  session: Session,
  { beforeMs, most }: { beforeMs: number; most: number },
): Promise<number> {
  return session.run(
    `delete from holdfast.log_seen where (boot_id, part) in (
       select boot_id, part from holdfast.log_seen where seen_at < $1 limit $2
     )`,
    [beforeMs, most],
  );
}

/** A copy with room for at least so many bytes. */
function longer(bits: Uint8Array, length: number): Uint8Array {
  const copy = new Uint8Array(Math.max(bits.length, length));
  copy.set(bits);
  return copy;
}
