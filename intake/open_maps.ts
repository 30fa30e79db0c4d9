/** Maps that were read lately: their blocks and sources stay in memory within a bound, and what is not there is not asked for again at once. */
import type { FoundMap, MapSource } from "../store/maps/maps.ts";
import { StoreBusy } from "../store/store.ts";
import {
  loadTraceMapping,
  type Original,
  type TraceMap,
  type TraceMapping,
} from "../store/maps/trace_mapping.ts";

/** Where maps are read: the store. */
export interface MapReader {
  findMap(service: string, debugId: string): Promise<FoundMap | null>;
  mapBlocks(
    map: number,
    numbers: readonly number[],
  ): Promise<readonly { number: number; text: Uint8Array }[]>;
  mapSources(map: number, numbers: readonly number[]): Promise<readonly MapSource[]>;
}

/** An original file, opened. */
export interface Source {
  readonly path: string;
  readonly isLibrary: boolean;
  /** Empty where the map has none. */
  readonly text: string;
  readonly lines: readonly string[];
}

interface Asked {
  readonly service: string;
  readonly debugId: string;
  /** `line` from 1, `column` from 0. */
  readonly positions: readonly { line: number; column: number }[];
}

/** Where a position was in the original. */
export interface Place {
  readonly original: Original & { readonly line: number };
  readonly source: Source;
  /** The name of what stands behind a `new` there. */
  constructed(): string | null;
}

/** Engines give the place of the `new`. */
const NEW_CHARS = "new ".length;

const MAX_BYTES = 64 * 1024 * 1024;
/** What an opened block takes, by the bytes of its text: measured. */
const BLOCK_FACTOR = 8;
/** The same of a source: the text, and its lines. */
const SOURCE_FACTOR = 4;
const ENTRY_BYTES = 200;

/** A map that is not there may be uploaded any moment; one that is may be replaced. */
const FORGET_MISSING_MS = 10_000;
const FORGET_FOUND_MS = 60_000;
/** After the store did not answer, so that a dead one does not delay each report. */
const PAUSE_MS = 5_000;

type Cached =
  | { kind: "map"; found: FoundMap | null; untilMs: number }
  | { kind: "block"; block: TraceMap | undefined }
  | { kind: "source"; source: Source | undefined };

export class OpenMaps {
  readonly #reader: MapReader;
  readonly #maxBytes: number;
  /** The one that was not used for longest comes first. */
  readonly #cache = new Map<string, { value: Cached; bytes: number }>();
  #bytes = 0;
  #pausedUntilMs = 0;
  #library: TraceMapping | undefined;

  constructor(reader: MapReader, { maxBytes = MAX_BYTES }: { maxBytes?: number } = {}) {
    this.#reader = reader;
    this.#maxBytes = maxBytes;
  }

  /** Where the positions come from; undefined for those of which nothing is known. The store is waited for until `endMs`. */
  async find(
    { service, debugId, positions }: Asked,
    endMs: number,
  ): Promise<(Place | undefined)[]> {
    const nothing = positions.map(() => undefined);
    const map = await this.#findMap(service, debugId, endMs);
    if (map === null) return nothing;
    const numbers = positions.map((position) => blockOf(map, position));
    const wished = numbers.filter((number) => number >= 0);
    const blocks = await this.#blocks(map.id, wished, endMs);
    // Another upload has taken its place: the next event finds that.
    if (wished.some((number) => !blocks.has(number))) this.#remove(keyOf(service, debugId));
    const { originalPositionFor } = this.#library ??= await loadTraceMapping();
    const originals = positions.map(({ line, column }, index) => {
      const number = numbers[index]!;
      const block = blocks.get(number);
      if (block === undefined) return undefined;
      const first = map.starts[number * 2]!;
      const at = (column: number) => originalPositionFor(block, { line: line - first, column });
      const original = at(column);
      // A damaged map may lead anywhere.
      if (original.source === null || !(original.line! >= 1)) return undefined;
      return {
        original: original as Place["original"],
        constructed: () => at(column + NEW_CHARS).name,
        number: Number(original.source),
      };
    });
    const wanted = originals.flatMap((found) => found ? [found.number] : []);
    const sources = await this.#sources(map.id, wanted, endMs);
    return originals.map((found) => {
      const source = found && sources.get(found.number);
      return source && source.path !== "" ? { ...found, source } : undefined;
    });
  }

