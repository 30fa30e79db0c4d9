import type { Counters } from "./counters.ts";
import type { FromWorker, SinkName, WorkerSettings } from "../protocol.ts";
import type { Queue } from "./queue.ts";
import { SEVERITY } from "../../store/record.ts";

export interface SideSinksOptions {
  queue: Queue;
  counters: Counters;
  onTrouble: (severity: number, message: string, attrs?: Record<string, unknown>) => void;
}

/**
 * The sinks beside the store: which are down, and what those that are behind have missed. They hold up nothing: what one does
 * not get is counted, and reported when that begins and when it is over.
 */
export class SideSinks {
  readonly #options: SideSinksOptions;
  readonly #down = new Set<SinkName>();
  /** Records that each sink has skipped since it fell behind. */
  readonly #missed = new Map<SinkName, number>();
  readonly #refusals = new Map<SinkName, number>();

  constructor(options: SideSinksOptions) {
    this.#options = options;
  }

  /** All sinks that take nothing now, the store too. */
  get down(): ReadonlySet<SinkName> {
    return this.#down;
  }

  note(sink: SinkName, up: boolean): void {
    if (up) this.#down.delete(sink);
    else this.#down.add(sink);
  }

  /** A new worker knows nothing about its sinks yet. */
  forget(): void {
    this.#down.clear();
  }

  /** Whether every sink that is up has all up to this batch: one that is down is not waited for. */
  have(lastBatch: number): boolean {
    return this.#options.queue.lacking(lastBatch).every((name) => this.#down.has(name));
  }

  /** Lets sinks that are too far behind skip the oldest. */
  skip(): void {
    const { queue } = this.#options;
    const skipped = queue.skip();
    for (const [sink, records] of Object.entries(skipped) as [SinkName, number][]) {
      if (!this.#missed.has(sink)) this.#reportBehind(sink);
      this.#missed.set(sink, (this.#missed.get(sink) ?? 0) + records);
    }
    for (const [sink, records] of this.#missed) {
      if (!queue.isBehind(sink)) this.#reportCaughtUp(sink, records);
    }
  }

  /** A sink can never take some records. Reported at 1, 2, 4, 8 …: it may take none at all. */
  refuse({ sink, records, sentence }: Extract<FromWorker, { type: "refused" }>): void {
    const { counters, onTrouble } = this.#options;
    if (records > 0) counters.skip({ [sink]: records }, "refused");
    const count = (this.#refusals.get(sink) ?? 0) + 1;
    this.#refusals.set(sink, count);
    if ((count & (count - 1)) !== 0) return;
    const attrs = { sink, records, refused_since_start: counters.skipped[sink]?.refused };
    onTrouble(SEVERITY.WARN, sentence, attrs);
  }

  #reportBehind(sink: SinkName): void {
    const sentence = `The ${sink} sink is behind and skips the oldest records; the store has them`;
    this.#options.onTrouble(SEVERITY.WARN, sentence, { sink });
  }

  #reportCaughtUp(sink: SinkName, skipped: number): void {
    this.#missed.delete(sink);
    const sentence = `The ${sink} sink has caught up: it skipped ${skipped} records`;
    this.#options.onTrouble(SEVERITY.INFO, sentence, { sink, skipped });
  }
}

export function sideSinksIn(
  { console, file, otlp }: Pick<WorkerSettings, "console" | "file" | "otlp">,
): SinkName[] {
  const names: SinkName[] = [];
  if (console.format !== "off") names.push("console");
  if (file !== undefined) names.push("file");
  if (otlp !== undefined) names.push("otlp");
  return names;
}
