/**
 * Which records have been stored already: a bit for each `seq` of a process. A record that comes twice, from a journal or because
 * the answer to a write was lost, is known by it, also after its log has gone.
 *
 * @module
 */
import type { Session, Statement } from "../database.ts";
import type { LogRecord } from "../record.ts";
import { cleanText } from "../rows.ts";

/** Records of one row: a kilobyte of bits, which each write of the process changes. */
const PART_RECORDS = 8192;

/** What a record is known by. */
export type RecordKey = Pick<LogRecord, "boot_id" | "seq">;

/** The bits of some parts, read and changed in one transaction. */
export class Seen {
  readonly #parts: Map<string, Part>;

  private constructor(parts: Map<string, Part>) {
    this.#parts = parts;
  }

  /** Reads what is known of these records and keeps other transactions from changing it. Gives the rows of `also` too. */
  static async load<Row>(
    session: Session,
    records: readonly RecordKey[],
    { nowMs, also }: { nowMs: number; also: Statement },
  ): Promise<{ seen: Seen; rows: Row[] }> {
    const parts = new Map<string, Part>();
    for (const record of records) {
      const { boot_id, part } = placeOf(record);
      parts.set(`${part} ${boot_id}`, { boot_id, part, bits: new Uint8Array() });
    }
    // In one order everywhere, so that two that write the same records wait for one another in turn.
    const sorted = [...parts].sort(([a], [b]) => a < b ? -1 : 1);
    const answers = await session.batch<Row | { bits: Uint8Array }>([
      ...sorted.map(([, part]) => ({
        sql: `insert into holdfast.log_seen (boot_id, part, bits, seen_at) values ($1, $2, $3, $4)
          on conflict (boot_id, part) do update set seen_at = excluded.seen_at returning bits`,
        values: [part.boot_id, part.part, part.bits, nowMs],
      })),
      also,
    ]);
    for (const [i, [, part]] of sorted.entries()) {
      part.bits = (answers[i] as { bits: Uint8Array }[])[0]!.bits;
    }
    return { seen: new Seen(parts), rows: answers.at(-1) as Row[] };
  }

  /** Notes a record. False: it has been noted before. */
  add(record: RecordKey): boolean {
    const { boot_id, part, bit } = placeOf(record);
    const row = this.#parts.get(`${part} ${boot_id}`)!;
    const byte = bit >> 3;
    const mask = 1 << (bit & 7);
    if (((row.bits[byte] ?? 0) & mask) !== 0) return false;
    if (byte >= row.bits.length || !row.isChanged) row.bits = longer(row.bits, byte + 1);
    row.bits[byte]! |= mask;
    row.isChanged = true;
    return true;
  }

  /** What writes down the notes. */
  saving(): Statement[] {
    return [...this.#parts.values()].filter(({ isChanged }) => isChanged).map((part) => ({
      sql: "update holdfast.log_seen set bits = $3 where boot_id = $1 and part = $2",
      values: [part.boot_id, part.part, part.bits],
    }));
  }
}

interface Part {
  boot_id: string;
  part: number;
  bits: Uint8Array;
  isChanged?: boolean;
}

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

function placeOf(record: RecordKey) {
  const { seq } = record;
  if (!Number.isSafeInteger(seq) || seq < 0) {
    throw new Error(
      `A record cannot be stored: its seq is ${seq}, which is no whole number from 0`,
    );
  }
  const part = Math.floor(seq / PART_RECORDS);
  return { boot_id: cleanText(record.boot_id), part, bit: seq - part * PART_RECORDS };
}

/** A copy with room for at least so many bytes. */
function longer(bits: Uint8Array, length: number): Uint8Array {
  const copy = new Uint8Array(Math.max(bits.length, length));
  copy.set(bits);
  return copy;
}
