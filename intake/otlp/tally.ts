import { type Count, type Decoded, type Turns, Undecodable } from "../intake.ts";
import type { Entry, Resource } from "./telemetry.ts";

/** Records or spans of one request: exporters send 512 at once, a collector some thousands. */
const MAX_ITEMS = 20_000;
/** Beyond it nothing is counted any more: in 20 MiB each would have twenty bytes, and to walk over empty ones takes seconds. */
const MAX_COUNTED = 1_000_000;

/** One that could be read, with where it came from. */
export interface Placed<Item> {
  readonly item: Item;
  readonly resource: Resource;
  readonly scope: string;
}

/** Reads what can be read, and counts what becomes no report. */
export class Tally {
  /** In Sentry's words, as all counts of what is not kept are. */
  readonly #category: "log_item" | "span";
  #read = 0;
  #damaged = 0;
  #tooMany = 0;
  #ignored = 0;
  #repeated = 0;
  #firstReason = "";

  constructor(category: "log_item" | "span") {
    this.#category = category;
  }

  /** @throws {Undecodable} when there are more than anyone sends. */
  async read<Item>(entries: Iterable<Entry<Item>>, turns?: Turns): Promise<Placed<Item>[]> {
    const placed: Placed<Item>[] = [];
    for (const { resource, scope, read } of entries) {
      const over = turns?.next();
      if (over) await over;
      if (++this.#read > MAX_ITEMS) {
        if (this.#read > MAX_COUNTED) throw tooMany();
        this.#tooMany++;
        continue;
      }
      try {
        placed.push({ item: read(), resource, scope });
      } catch (error) {
        this.#damaged++;
        this.#firstReason ||= (error as Error).message;
      }
    }
    return placed;
  }

  /** We do not keep these. */
  ignore(items: number): void {
    this.#ignored += items;
  }

  /** Told of more than once in this request. */
  repeat(failures: number): void {
    this.#repeated += failures;
  }

  /** All but the reports. */
  decoded(): Pick<Decoded, "counts" | "damaged"> {
    const category = this.#category;
    const counts: Count[] = [
      { outcome: "damaged", category, quantity: this.#damaged },
      { outcome: "refused", category, reason: "too_many", quantity: this.#tooMany },
      { outcome: "ignored", category, quantity: this.#ignored },
      { outcome: "ignored", category: "error", reason: "repeated", quantity: this.#repeated },
    ];
    return { counts: counts.filter(({ quantity }) => quantity > 0), damaged: this.#sentence() };
  }

  /** For the exporter's log: it shows it to people. */
  #sentence(): Decoded["damaged"] {
    const items = this.#damaged + this.#tooMany;
    if (items === 0) return undefined;
    const sentences = [];
    if (this.#damaged > 0) {
      sentences.push(`${this.#damaged} of ${this.#read} cannot be read: ${this.#firstReason}`);
    }
    if (this.#tooMany > 0) sentences.push(`no more than ${MAX_ITEMS} are taken at once`);
    return { items, sentence: sentences.join("; ") };
  }
}

function tooMany(): Undecodable {
  const sentence = `the body has more than ${MAX_COUNTED} records or spans`;
  return new Undecodable(413, "otlp.too_many_items", sentence);
}
