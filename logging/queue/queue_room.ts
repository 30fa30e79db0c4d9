import { type RawRecord, REPORTED } from "./batch.ts";
import { ownerOf, type Share, Shares } from "./shares.ts";
import { SEVERITY } from "../../store/record.ts";

/** What the queue may hold: 32 MiB, about 40,000 records with bodies of a few hundred bytes. */
const MAX_QUEUE_BYTES = 32 * 1024 * 1024;
/** In addition, what other services report may take this part of it: 16 MiB. Neither takes the other's room. */
const REPORTED_PART = 1 / 2;
/** DEBUG is refused from this fill on. */
const DEBUG_UNTIL = 1 / 2;
/** INFO is refused from this fill on. */
const INFO_UNTIL = 4 / 5;
/** Failures that no disk takes may fill the queue this many times. */
const RESERVE = 2;
/** At this fill an overload is over. */
const CALM_FILL = 1 / 4;

export type Entrant = Pick<RawRecord, "severity" | "svcName" | "flags" | "reporter">;

/**
 * Which records may enter the queue: the cheap ones are refused first, and what other services report has room of its own, of
 * which each service has a share.
 */
export class QueueRoom {
  ownBytes = 0;
  readonly limitBytes: number;
  readonly #reported: Shares;

  /** `limitBytes` bounds this process's own records. */
  constructor(limitBytes: number = MAX_QUEUE_BYTES) {
    this.limitBytes = limitBytes;
    this.#reported = new Shares(limitBytes * REPORTED_PART);
  }

  get bytes(): number {
    return this.ownBytes + this.#reported.bytes;
  }

  get wholeLimitBytes(): number {
    return this.limitBytes + this.#reported.limitBytes;
  }

  get isCalm(): boolean {
    return this.ownBytes <= this.limitBytes * CALM_FILL;
  }

  get isCalmForAll(): boolean {
    return this.isCalm && this.#reported.fill <= CALM_FILL;
  }

  admits(entrant: Entrant): boolean {
    const { severity, flags } = entrant;
    if ((flags & REPORTED) === 0) return this.ownBytes < this.limitBytes * fillUntil(severity);
    return this.#reported.fill < fillUntil(severity) && this.#reported.hasRoom(ownerOf(entrant));
  }

  /** Whether a failure may enter a full queue: the reserve before failures are dropped. */
  admitsInReserve(entrant: Entrant): boolean {
    return (entrant.flags & REPORTED) === 0
      ? this.ownBytes < this.limitBytes * RESERVE
      : this.#reported.hasRoom(ownerOf(entrant), RESERVE);
  }

  /** A record has entered. Gives the share that it takes; none for this process's own. */
  enter(entrant: Entrant, bytes: number): Share | undefined {
    if (entrant.flags & REPORTED) return this.#reported.add(ownerOf(entrant), bytes);
    this.ownBytes += bytes;
  }

  leave({ bytes, reported }: { bytes: number; reported?: ReadonlyMap<Share, number> }): void {
    const before = this.#reported.bytes;
    if (reported) this.#reported.giveBack(reported);
    this.ownBytes -= bytes - (before - this.#reported.bytes);
  }
}

function fillUntil(severity: number): number {
  if (severity < SEVERITY.INFO) return DEBUG_UNTIL;
  if (severity < SEVERITY.WARN) return INFO_UNTIL;
  return 1;
}
