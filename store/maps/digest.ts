/**
 * Makes of one source map what is kept of it: many small maps, and the sources apart. To look up a position one of each is read
 * then. A whole map of 49 MB takes 0.7 s to read and 270 MB of memory, each time; measured November 2026, Deno 2.9.6.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { pack } from "../log/codec.ts";
import { isLibrary, sourcePath } from "./source_path.ts";
import {
  loadTraceMapping,
  type Segment,
  type TraceMap,
  type TraceMapping,
} from "./trace_mapping.ts";

/** Of a map's text in one block: some two thousand positions, a fifth of a millisecond to read. */
const BLOCK_CHARS = 16 * 1024;

const MAX_SEGMENTS = 8_000_000;
const MAX_LINES = 1_000_000;
const MAX_SOURCES = 20_000;

/** After so long, events and questions have their turn. */
const TURN_MS = 8;

/** What lets JSON that is loaded as a script fail: it may stand before a map. */
const SCRIPT_GUARD = ")]}";

/** What is kept of a map. */
export interface Digest {
  /** Of the map as it came. */
  readonly sha1: string;
  /** Line and column, from 0, at which each block begins, one after the other. */
  readonly starts: readonly number[];
  readonly blocks: readonly Uint8Array[];
  readonly sources: readonly Source[];
  /** Of all of it. */
  readonly bytes: number;
}

interface Source {
  readonly path: string;
  readonly isLibrary: boolean;
  readonly data: Uint8Array | null;
}

/** A map that is not kept: the sentence goes to who uploads it. */
export class BadMap extends Error {
  override name = "BadMap";
}

/** A source map as it is parsed: strangers wrote it. */
export type RawMap = Record<string, unknown>;

/** The JSON of a map. @throws {BadMap} */
export function parseMap(bytes: Uint8Array): RawMap {
  let text = new TextDecoder().decode(bytes);
  if (text.startsWith(SCRIPT_GUARD)) text = text.slice(text.indexOf("\n") + 1);
  try {
    const map = JSON.parse(text);
    if (typeof map === "object" && map !== null && !Array.isArray(map)) return map;
  } catch {
    // Said below.
  }
  throw new BadMap("it is no JSON object");
}

/** In turns of the event loop. @throws {BadMap} when it is no source map, or too large a one. */
export async function digestMap(bytes: Uint8Array): Promise<Digest> {
  const nextTurn = turns();
  const sha1 = createHash("sha1").update(bytes).digest("hex");
  await nextTurn();
  // The longest turn: a fifth of a second for 32 MB.
  const sections = sectionsOf(parseMap(bytes));
  await nextTurn();
  checkSize(sections);
  const library = await loadTraceMapping();
  const starts: number[] = [];
  const blocks: Uint8Array[] = [];
  const sources: Source[] = [];
  for (const { map, line, column } of sections) {
    const head = openHead(map, library);
    const place = { line, column, firstSource: sources.length };
    for (const cut of cutMappings(map.mappings, { place, library })) {
      starts.push(cut.line, cut.column);
      blocks.push(blockOf(cut, { names: head.names, library }));
      await nextTurn();
    }
    for (const source of sourcesOf(head)) {
      sources.push(source);
      await nextTurn();
    }
    if (sources.length > MAX_SOURCES) throw new BadMap(`it has more than ${MAX_SOURCES} sources`);
  }
  const kept = [...blocks, ...sources.map(({ data }) => data)];
  return {
    sha1,
    starts,
    blocks,
    sources,
    bytes: kept.reduce((sum, data) => sum + (data?.length ?? 0), 0),
  };
}

interface Section {
  readonly map: RawMap & { readonly mappings: string };
  readonly line: number;
  readonly column: number;
}

/** Some maps hold one for each part of the file, and where it begins. @throws {BadMap} */
function sectionsOf(raw: RawMap): Section[] {
  const sections = Array.isArray(raw.sections)
    ? raw.sections.map((section) => ({
      map: section?.map,
      line: Number(section?.offset?.line) || 0,
      column: Number(section?.offset?.column) || 0,
    }))
    : [{ map: raw, line: 0, column: 0 }];
  if (sections.every(({ map }) => typeof map?.mappings === "string")) return sections;
  throw new BadMap("it has no mappings");
}

/** Before anything is decoded: a text of semicolons would become an array for each. @throws {BadMap} */
function checkSize(sections: readonly Section[]): void {
  let lines = 0;
  let segments = 0;
  for (const { map: { mappings } } of sections) {
    for (let at = mappings.indexOf(";"); at >= 0; at = mappings.indexOf(";", at + 1)) lines++;
    for (let at = mappings.indexOf(","); at >= 0; at = mappings.indexOf(",", at + 1)) segments++;
  }
  if (lines > MAX_LINES || segments > MAX_SEGMENTS) {
    throw new BadMap(`it has more than ${MAX_LINES} lines or ${MAX_SEGMENTS} positions`);
  }
}

