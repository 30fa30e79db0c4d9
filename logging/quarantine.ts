/**
 * Where a batch goes that has ended two workers: set aside, so that it cannot end a third.
 *
 * @module
 */
import { readRecords } from "./batch.ts";
import { levelOf } from "./record.ts";
import type { Batch } from "./queue.ts";

const FILE_NAME = "quarantine.ndjson";

/**
 * Appends one line a record to `<dir>/quarantine.ndjson`: when, where and what, and how long its texts were. The texts
 * themselves ended two workers and are not redacted: they are touched no more. True when the disk took it.
 */
export function quarantine(
  batch: Batch,
  { dir, bootId }: { dir: string; bootId: string },
): boolean {
  const lines = readRecords(batch.fields).map((record) =>
    JSON.stringify({
      time: new Date(record.timeMs).toISOString(),
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
    }) + "\n"
  );
  try {
    Deno.mkdirSync(dir, { recursive: true });
    Deno.writeTextFileSync(`${dir}/${FILE_NAME}`, lines.join(""), { append: true });
    return true;
  } catch {
    return false;
  }
}
