/**
 * How records cross to the worker: one flat array of primitives a batch, {@linkcode FIELDS} values a record. Of the ways
 * measured this costs the main thread least (docs/delivery.md); the worker parses, redacts and encodes.
 *
 * @module
 */

import type { ErrorInfo, LOG_RECORD, LogRecord } from "../../store/record.ts";

export type Field = string | number | null;

/** Fields of a record that the worker adds. */
type Made = "time" | "level" | "boot_id" | "instance" | "truncated" | "reported" | "own";
/** Fields that few records have: they cross together, as `more`. */
type Rare = "headers" | "breadcrumbs" | "event_id";

/**
 * A record on the main thread: nothing redacted, everything nested as JSON text. Release and environment are null where they are
 * this process's.
 */
export type RawRecord =
  & {
    -readonly [Name in Exclude<keyof typeof LOG_RECORD, Made | Rare> as Camel<Name>]: Raw<
      (typeof LOG_RECORD)[Name][0]
    >;
  }
  & {
    /** {@linkcode More}, as JSON. */
    more: string | null;
    /** Milliseconds since 1970. */
    timeMs: number;
    /** {@linkcode REPORTED}, {@linkcode SPILLED}, {@linkcode ABOUT_LOG} and {@linkcode OWN}, added up. */
    flags: number;
    /** The sender, whose share of the queue it takes; does not cross. */
    reporter?: string;
    /** In place of the texts of the same names, where a record is encoded on the thread that made it; does not cross. */
    parts?: RecordParts | undefined;
  };

/** What else would be made a text and read again. */
export interface RecordParts {
  readonly error: ErrorInfo | undefined;
  readonly more: More | undefined;
}

/** What few records have. `instance` and `truncated` are what the reporting client says of itself. */
export type More = Partial<Pick<LogRecord, Rare | "instance" | "truncated">>;

type Raw<Type extends string> = Type extends `${infer Present}?` ? Raw<Present> | null
  : Type extends "integer" | "number" | "Severity" ? number
  : Type extends "boolean" ? 0 | 1
  : string;

type Camel<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;

/** Flag: another service reported it. */
export const REPORTED = 1;
/** Flag: it is in the journal too. */
export const SPILLED = 2;
/** Flag: the log reports on itself. Few, and needed most in an overload: they enter a full queue. */
export const ABOUT_LOG = 4;
/** Flag: Holdfast speaks, or was asked. So is what the log reports on itself. */
export const OWN = 8;

/** Values a record takes in a batch. */
export const FIELDS = 26;

/** Memory of a record without its texts: its slots, rounded up. */
const FIXED_BYTES = 256;

/** Appends a record to a batch. Not a loop over the names: that takes 1.3 µs a record, this 0.07. */
export function pushRecord(batch: Field[], record: RawRecord): void {
  batch.push(
    record.seq,
    record.timeMs,
    record.severity,
    record.svcName,
    record.module,
    record.message,
    record.requestId,
    record.traceId,
    record.spanId,
    record.method,
    record.route,
    record.path,
    record.status,
    record.durationMs,
    record.input,
    record.output,
    record.errorId,
    record.error,
    record.attrs,
    record.release,
    record.environment,
    record.user,
    record.tags,
    record.handled,
    record.more,
    record.flags,
  );
}

/** The record that begins at `offset`, a multiple of {@linkcode FIELDS}. */
export function readRecord(batch: readonly Field[], offset: number): RawRecord {
  return {
    seq: batch[offset] as number,
    timeMs: batch[offset + 1] as number,
    severity: batch[offset + 2] as number,
    svcName: batch[offset + 3] as string,
    module: batch[offset + 4] as string | null,
    message: batch[offset + 5] as string,
    requestId: batch[offset + 6] as string | null,
    traceId: batch[offset + 7] as string | null,
    spanId: batch[offset + 8] as string | null,
    method: batch[offset + 9] as string | null,
    route: batch[offset + 10] as string | null,
    path: batch[offset + 11] as string | null,
    status: batch[offset + 12] as number | null,
    durationMs: batch[offset + 13] as number | null,
    input: batch[offset + 14] as string | null,
    output: batch[offset + 15] as string | null,
    errorId: batch[offset + 16] as string | null,
    error: batch[offset + 17] as string | null,
    attrs: batch[offset + 18] as string | null,
    release: batch[offset + 19] as string | null,
    environment: batch[offset + 20] as string | null,
    user: batch[offset + 21] as string | null,
    tags: batch[offset + 22] as string | null,
    handled: batch[offset + 23] as 0 | 1 | null,
    more: batch[offset + 24] as string | null,
    flags: batch[offset + 25] as number,
  };
}

export function readRecords(batch: readonly Field[]): RawRecord[] {
  const records: RawRecord[] = [];
  for (let offset = 0; offset < batch.length; offset += FIELDS) {
    records.push(readRecord(batch, offset));
  }
  return records;
}

/** Bytes in memory, at one byte a character. All texts count whose length a reporter chooses. */
export function sizeOf(record: RawRecord): number {
  return FIXED_BYTES + record.message.length + (record.path?.length ?? 0) +
    (record.requestId?.length ?? 0) + (record.traceId?.length ?? 0) +
    (record.method?.length ?? 0) + (record.route?.length ?? 0) +
    (record.input?.length ?? 0) + (record.output?.length ?? 0) + (record.error?.length ?? 0) +
    (record.attrs?.length ?? 0) + (record.user?.length ?? 0) + (record.tags?.length ?? 0) +
    (record.more?.length ?? 0);
}
