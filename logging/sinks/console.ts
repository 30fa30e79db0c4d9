/**
 * The console sink: through `console.*`, because that is what hosting platforms collect.
 *
 * @module
 */
import { type Level, levelOf } from "../record.ts";
import { pretty } from "./pretty.ts";
import type { Sink, SinkEntry } from "./sink.ts";

/** The part of `console` that is used. */
export type ConsoleLike = Pick<Console, "debug" | "info" | "warn" | "error">;

/** Settings of a {@linkcode consoleSink}. */
export interface ConsoleSinkOptions {
  /** `json`: each record's line as it is; `pretty`: for people. */
  format: "json" | "pretty";
  /** Whether `pretty` may use ANSI colours. */
  color: boolean;
  /**
   * Whether something takes each call as one record, as platforms and OpenTelemetry do. Without it
   * neighbouring `json` lines leave in one call, at less than half the cost.
   */
  isCollected: boolean;
  /** Where to print. Default: the global console. */
  console?: ConsoleLike;
}

const METHODS = {
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
  CRITICAL: "error",
} as const satisfies Record<Level, keyof ConsoleLike>;

/**
 * Prints each record with the method of its level: DEBUG and INFO reach standard output, the others
 * standard error. A write throws where the output's disk is full; a reader that has gone away goes
 * unnoticed.
 */
export function consoleSink(options: ConsoleSinkOptions): Sink {
  const { format, color, isCollected, console = globalThis.console } = options;
  const joinsLines = format === "json" && !isCollected;

  function write(entries: readonly SinkEntry[]): void {
    const calls = joinsLines ? neighbours(entries) : entries.map((entry) => [entry]);
    for (const call of calls) {
      const [first] = call;
      if (!first) continue;
      const texts = call.map(({ record, line }) =>
        format === "json" ? line : pretty(record, { color })
      );
      // One argument alone: with two, the console would look for %s in the first.
      console[methodOf(first)](texts.join("\n"));
    }
  }

  return { name: "console", write, close() {} };
}

/** Runs of entries that the same method prints. */
function neighbours(entries: readonly SinkEntry[]): SinkEntry[][] {
  const runs: SinkEntry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run?.[0] && methodOf(run[0]) === methodOf(entry)) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

function methodOf({ record }: SinkEntry): keyof ConsoleLike {
  return METHODS[levelOf(record.severity)];
}
