/**
 * From an encoded record to what a store takes: with its group from ERROR on. Not done on the main thread: reading a stack's
 * frames costs as much as all the rest of a record.
 *
 * @module
 */
import { fingerprint } from "../../store/grouping/fingerprint.ts";
import { FAILURE_SEVERITY } from "../../store/record.ts";
import type { SinkEntry } from "../sinks/sink.ts";
import { type RunningCode, sourceOf } from "../../store/grouping/source.ts";
import type { Entry } from "../../store/store.ts";

/** Where the code stood in the process that wrote the record: tells own stack frames from others'. */
export interface Origin {
  /** The app's folder. */
  root: string;
  /** This package's folder. */
  packageRoot: string;
}

/** What grouping must know beside the record. */
export interface EntryOptions {
  /** Of the process that wrote the record. */
  origin: Origin;
  /** Of this process. */
  code: RunningCode;
}

/** The same with its group, from ERROR on. */
export function toEntry(
  entry: SinkEntry & { severity: number },
  { origin, code }: EntryOptions,
): Entry {
  if (entry.severity < FAILURE_SEVERITY) return entry;
  const { record, line } = entry;
  // What another process left may come from another folder with the same files.
  const readSource = origin.root === code.root ? sourceOf(record, code) : undefined;
  return { record, line, group: fingerprint(record, { ...origin, readSource }) };
}
