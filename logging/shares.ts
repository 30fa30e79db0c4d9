/**
 * Room that services share, so that a noisy one leaves some to the others: each may have {@linkcode SHARE} times as much as
 * is still free. One alone gets four fifths, two get four ninths each, and one that is new finds room as long as there is any
 * (the dynamic thresholds of Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998).
 *
 * @module
 */
import { type RawRecord, REPORTED } from "./batch.ts";

/** Times what is free. */
const SHARE = 4;
/** This process's own records. */
const OWN = "";

/** Who has sent a record. */
export function ownerOf({ svcName, flags }: Pick<RawRecord, "svcName" | "flags">): string {
  return (flags & REPORTED) === 0 ? OWN : svcName;
}

/** Bytes by owner. */
export class Shares {
  /** What all of them have. */
  bytes = 0;
  /** What others have taken who are not counted here. */
  takenBytes = 0;
  /** What there is for all of them. */
  readonly limitBytes: number;
  readonly #bytes = new Map<string, number>();

  /** Nobody has anything yet. */
  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** How full it is: 1 is full. */
  get fill(): number {
    return (this.bytes + this.takenBytes) / this.limitBytes;
  }

  /** Whether this one may have more, where the room is so many times as large. */
  hasRoom(owner: string, times = 1): boolean {
    const freeBytes = this.limitBytes * times - this.bytes - this.takenBytes;
    return (this.#bytes.get(owner) ?? 0) < freeBytes * SHARE;
  }

  /** It has so much more. */
  add(owner: string, bytes: number): void {
    this.#bytes.set(owner, (this.#bytes.get(owner) ?? 0) + bytes);
    this.bytes += bytes;
  }

  /** They have so much less. */
  giveBack(returned: ReadonlyMap<string, number>): void {
    for (const [owner, bytes] of returned) {
      const left = (this.#bytes.get(owner) ?? 0) - bytes;
      if (left > 0) this.#bytes.set(owner, left);
      else this.#bytes.delete(owner);
      this.bytes -= bytes;
    }
  }
}

/** Adds to what one owner has of something that is given back as a whole. */
export function addTo(bytesOf: Map<string, number>, owner: string, bytes: number): void {
  bytesOf.set(owner, (bytesOf.get(owner) ?? 0) + bytes);
}
