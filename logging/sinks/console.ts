import type { ConsoleSettings } from "../protocol.ts";
import { type Level, levelOf } from "../../store/record.ts";
import { lineWithin } from "./line_within.ts";
import { pretty } from "./pretty.ts";
import { writeAll } from "../print.ts";
import type { SinkEntry } from "./sink.ts";

export type ConsoleLike = Pick<Console, "debug" | "info" | "warn" | "error">;

export interface ConsoleSinkOptions extends ConsoleSettings {
  /** Where to print. Default: the global console where calls are collected, else the process's own streams. */
  console?: ConsoleLike;
}

/** Of a JSON line; `pretty` lines are far shorter. Journald takes 48 KiB with its own fields. */
const MAX_LINE_BYTES = 32 * 1024;

const METHODS = {
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
  CRITICAL: "error",
} as const satisfies Record<Level, keyof ConsoleLike>;

interface Call {
  method: keyof ConsoleLike;
  text: string;
}

const encoder = new TextEncoder();

/**
 * Prints DEBUG and INFO to standard output, the others to standard error: through `console.*` where a platform collects its
 * calls, else directly. A write fails when the output's disk is full, and waits while a pipe is full or a terminal is paused; a
 * reader that has gone away is not noticed.
 */
export function consoleSink(options: ConsoleSinkOptions) {
  const { format, color, isCollected } = options;
  const console = options.console ?? (isCollected ? globalThis.console : undefined);
  const joinsLines = format === "json" && !isCollected;

  function write(entries: readonly SinkEntry[]): void | Promise<void> {
    const runs = joinsLines ? neighbours(entries) : entries.map((entry) => [entry]);
    const calls = runs.map(toCall);
    if (!console) return writeOut(calls);
    // Only one argument: with two, the console would look for %s in the first.
    for (const { method, text } of calls) console[method](text);
  }

  function toCall(run: readonly SinkEntry[]): Call {
    const texts = run.map((entry) =>
      format === "json" ? lineWithin(entry, MAX_LINE_BYTES) : pretty(entry.record, { color })
    );
    return { method: methodOf(run[0]!), text: texts.join("\n") };
  }

  return { write };
}

/** Not by `console.*`: while nobody reads, its calls block the whole thread and every other sink. */
async function writeOut(calls: readonly Call[]): Promise<void> {
  for (const { method, text } of calls) {
    const stream = method === "debug" || method === "info" ? Deno.stdout : Deno.stderr;
    try {
      await writeAll(stream, encoder.encode(text + "\n"));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }
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
