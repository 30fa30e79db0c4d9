import type { LogRecord } from "../../store/record.ts";

export interface SinkEntry {
  /** The record, redacted and capped, as one line of JSON without the newline. */
  readonly line: string;
  /** The same as an object; the line is parsed at the first access. */
  readonly record: LogRecord;
}

/** The sink says how long to wait before the next try. */
export class TryLater extends Error {
  override name = "TryLater";
  readonly afterMs: number;

  constructor(message: string, afterMs: number) {
    super(message);
    this.afterMs = afterMs;
  }
}