/** A map without its positions. @throws {BadMap} */
function openHead(map: RawMap, { TraceMap }: TraceMapping): TraceMap {
  try {
    const head = new TraceMap({ ...map, mappings: "" });
    if (Array.isArray(head.names) && Array.isArray(head.resolvedSources)) return head;
  } catch {
    // Said below.
  }
  throw new BadMap("it has no sources or names");
}

function* sourcesOf({ resolvedSources, sourcesContent, ignoreList }: TraceMap): Generator<Source> {
  const ignored = new Set(ignoreList ?? []);
  for (const [number, source] of resolvedSources.entries()) {
    const name = typeof source === "string" ? source : "";
    const content = sourcesContent?.[number];
    yield {
      path: sourcePath(name),
      isLibrary: ignored.has(number) || isLibrary(name),
      data: typeof content === "string" ? pack(Buffer.from(content)) : null,
    };
  }
}

/** Positions that stand together, each with its line and column in the whole file. */
interface Cut {
  readonly line: number;
  readonly column: number;
  /** From `line` on. Sources have their numbers in the whole map, names in their section. */
  readonly lines: Segment[][];
}

/**
 * Cuts the text between two positions, and decodes each part by itself. A position is written as its distance from the one before: to
 * what a part says is added what all before it came to.
 */
function* cutMappings(
  mappings: string,
  { place, library }: {
    place: { line: number; column: number; firstSource: number };
    library: TraceMapping;
  },
): Generator<Cut> {
  let { line, column } = place;
  let [source, originalLine, originalColumn, name] = [place.firstSource, 0, 0, 0];
  for (const text of partsOf(mappings)) {
    const decoded = decode(text, library);
    let cut: Cut | undefined;
    for (const [index, segments] of decoded.entries()) {
      if (index > 0) [line, column] = [line + 1, 0];
      const base = column;
      for (const segment of segments) {
        column = base + segment[0];
        cut ??= { line, column, lines: [] };
        while (cut.lines.length <= line - cut.line) cut.lines.push([]);
        cut.lines.at(-1)!.push(shifted(segment, column));
      }
    }
    const last = decoded.flat().findLast(hasSource);
    const named = decoded.flat().findLast((segment) => segment.length === 5);
    if (last !== undefined) {
      source += last[1];
      originalLine += last[2];
      originalColumn += last[3];
    }
    if (named?.length === 5) name += named[4];
    if (cut !== undefined) yield cut;
  }

  function shifted(segment: Segment, column: number): Segment {
    if (!hasSource(segment)) return [column];
    const [, ownSource, ownLine, ownColumn] = segment;
    const original = [
      source + ownSource,
      originalLine + ownLine,
      originalColumn + ownColumn,
    ] as const;
    return segment.length === 5 ? [column, ...original, name + segment[4]] : [column, ...original];
  }
}

function hasSource(segment: Segment): segment is Exclude<Segment, readonly [number]> {
  return segment.length > 1;
}

/** The first line of a part goes on where the last one of the part before has ended. */
function* partsOf(mappings: string): Generator<string> {
  for (let from = 0; from < mappings.length;) {
    let to = from + BLOCK_CHARS;
    while (to < mappings.length && mappings[to] !== "," && mappings[to] !== ";") to++;
    yield mappings.slice(from, to);
    from = mappings[to] === "," ? to + 1 : to;
  }
}

/** @throws {BadMap} */
function decode(
  mappings: string,
  { TraceMap, decodedMappings }: TraceMapping,
): readonly (readonly Segment[])[] {
  try {
    return decodedMappings(new TraceMap({ version: 3, names: [], sources: [], mappings }));
  } catch {
    throw new BadMap("its mappings cannot be read");
  }
}

/** A small map of its own, with the names that it needs; a source goes by its number. */
function blockOf(
  { lines }: Cut,
  { names: allNames, library }: { names: readonly string[]; library: TraceMapping },
): Uint8Array {
  const sources = new Map<number, number>();
  const names = new Map<number, number>();
  const numberIn = (known: Map<number, number>, key: number) => {
    const number = known.get(key) ?? known.size;
    known.set(key, number);
    return number;
  };
  const mappings = lines.map((line) =>
    line.map((segment): Segment => {
      if (!hasSource(segment)) return segment;
      const [column, source, originalLine, originalColumn] = segment;
      const original = [numberIn(sources, source), originalLine, originalColumn] as const;
      return segment.length === 5
        ? [column, ...original, numberIn(names, segment[4])]
        : [column, ...original];
    })
  );
  const block = {
    version: 3,
    sources: [...sources.keys()].map(String),
    names: [...names.keys()].map((number) => String(allNames[number] ?? "")),
    mappings,
  };
  const text = library.encodedMappings(new library.TraceMap(block));
  return pack(Buffer.from(JSON.stringify({ ...block, mappings: text })));
}

/** Waits for the next turn of the event loop when this one has been long enough. */
function turns(): () => Promise<void> | undefined {
  let endMs = performance.now() + TURN_MS;
  return () => {
    if (performance.now() < endMs) return undefined;
    return setImmediate().then(() => {
      endMs = performance.now() + TURN_MS;
    });
  };
}
