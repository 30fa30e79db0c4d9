/**
 * Frames of minified code become frames of the original, where the service has uploaded the map. What has no map stays as it came, and
 * whatever is wrong with one, the report is kept.
 */
import type { RecordedFrame } from "../store/record.ts";
import { MAX_SOURCE_LINE_CHARS } from "../store/limits.ts";
import { isObject } from "../store/is_object.ts";
import { readDebugId } from "../store/maps/debug_id.ts";
import type { DecodedReport } from "./intake.ts";
import { type MapReader, OpenMaps, type Place, type Source } from "./open_maps.ts";
import { MAX_DETAILED_FRAMES, MAX_NEAR_LINES } from "./sentry/frames.ts";
import { nameOf } from "./original_name.ts";

/** Frames of one report that are looked up: those nearest to the failure, and its causes'. */
const MAX_MAPPED_FRAMES = 100;
/** Causes inside one another. */
const MAX_CAUSES = 8;
/** So long the maps of one report are waited for: half the time in which its delivery must be answered. */
const MAX_MS = 1_000;

interface Stack {
  /** Can be changed. */
  readonly frames: RecordedFrame[];
  readonly isDetailed: boolean;
}

export interface SourceMapsOptions {
  /** Bytes of maps and sources that stay in memory. */
  maxBytes?: number;
}

export class SourceMaps {
  readonly #maps: OpenMaps;

  constructor(reader: MapReader, options: SourceMapsOptions = {}) {
    this.#maps = new OpenMaps(reader, options);
  }

  /** Changes the reports' frames in place. Never throws. */
  async apply(reports: readonly DecodedReport[]): Promise<void> {
    for (const { report, debugIds } of reports) {
      if (debugIds === undefined) continue;
      const stacks = stacksOf(report);
      try {
        await this.#map(stacks, { service: report.svc_name, ids: idsByFile(debugIds) });
      } catch {
        // The frames are what the client sent.
      }
    }
  }

  async #map(
    stacks: readonly Stack[],
    { service, ids }: { service: string; ids: ReadonlyMap<string, string> },
  ): Promise<void> {
    const frames = stacks.flatMap(({ frames }) => frames).slice(0, MAX_MAPPED_FRAMES)
      .filter((frame) => isMinified(frame, ids));
    if (frames.length === 0) return;
    const places = new Map<RecordedFrame, Place>();
    const endMs = performance.now() + MAX_MS;
    for (const [debugId, own] of Map.groupBy(frames, ({ file }) => ids.get(file!)!)) {
      const found = await this.#find(own, { service, debugId, endMs });
      for (const [frame, place] of found) places.set(frame, place);
    }
    for (const { frames, isDetailed } of stacks) {
      let detailed = 0;
      const mapped = frames.map((frame, index) => {
        const place = places.get(frame);
        if (place === undefined) return frame;
        const original = inOriginal(frame, { place, caller: places.get(frames[index + 1]!) });
        if (!isDetailed || !original.in_app || ++detailed > MAX_DETAILED_FRAMES) return original;
        return { ...original, ...contextAt(place.source, original.line!) };
      });
      frames.splice(0, frames.length, ...mapped);
    }
  }

  async #find(
    frames: readonly RecordedFrame[],
    { service, debugId, endMs }: { service: string; debugId: string; endMs: number },
  ): Promise<[RecordedFrame, Place][]> {
    const positions = frames.map(({ line, column }) => ({ line: line!, column: column! - 1 }));
    const found = await this.#maps.find({ service, debugId, positions }, endMs);
    return frames.flatMap((frame, index): [RecordedFrame, Place][] => {
      const place = found[index];
      return place === undefined ? [] : [[frame, place]];
    });
  }
}

/** Those of an error and its causes; those of a group's members, and of threads, where a message has its own. */
function stacksOf({ error, attrs = {} }: DecodedReport["report"]): Stack[] {
  const stacks: Stack[] = [];
  let thrown: unknown = error;
  for (let depth = 0; depth <= MAX_CAUSES && isObject(thrown); depth++) {
    if (Array.isArray(thrown.frames)) stacks.push({ frames: thrown.frames, isDetailed: true });
    thrown = thrown.cause;
  }
  for (const other of [attrs.members, attrs.threads].flat()) {
    if (!isObject(other) || !Array.isArray(other.frames)) continue;
    stacks.push({ frames: other.frames, isDetailed: error === undefined });
  }
  return stacks;
}

function idsByFile(debugIds: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const ids = Object.entries(debugIds).map(([file, id]) => [file, readDebugId(id)] as const);
  return new Map(ids.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function isMinified(
  { file, line, column }: RecordedFrame,
  ids: ReadonlyMap<string, string>,
): boolean {
  return file !== undefined && ids.has(file) && isPosition(line) && isPosition(column);
}

function isPosition(number: number | undefined): boolean {
  return Number.isSafeInteger(number) && number! > 0;
}

function inOriginal(
  frame: RecordedFrame,
  { place: { source, original }, caller }: { place: Place; caller: Place | undefined },
): RecordedFrame {
  const {
    module: _module,
    function: minified,
    context_line: _line,
    pre_context: _before,
    post_context: _after,
    ...kept
  } = frame;
  const called = minified?.startsWith("new ") ? caller?.constructed() : caller?.original.name;
  const name = nameOf(minified, { text: source.text, called });
  return {
    ...kept,
    ...(name !== undefined && { function: name }),
    file: source.path,
    line: original.line,
    column: (original.column ?? 0) + 1,
    in_app: !source.isLibrary,
  };
}

function contextAt(
  { lines }: Source,
  line: number,
): Pick<RecordedFrame, "context_line" | "pre_context" | "post_context"> {
  const index = line - 1;
  if (index >= lines.length) return {};
  const shown = (from: number, to: number) =>
    lines.slice(Math.max(from, 0), to).map((text) => text.slice(0, MAX_SOURCE_LINE_CHARS));
  return {
    context_line: shown(index, index + 1)[0]!,
    pre_context: shown(index - MAX_NEAR_LINES, index),
    post_context: shown(index + 1, index + 1 + MAX_NEAR_LINES),
  };
}
