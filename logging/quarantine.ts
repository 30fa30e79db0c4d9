/**
 * Where a record goes that has ended two workers or processes: set aside, so that it cannot end a third.
 *
 * @module
 */
import { type Field, FIELDS, readRecord } from "./batch.ts";
import { levelOf } from "../store/record.ts";
import { isoTime } from "../store/times.ts";

/** Workers or processes that one record may end. */
export const MAX_DEATHS = 2;
const FILE_NAME = "quarantine.ndjson";

/** Which record, and where it goes. */
export interface QuarantineOptions {
  /** The folder of the file. */
  dir: string;
  /** The process's id. */
  bootId: string;
  /** The record's place in its batch. */
  index: number;
}

/**
 * Appends a line to `<dir>/quarantine.ndjson`: when, where and what, and how long its texts were. The texts themselves ended two
 * workers and are not redacted: they are touched no more. True when the disk took it.
 */
export function quarantine(
  fields: readonly Field[],
  { dir, bootId, index }: QuarantineOptions,
): boolean {
  const record = readRecord(fields, index * FIELDS);
  const line = JSON.stringify({
    time: isoTime(record.timeMs),
    level: levelOf(record.severity),
    svc_name: record.svcName,
    request_id: record.requestId,
    method: record.method,
    route: record.route,
    status: record.status,
    error_id: record.errorId,
    boot_id: bootId,
    seq: record.seq,
    chars: {
      message: record.message.length,
      input: record.input?.length ?? 0,
      output: record.output?.length ?? 0,
      error: record.error?.length ?? 0,
      attrs: record.attrs?.length ?? 0,
    },
  });
  return append(line, dir);
}

/**
 * Appends a line of a spill file, which is redacted already and kept as it stands, to `<dir>/quarantine.ndjson`. True when the
 * disk took it.
 */
export function quarantineLine(line: string, spillPath: string): boolean {
  const at = spillPath.lastIndexOf("/");
  const file = spillPath.slice(at + 1);
  return append(JSON.stringify({ time: isoTime(Date.now()), file, line }), spillPath.slice(0, at));
}

function append(line: string, dir: string): boolean {
  try {
    Deno.mkdirSync(dir, { recursive: true });
    Deno.writeTextFileSync(`${dir}/${FILE_NAME}`, line + "\n", { append: true });
    return true;
  } catch {
    return false;
  }
}
