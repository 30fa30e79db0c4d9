/**
 * From an encoded record to what a store takes: with its group from ERROR on. Not done on the main thread: reading a stack's
 * frames costs as much as all the rest of a record.
 *
 * @module
 */
import { fingerprint } from "./fingerprint.ts";
import { FAILURE_SEVERITY } from "./record.ts";
import type { SinkEntry } from "./sinks/sink.ts";
import { readSourceLine } from "./source.ts";
import type { Entry } from "./store/store.ts";

/** What grouping must know beside the record. */
export interface Origin {
  /** The root folder of the app that failed, ending in a slash: tells own stack frames from others'. */
  root: string;
  /** Whether another service reported it. */
  reported: boolean;
}

/** The same record with its group. */
export function toEntry({ record, line }: SinkEntry, { root, reported }: Origin): Entry {
  if (record.severity < FAILURE_SEVERITY) return { record, line };
  return {
    record,
    line,
    group: fingerprint(record, { root, reported, readSource: readSourceLine }),
  };
}
