/** Records for the tests of sinks. */
import { type LogRecord, SEVERITY } from "../../store/record.ts";
import type { SinkEntry } from "../../logging/sinks/sink.ts";

/** A record of `holdfast` at INFO, with `fields` on top. */
export function entryOf(fields: Partial<LogRecord> = {}): SinkEntry {
  const level = fields.level ?? "INFO";
  const record: LogRecord = {
    time: "2026-11-22T23:04:05.678Z",
    level,
    severity: SEVERITY[level],
    svc_name: "holdfast",
    message: "started",
    boot_id: "boot",
    seq: 1,
    instance: "test",
    ...fields,
  };
  return { record, line: JSON.stringify(record) };
}

/** `count` records of one writer from `seq` = `first` on, of uneven lengths. */
export function batchOf(
  { name, first, count }: { name: string; first: number; count: number },
): SinkEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const seq = first + index;
    return entryOf({ boot_id: name, seq, message: "é".repeat((seq * 7919) % 200) });
  });
}
