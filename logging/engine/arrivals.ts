/** Deliveries that wait to be read: whoever had the least of the worker's time is next. */
import { setImmediate } from "node:timers/promises";
import type { Turns } from "../../intake/intake.ts";
import type { DeliveryMessage } from "../protocol.ts";

/** Deliveries are read for so long before questions and other records have their turn. */
export const TURN_MS = 8;
/** Of reporters with nothing waiting, at most: what they have had is forgotten then. */
const MAX_IDLE_LANES = 1_000;

/** What one key has sent. */
interface Lane {
  readonly waiting: DeliveryMessage[];
  /** What it had of the worker's time, by the clock of all lanes. */
  usedMs: number;
  /** Deliveries of it that are being read for longer than a turn. */
  long: number;
}

/** Nobody waits for the delivery any more. */
export class Late extends Error {}

/**
 * Fair by time, not by number: a delivery may take the worker a second or a thousandth of it. One that takes longer than a turn is
 * read in turns, and its key's next ones wait until it is done: so much memory it may cost, and no more.
 */
export class Arrivals {
  readonly #lanes = new Map<string, Lane>();
  /** What the lane that was served last had by then: who comes back has no claim to what it did not use. */
  #clockMs = 0;

  push(message: DeliveryMessage): void {
    const lane = this.#laneOf(message);
    if (lane.waiting.length === 0) lane.usedMs = Math.max(lane.usedMs, this.#clockMs);
    lane.waiting.push(message);
  }

  /** Whether there is one that can be read now. */
  get hasNext(): boolean {
    return this.#nextLane() !== undefined;
  }

  next(): DeliveryMessage | undefined {
    const lane = this.#nextLane();
    if (lane !== undefined) this.#clockMs = lane.usedMs;
    return lane?.waiting.shift();
  }

  /** The time that reading one takes, from now on. `endMs`: nobody waits for it after that. */
  turnOf(message: DeliveryMessage, endMs: number): Turn {
    return new Turn(this.#laneOf(message), endMs);
  }

  clear(): void {
    this.#lanes.clear();
  }

  #nextLane(): Lane | undefined {
    let next: Lane | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.waiting.length === 0 || lane.long > 0) continue;
      if (next === undefined || lane.usedMs < next.usedMs) next = lane;
    }
    return next;
  }

  #laneOf({ delivery: { reporter = "" } }: DeliveryMessage): Lane {
    let lane = this.#lanes.get(reporter);
    if (lane === undefined) {
      if (this.#lanes.size >= MAX_IDLE_LANES) this.#forgetIdle();
      this.#lanes.set(reporter, lane = { waiting: [], usedMs: this.#clockMs, long: 0 });
    }
    return lane;
  }

  #forgetIdle(): void {
    for (const [reporter, { waiting, long }] of this.#lanes) {
      if (waiting.length === 0 && long === 0) this.#lanes.delete(reporter);
    }
  }
}

/** One delivery's time. */
export class Turn implements Turns {
  readonly #lane: Lane;
  readonly #endMs: number;
  /** Undefined while it waits for something. */
  #startedMs: number | undefined = performance.now();
  #isLong = false;

  constructor(lane: Lane, endMs: number) {
    this.#lane = lane;
    this.#endMs = endMs;
  }

  next(): Promise<void> | undefined {
    const nowMs = performance.now();
    if (nowMs > this.#endMs) throw new Late();
    return nowMs - (this.#startedMs ?? nowMs) < TURN_MS ? undefined : this.#wait();
  }

  /** Waits for what others do: that is not its time. */
  async outside<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#stop();
    try {
      return await work();
    } finally {
      this.#startedMs = performance.now();
    }
  }

  end(): void {
    this.#stop();
    if (this.#isLong) this.#lane.long--;
    this.#isLong = false;
  }

  async #wait(): Promise<void> {
    if (!this.#isLong) this.#lane.long++;
    this.#isLong = true;
    await this.outside(() => setImmediate());
  }

  #stop(): void {
    if (this.#startedMs !== undefined) this.#lane.usedMs += performance.now() - this.#startedMs;
    this.#startedMs = undefined;
  }
}
