import type { RawRecord } from "./batch.ts";
import { levelOf } from "../../store/record.ts";
import { isoTime } from "../../store/times.ts";

/** Workers or processes that one record may end. */
export const MAX_DEATHS = 2;
const FILE_NAME = "quarantine.ndjson";

/** Appends one line to `<dir>/quarantine.ndjson`. @throws when the disk refuses. */
export function quarantine(dir: string, content: Record<string, unknown>): void {
  Deno.mkdirSync(dir, { recursive: true });
  Deno.writeTextFileSync(`${dir}/${FILE_NAME}`, JSON.stringify(content) + "\n", { append: true });
}

/**
 * When, where and what a record was, and the lengths of its texts. Not the texts: they are not redacted, and redacting may be what
 * ended two workers.
 */
export function outline(record: RawRecord, bootId: string): Record<string, unknown> {
  return {
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
  };
}
