import { fingerprint } from "../../store/grouping/fingerprint.ts";
import { FAILURE_SEVERITY } from "../../store/record.ts";
import type { SinkEntry } from "../sinks/sink.ts";
import { type RunningCode, sourceOf } from "../../store/grouping/source.ts";
import type { Entry } from "../../store/store.ts";

/** Folders of the process that wrote the record: they tell its own stack frames from libraries'. */
export interface Origin {
  root: string;
  packageRoot: string;
}

/** Adds the group, from ERROR on. In the worker: parsing a stack's frames costs as much as all the rest of a record. */
export function toEntry(
  entry: SinkEntry & { severity: number },
  { origin, code }: { origin: Origin; code: RunningCode },
): Entry {
  if (entry.severity < FAILURE_SEVERITY) return entry;
  const { record, line } = entry;
  // A replayed record may come from another folder that has the same files.
  const readSource = origin.root === code.root ? sourceOf(record, code) : undefined;
  return { record, line, group: fingerprint(record, { ...origin, readSource }) };
}
