/** What keys and clients brought to this process since the store was told last: added up here, and told every few seconds. */
import { OTHERS } from "../store/limits.ts";
import type { IntakeCount, IntakeNote, KeyUse, StoreReads } from "../store/store.ts";
import { isDoneWithin } from "./pause.ts";

/** Between two notes. */
const TELL_EVERY_MS = 3_000;
/** Keys, and rows of counts, that are held: what is beyond them is counted as one. */
const MAX_ROWS = 2_000;
/** At the end of a process, where records have to be stored too. */
const MAX_CLOSING_MS = 500;
const SECOND_MS = 1_000;

export interface IntakeCountsOptions {
  store: Pick<StoreReads, "noteIntake">;
  /** Milliseconds since 1970. */
  now?: () => number;
}

interface Use {
  taken: number;
  refused: number;
  peak: number;
  usedMs: number;
  /** The second that is running, and the records taken in it. */
  second: number;
  inSecond: number;
}

export class IntakeCounts {
  readonly #options: IntakeCountsOptions;
  readonly #now: () => number;
  #keys = new Map<string, Use>();
  #counts = new Map<string, IntakeCount>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #telling: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: IntakeCountsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Whether there is nothing to tell, and nothing on its way. */
  get isEmpty(): boolean {
    return this.#timer === undefined && this.#telling === undefined &&
      this.#keys.size + this.#counts.size === 0;
  }

  /** Records that a key brought: taken, or refused. */
  addUse(key: string, { taken = 0, refused = 0 }: { taken?: number; refused?: number }): void {
    const nowMs = this.#now();
    const use = this.#useOf(key);
    const second = Math.floor(nowMs / SECOND_MS);
    if (use.second !== second) Object.assign(use, { second, inSecond: 0 });
    use.inSecond += taken;
    use.peak = Math.max(use.peak, use.inSecond);
    use.taken += taken;
    use.refused += refused;
    use.usedMs = nowMs;
    this.#tellSoon();
  }

  /** What a client sent, and what became of it. */
  addCount({ quantity, ...what }: IntakeCount): void {
    let name = JSON.stringify(Object.values(what));
    let row = this.#counts.get(name);
    if (row === undefined && this.#counts.size >= MAX_ROWS) {
      what = { ...what, service: OTHERS, client: OTHERS, category: OTHERS, reason: "" };
      name = JSON.stringify(Object.values(what));
      row = this.#counts.get(name);
    }
    this.#counts.set(name, { ...what, quantity: quantity + (row?.quantity ?? 0) });
    this.#tellSoon();
  }

  /** Tells the store what there is. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#telling;
    await this.#begin();
  }

  /** The same for the last time; what the store does not take by then is not counted. */
  async close({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    await isDoneWithin(this.flush(), Math.min(deadlineMs, MAX_CLOSING_MS));
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #useOf(key: string): Use {
    const id = this.#keys.has(key) || this.#keys.size < MAX_ROWS ? key : OTHERS;
    let use = this.#keys.get(id);
    if (!use) {
      this.#keys.set(
        id,
        use = { taken: 0, refused: 0, peak: 0, usedMs: 0, second: 0, inSecond: 0 },
      );
    }
    return use;
  }

  #tellSoon(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#begin();
    }, TELL_EVERY_MS);
    // Counts alone keep no process alive.
    Deno.unrefTimer(this.#timer);
  }

  #begin(): Promise<void> {
    const telling = this.#telling = this.#tell().finally(() => {
      if (this.#telling === telling) this.#telling = undefined;
    });
    return telling;
  }

  async #tell(): Promise<void> {
    const [keys, counts] = [this.#keys, this.#counts];
    if (keys.size + counts.size === 0) return;
    [this.#keys, this.#counts] = [new Map(), new Map()];
    try {
      await this.#options.store.noteIntake(noteOf(keys, counts));
    } catch {
      // The next note has them. Where the store did take them and could not say so, they count twice: an estimate is enough here.
      for (const [id, use] of keys) this.#merge(id, use);
      for (const count of counts.values()) this.addCount(count);
    }
  }

  #merge(id: string, use: Use): void {
    const now = this.#useOf(id);
    now.taken += use.taken;
    now.refused += use.refused;
    now.peak = Math.max(now.peak, use.peak);
    now.usedMs = Math.max(now.usedMs, use.usedMs);
    this.#tellSoon();
  }
}

function noteOf(
  keys: ReadonlyMap<string, Use>,
  counts: ReadonlyMap<string, IntakeCount>,
): IntakeNote {
  return {
    keys: [...keys].map(([id, { taken, refused, peak, usedMs }]): KeyUse => (
      { id, taken, refused, peak, usedMs }
    )),
    counts: [...counts.values()],
  };
}
