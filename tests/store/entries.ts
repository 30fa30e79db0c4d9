/**
 * Entries for the store tests: records as the logger makes them, with what a test wants to be
 * different.
 *
 * @module
 */
import { uuidv7 } from "../../store/ids.ts";
import { type Level, levelOf, type LogRecord, SEVERITY } from "../../store/record.ts";
import type { Entry, Group } from "../../store/store.ts";

/** Of a source that goes by the clock, the first so many are never ahead of it: to wait for more takes too long. */
const MAX_WAITED_FOR = 100;

/** Writes entries of one process: `seq` counts up, times are a millisecond apart, from a start or by the clock. */
export class Source {
  readonly bootId = uuidv7();
  #seq = 0;
  #lastMs = 0;
  readonly #startMs: number | undefined;

  constructor(startMs?: number) {
    this.#startMs = startMs;
  }

  /** A record that is no failure. */
  log(parts: Partial<LogRecord> = {}): Entry {
    return entryOf(this.#record("INFO", parts));
  }

  /** A failure of the error that `key` names. */
  failure(key: string, parts: Partial<LogRecord> = {}, group: Partial<Group> = {}): Entry {
    const message = parts.error?.message ?? `broken ${key}`;
    const record = this.#record("ERROR", {
      error_id: uuidv7(),
      message: `GET / failed: ${message}`,
      status: 500,
      error: { type: "TypeError", message },
      ...parts,
    });
    return entryOf(record, {
      key,
      rule: "frames",
      parts: ["TypeError", key],
      type: "TypeError",
      title: message,
      masked: message.replaceAll(/\d+/g, "<n>"),
      location: "handler (modules/home.ts)",
      ...group,
    });
  }

  #nextMs(): number {
    if (this.#startMs !== undefined) return this.#startMs + this.#seq;
    this.#lastMs = Math.max(this.#lastMs + 1, Date.now());
    while (this.#seq < MAX_WAITED_FOR && Date.now() < this.#lastMs);
    return this.#lastMs;
  }

  #record(level: Level, parts: Partial<LogRecord>): LogRecord {
    const severity = parts.severity ?? SEVERITY[parts.level ?? level];
    return {
      time: new Date(this.#nextMs()).toISOString(),
      level: levelOf(severity),
      severity,
      svc_name: "/home",
      message: "GET / 200",
      request_id: uuidv7(),
      method: "GET",
      route: "/",
      path: "/?user_type=guest",
      boot_id: this.bootId,
      seq: ++this.#seq,
      instance: "host-1:42",
      ...parts,
    };
  }
}

function entryOf(record: LogRecord, group?: Group): Entry {
  return { record, line: JSON.stringify(record), ...(group && { group }) };
}

/** Many entries at once. */
export function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