  async #findMap(
    service: string,
    debugId: string,
    endMs: number,
  ): Promise<FoundMap | null> {
    const key = keyOf(service, debugId);
    const known = this.#get(key);
    if (known?.kind === "map" && known.untilMs > performance.now()) return known.found;
    const found = await this.#ask(() => this.#reader.findMap(service, debugId), endMs);
    const forMs = found === null ? FORGET_MISSING_MS : FORGET_FOUND_MS;
    const bytes = key.length + (found?.starts.length ?? 0) * 8;
    this.#set(key, { kind: "map", found, untilMs: performance.now() + forMs }, bytes);
    return found;
  }

  async #blocks(
    map: number,
    numbers: readonly number[],
    endMs: number,
  ): Promise<ReadonlyMap<number, TraceMap>> {
    const opened = new Map<number, TraceMap>();
    const missing = new Set<number>();
    for (const number of numbers) {
      const known = this.#get(`${map} block ${number}`);
      if (known?.kind !== "block") missing.add(number);
      else if (known.block !== undefined) opened.set(number, known.block);
    }
    if (missing.size === 0) return opened;
    const { TraceMap } = this.#library ??= await loadTraceMapping();
    const read = await this.#ask(() => this.#reader.mapBlocks(map, [...missing]), endMs);
    for (const { number, text } of read) {
      const block = openBlock(text, TraceMap);
      if (block !== undefined) opened.set(number, block);
      this.#set(`${map} block ${number}`, { kind: "block", block }, text.length * BLOCK_FACTOR);
    }
    return opened;
  }

  async #sources(
    map: number,
    numbers: readonly number[],
    endMs: number,
  ): Promise<ReadonlyMap<number, Source>> {
    const opened = new Map<number, Source>();
    const missing = new Set<number>();
    for (const number of numbers) {
      const known = this.#get(`${map} source ${number}`);
      if (known?.kind !== "source") missing.add(number);
      else if (known.source !== undefined) opened.set(number, known.source);
    }
    if (missing.size === 0) return opened;
    const read = await this.#ask(() => this.#reader.mapSources(map, [...missing]), endMs);
    for (const { number, path, isLibrary, text: bytes } of read) {
      const text = bytes === null ? "" : new TextDecoder().decode(bytes);
      const source = { path, isLibrary, text, lines: text === "" ? [] : text.split(/\r?\n/) };
      opened.set(number, source);
      const size = text.length * SOURCE_FACTOR;
      this.#set(`${map} source ${number}`, { kind: "source", source }, size);
    }
    return opened;
  }

  /** Asks the store, which may be slow or away. */
  async #ask<Answer>(question: () => Promise<Answer>, endMs: number): Promise<Answer> {
    const nowMs = performance.now();
    if (nowMs < this.#pausedUntilMs) throw new StoreBusy("The store did not answer a moment ago");
    const { promise: late, reject } = Promise.withResolvers<never>();
    const forMs = Math.max(endMs - nowMs, 0);
    const timer = setTimeout(() => reject(new StoreBusy("The store did not answer")), forMs);
    try {
      return await Promise.race([question(), late]);
    } catch (error) {
      // A damaged map is no reason to leave the others out.
      if (error instanceof StoreBusy) this.#pausedUntilMs = performance.now() + PAUSE_MS;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #get(key: string): Cached | undefined {
    const entry = this.#cache.get(key);
    if (entry === undefined) return undefined;
    this.#cache.delete(key);
    this.#cache.set(key, entry);
    return entry.value;
  }

  #set(key: string, value: Cached, size: number): void {
    this.#remove(key);
    const bytes = size + ENTRY_BYTES;
    this.#cache.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#cache.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    this.#bytes -= this.#cache.get(key)?.bytes ?? 0;
    this.#cache.delete(key);
  }
}

function keyOf(service: string, debugId: string): string {
  return JSON.stringify([service, debugId]);
}

/** Undefined for a damaged one. */
function openBlock(text: Uint8Array, Map: TraceMapping["TraceMap"]): TraceMap | undefined {
  try {
    return new Map(new TextDecoder().decode(text));
  } catch {
    return undefined;
  }
}

/** The last block that begins at or before a position; -1 for none. */
function blockOf({ starts }: FoundMap, { line, column }: { line: number; column: number }): number {
  let low = 0;
  let high = starts.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    const [startLine, startColumn] = [starts[middle * 2]!, starts[middle * 2 + 1]!];
    if (startLine < line - 1 || (startLine === line - 1 && startColumn <= column)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
