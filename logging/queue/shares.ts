/**
 * Room that services share, so that a noisy one leaves some to the others: each sender may have {@linkcode SHARE} times what is
 * still free, and each of its services as many times what is still free of that. A single sender gets four fifths, two get four
 * ninths each, and a new one finds room as long as there is any (the dynamic thresholds of Choudhury and Hahne, "Dynamic queue
 * length thresholds for shared-memory packet switches", 1998). After many senders nothing is free by that rule:
 * {@linkcode SURE_PART} of all is there for each service nevertheless.
 *
 * @module
 */
import { type RawRecord, REPORTED } from "./batch.ts";

/** Times what is free. */
const SHARE = 4;
/** Of the whole room: a key's hundred services take a tenth in this way; the rule above leaves a fifth. */
const SURE_PART = 1 / 1_000;

export interface Owner {
  /** One sender may have many services. */
  readonly reporter: string;
  readonly service: string;
}

const OWN: Owner = { reporter: "", service: "" };

export function ownerOf(
  { svcName, flags, reporter = "" }: Pick<RawRecord, "svcName" | "flags" | "reporter">,
): Owner {
  return (flags & REPORTED) === 0 ? OWN : { reporter, service: svcName };
}

export interface Share {
  bytes: number;
  readonly owner: Owner;
}

interface Sender {
  bytes: number;
  readonly services: Map<string, Share>;
}

export class Shares {
  bytes = 0;
  /** What other processes have taken. */
  takenBytes = 0;
  readonly limitBytes: number;
  readonly #senders = new Map<string, Sender>();

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** 1 is full. */
  get fill(): number {
    return (this.bytes + this.takenBytes) / this.limitBytes;
  }

  /** Whether this owner may have more, if the room were `times` as large. */
  hasRoom({ reporter, service }: Owner, times = 1): boolean {
    const limitBytes = this.limitBytes * times;
    const freeBytes = limitBytes - this.bytes - this.takenBytes;
    if (freeBytes <= 0) return false;
    const sender = this.#senders.get(reporter);
    const bytes = sender?.services.get(service)?.bytes ?? 0;
    if (bytes < limitBytes * SURE_PART) return true;
    return bytes < (freeBytes * SHARE - (sender?.bytes ?? 0)) * SHARE;
  }

  /** Gives the owner's share, for `giveBack()`. */
  add(owner: Owner, bytes: number): Share {
    const { reporter, service } = owner;
    let sender = this.#senders.get(reporter);
    if (!sender) this.#senders.set(reporter, sender = { bytes: 0, services: new Map() });
    let share = sender.services.get(service);
    if (!share) sender.services.set(service, share = { bytes: 0, owner });
    share.bytes += bytes;
    sender.bytes += bytes;
    this.bytes += bytes;
    return share;
  }

  giveBack(returned: ReadonlyMap<Share, number>): void {
    for (const [share, bytes] of returned) {
      const { reporter, service } = share.owner;
      const sender = this.#senders.get(reporter)!;
      share.bytes -= bytes;
      sender.bytes -= bytes;
      this.bytes -= bytes;
      if (share.bytes <= 0) sender.services.delete(service);
      if (sender.services.size === 0) this.#senders.delete(reporter);
    }
  }
}

/** Adds to a share's part of something that is given back as a whole. */
export function addTo(bytesOf: Map<Share, number>, share: Share, bytes: number): void {
  bytesOf.set(share, (bytesOf.get(share) ?? 0) + bytes);
}
