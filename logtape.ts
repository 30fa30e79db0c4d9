/**
 * A sink for LogTape that writes to this log. It imports nothing of that package and uses only its documented `LogRecord`, as of 2.4.
 *
 * @module
 */
import { type Level, type Logger, snapshot } from "./logging/mod.ts";

/** LogTape's levels, and ours. */
const LEVELS: Readonly<Record<TapeRecord["level"], Level>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warning: "WARN",
  error: "ERROR",
  fatal: "CRITICAL",
};

/** The part of a `LogRecord` of LogTape that is read. */
export interface TapeRecord {
  /** The logger's name, in parts. */
  readonly category: readonly string[];
  /** The level's name. */
  readonly level: "trace" | "debug" | "info" | "warning" | "error" | "fatal";
  /** Texts and values, alternating. */
  readonly message: readonly unknown[];
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** What was logged beside the message. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Makes a sink for LogTape's `configure({ sinks })`. Message, level and time stay as they are; the category, joined by dots,
 * becomes `module`; the first Error among the properties or in the message becomes `error`, all others are in `attrs`. A record
 * of `error` or worse opens an error. A sink never throws.
 *
 * @example
 * ```ts ignore
 * import { configure, getLogger } from "npm:@logtape/logtape";
 * import { holdfast } from "@holdfast/holdfast";
 * import { logtapeSink } from "@holdfast/holdfast/logtape";
 *
 * const hf = await holdfast({ service: "shop" });
 * await configure({
 *   sinks: { holdfast: logtapeSink(hf) },
 *   loggers: [{ category: ["shop"], sinks: ["holdfast"], lowestLevel: "info" }],
 * });
 * getLogger(["shop", "orders"]).error("order {id} cannot be paid", { id: 7, error });
 * ```
 */
export function logtapeSink({ log }: { readonly log: Logger }): (record: TapeRecord) => void {
  return (record) => {
    try {
      write(record, log);
    } catch {
      log.error("A record of LogTape that cannot be read");
    }
  };
}

function write({ category, level, message, timestamp, properties }: TapeRecord, log: Logger): void {
  const text = message.map((part, index) => index % 2 === 0 ? String(part) : shown(part)).join("");
  const inMessage = message.find((part) => part instanceof Error);
  const details = inMessage === undefined ? properties : { error: inMessage, ...properties };
  log.child({ module: category.join("."), timeMs: timestamp || undefined }).log(
    LEVELS[level],
    text,
    Object.keys(details).length > 0 ? details : undefined,
  );
}

function shown(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === "object" && value !== null ? snapshot(value) : String(value);
}
