/**
 * What an exporter is told, in the encoding of its request (OTLP 1.9.0, "OTLP/HTTP Response").
 *
 * @module
 */
import type { Protocol, Taken } from "../intake.ts";
import { type Encoding, encodingOf, MEDIA_TYPES } from "./encodings.ts";

export interface OtlpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What was wrong with a request. */
export interface OtlpFailure {
  readonly status: number;
  /** One sentence for people: the exporter writes it to its log. */
  readonly sentence: string;
}

/** `google.rpc.Code`, which `google.rpc.Status` has in place of HTTP's status. */
const CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  413: 3,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
  504: 4,
};
const UNKNOWN = 2;

/** What is called rejected: the same field in both messages. */
const REJECTED: Partial<Record<Protocol, string>> = {
  logs: "rejectedLogRecords",
  traces: "rejectedSpans",
};

/** The answer to a delivery that was taken or refused. Exporters warn of every partial success: only damage is one. */
export async function otlpAnswer(
  taken: Taken,
  { protocol, contentType }: { protocol: Protocol; contentType?: string | undefined },
): Promise<OtlpAnswer> {
  if (taken.status !== 200) return await otlpFailure(taken, contentType);
  const encoding = encodingOf(contentType) ?? "json";
  const { damaged } = taken;
  if (encoding === "protobuf") {
    const body = damaged === undefined ? new Uint8Array() : await partialSuccess(damaged);
    return answer(200, encoding, body);
  }
  if (damaged === undefined) return answer(200, encoding, json({}));
  const { items, sentence } = damaged;
  // 64-bit integers are texts in the JSON of Protocol Buffers.
  const partial = { [REJECTED[protocol] ?? "rejected"]: String(items), errorMessage: sentence };
  return answer(200, encoding, json({ partialSuccess: partial }));
}

/** Any other answer: a `google.rpc.Status`. */
export async function otlpFailure(
  { status, sentence }: OtlpFailure,
  contentType: string | undefined,
): Promise<OtlpAnswer> {
  const encoding = encodingOf(contentType) ?? "json";
  const code = CODES[status] ?? UNKNOWN;
  if (encoding === "json") return answer(status, encoding, json({ code, message: sentence }));
  const writer = await startWriting();
  const body = writer.uint32(tag(1, VARINT)).int32(code)
    .uint32(tag(2, LENGTH_DELIMITED)).string(sentence).finish();
  return answer(status, encoding, body);
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

function tag(field: number, wireType: number): number {
  return field << 3 | wireType;
}

/** `ExportLogsServiceResponse` and `ExportTraceServiceResponse` have the same numbers. */
async function partialSuccess(
  { items, sentence }: { items: number; sentence: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = await startWriting();
  return writer.uint32(tag(1, LENGTH_DELIMITED)).fork()
    .uint32(tag(1, VARINT)).int64(items)
    .uint32(tag(2, LENGTH_DELIMITED)).string(sentence)
    .join().finish();
}

/** Loaded when there is something to write: the answer to what was taken whole is empty. */
async function startWriting() {
  const { BinaryWriter } = await import("@bufbuild/protobuf/wire");
  return new BinaryWriter();
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

function answer(status: number, encoding: Encoding, body: Uint8Array<ArrayBuffer>): OtlpAnswer {
  return { status, contentType: MEDIA_TYPES[encoding], body };
}
