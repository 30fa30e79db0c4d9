/** The library that reads source maps, loaded when the first one is needed. Its package's types are not found by every compiler. */

/** Column, number of the source, line, column, number of the name: all from 0. Of length 1: nothing of a source. */
export type Segment =
  | readonly [number]
  | readonly [number, number, number, number]
  | readonly [number, number, number, number, number];

/** A source map, opened. */
export interface TraceMap {
  readonly names: readonly string[];
  readonly resolvedSources: readonly (string | null)[];
  readonly sourcesContent?: readonly (string | null)[] | null;
  readonly ignoreList?: readonly number[] | null;
}

/** Where a position comes from; `source` is null where the map does not say. */
export interface Original {
  readonly source: string | null;
  /** From 1. */
  readonly line: number | null;
  /** From 0. */
  readonly column: number | null;
  readonly name: string | null;
}

export interface TraceMapping {
  readonly TraceMap: new (map: unknown) => TraceMap;
  decodedMappings(map: TraceMap): readonly (readonly Segment[])[];
  encodedMappings(map: TraceMap): string;
  /** `line` from 1, `column` from 0. */
  originalPositionFor(map: TraceMap, position: { line: number; column: number }): Original;
}

export async function loadTraceMapping(): Promise<TraceMapping> {
  return await import("@jridgewell/trace-mapping") as unknown as TraceMapping;
}
