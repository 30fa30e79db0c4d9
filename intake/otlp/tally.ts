import { OTHERS } from "../../store/limits.ts";
import { type Count, type Decoded, type Turns, Undecodable } from "../intake.ts";
import type { Entry, Resource } from "./telemetry.ts";

/** Records or spans of one request: exporters send 512 at once, a collector some thousands. */
const MAX_ITEMS = 20_000;
/** Beyond it nothing is counted any more: in 20 MiB each would have twenty bytes, and to walk over empty ones takes seconds. */
const MAX_COUNTED = 1_000_000;
/** Kinds and services of one request that are counted apart: a key has not many more names. */
const MAX_COUNTS = 400;

const DAMAGED = { outcome: "damaged" } as const;
const TOO_MANY = { outcome: "refused", reason: "too_many" } as const;

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
  readonly #serviceOf: (resource: Resource) => string;
  readonly #counts = new Map<string, Count>();
  #read = 0;
  #damaged = 0;
  #tooMany = 0;
  #firstReason = "";

  constructor(category: "log_item" | "span", serviceOf: (resource: Resource) => string) {
    this.#category = category;
    this.#serviceOf = serviceOf;
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
        this.#count({ ...TOO_MANY, category: this.#category, service: this.#serviceOf(resource) });
        continue;
      }
      try {
        placed.push({ item: read(), resource, scope });
      } catch (error) {
        this.#damaged++;
        this.#count({ ...DAMAGED, category: this.#category, service: this.#serviceOf(resource) });
        this.#firstReason ||= (error as Error).message;
      }
    }
    return placed;
  }

  /** One of this service that we do not keep. */
  ignore(service: string): void {
    this.#count({ outcome: "ignored", category: this.#category, service });
  }

  /** A failure of this service that the request tells of once more. */
  repeat(service: string): void {
    this.#count({ outcome: "ignored", category: "error", reason: "repeated", service });
  }

  /** All but the reports. */
  decoded(): Pick<Decoded, "counts" | "damaged"> {
    return { counts: [...this.#counts.values()], damaged: this.#sentence() };
  }

  #count(what: Omit<Count, "quantity">): void {
    let name = nameOf(what);
    if (!this.#counts.has(name) && this.#counts.size >= MAX_COUNTS) {
      what = { ...what, service: OTHERS };
      name = nameOf(what);
    }
    const quantity = (this.#counts.get(name)?.quantity ?? 0) + 1;
    this.#counts.set(name, { ...what, quantity });
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

function nameOf({ outcome, reason, service }: Omit<Count, "quantity">): string {
  return `${outcome} ${reason} ${service}`;
}
