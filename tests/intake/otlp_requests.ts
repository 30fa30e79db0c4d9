/** Requests of OTLP made by hand: as JSON, and the same in Protocol Buffers by numbers of its own (opentelemetry-proto 1.9.0). */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { decode } from "../../intake/decode.ts";
import type { Decoded, Delivery } from "../../intake/intake.ts";

// deno-lint-ignore no-explicit-any -- what goes over the wire
export type Json = any;

/** When the hand-made records happened: 2026-11-27T10:00:00.500Z. */
export const TIME_MS = Date.UTC(2026, 10, 27, 10, 0, 0, 500);
export const TIME_NANO = `${TIME_MS}000000`;

/** Attributes as OTLP has them. */
export function pairs(values: Record<string, unknown>): Json[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

export function anyValue(value: unknown): Json {
  if (value === null) return {};
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "bigint") return { intValue: String(value) };
  if (typeof value === "number") {
    return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
  }
  if (value instanceof Uint8Array) return { bytesValue: value.toBase64() };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: pairs(value as Record<string, unknown>) } };
}

/** A request of log records. */
export function logsOf(
  records: Json[],
  { resource = {}, scope = "" }: { resource?: Record<string, unknown>; scope?: string } = {},
): Json {
  const logRecords = records.map((record) => ({ timeUnixNano: TIME_NANO, ...record }));
  const scopeLogs = [{ scope: { name: scope }, logRecords }];
  return { resourceLogs: [{ resource: { attributes: pairs(resource) }, scopeLogs }] };
}

/** A request of spans. */
export function spansOf(spans: Json[], resource: Record<string, unknown> = {}): Json {
  const scopeSpans = [{ scope: { name: "tests" }, spans }];
  return { resourceSpans: [{ resource: { attributes: pairs(resource) }, scopeSpans }] };
}

/** A span's event named `exception`. */
export function exceptionEvent(attributes: Record<string, unknown>, atMs = TIME_MS): Json {
  return { name: "exception", timeUnixNano: `${atMs}000000`, attributes: pairs(attributes) };
}

export interface Sent extends Partial<Delivery> {
  as?: "json" | "protobuf";
}

/** What becomes of a request. */
export function take(request: Json, { as = "json", ...more }: Sent = {}): Promise<Decoded> {
  const protocol = "resourceSpans" in request ? "traces" : "logs";
  const json = as === "json";
  return decode({
    protocol,
    body: json ? new TextEncoder().encode(JSON.stringify(request)) : toProtobuf(request),
    contentType: json ? "application/json" : "application/x-protobuf",
    otherwise: "unnamed",
    receivedMs: TIME_MS,
    ...more,
  });
}

/** The same request in Protocol Buffers. */
export function toProtobuf(request: Json): Uint8Array<ArrayBuffer> {
  const logs = "resourceLogs" in request;
  const writer = new BinaryWriter();
  for (const group of request.resourceLogs ?? request.resourceSpans) {
    message(writer, 1, () => {
      message(writer, 1, () => attributes(writer, 1, group.resource.attributes));
      for (const part of group.scopeLogs ?? group.scopeSpans) {
        message(writer, 2, () => {
          message(writer, 1, () => text(writer, 1, part.scope.name));
          for (const item of part.logRecords ?? part.spans) {
            message(writer, 2, () => logs ? writeLog(writer, item) : writeSpan(writer, item));
          }
        });
      }
    });
  }
  return writer.finish();
}

function writeLog(writer: BinaryWriter, log: Json): void {
  fixed64(writer, 1, log.timeUnixNano);
  fixed64(writer, 11, log.observedTimeUnixNano);
  if (log.severityNumber) writer.uint32(2 << 3).int32(log.severityNumber);
  text(writer, 3, log.severityText);
  if (log.body !== undefined) message(writer, 5, () => writeValue(writer, log.body));
  attributes(writer, 6, log.attributes ?? []);
  if (log.droppedAttributesCount) writer.uint32(7 << 3).uint32(log.droppedAttributesCount);
  id(writer, 9, log.traceId);
  id(writer, 10, log.spanId);
  text(writer, 12, log.eventName);
}

function writeSpan(writer: BinaryWriter, span: Json): void {
  id(writer, 1, span.traceId);
  id(writer, 2, span.spanId);
  id(writer, 4, span.parentSpanId);
  text(writer, 5, span.name);
  if (span.kind) writer.uint32(6 << 3).int32(span.kind);
  attributes(writer, 9, span.attributes ?? []);
  for (const event of span.events ?? []) {
    message(writer, 11, () => {
      fixed64(writer, 1, event.timeUnixNano);
      text(writer, 2, event.name);
      attributes(writer, 3, event.attributes);
    });
  }
}

function writeValue(writer: BinaryWriter, value: Json): void {
  if ("stringValue" in value) writer.uint32(1 << 3 | 2).string(value.stringValue);
  if ("boolValue" in value) writer.uint32(2 << 3).bool(value.boolValue);
  if ("intValue" in value) writer.uint32(3 << 3).int64(BigInt(value.intValue));
  if ("doubleValue" in value) writer.uint32(4 << 3 | 1).double(Number(value.doubleValue ?? NaN));
  if ("bytesValue" in value) {
    writer.uint32(7 << 3 | 2).bytes(Uint8Array.fromBase64(value.bytesValue));
  }
  if ("arrayValue" in value) {
    message(writer, 5, () => {
      for (const one of value.arrayValue.values) message(writer, 1, () => writeValue(writer, one));
    });
  }
  if ("kvlistValue" in value) {
    message(writer, 6, () => attributes(writer, 1, value.kvlistValue.values));
  }
}

function attributes(writer: BinaryWriter, field: number, list: Json[]): void {
  for (const { key, value } of list) {
    message(writer, field, () => {
      text(writer, 1, key);
      message(writer, 2, () => writeValue(writer, value));
    });
  }
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.uint32(field << 3 | 2).fork();
  write();
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string | undefined): void {
  if (value) writer.uint32(field << 3 | 2).string(value);
}

function id(writer: BinaryWriter, field: number, hex: string | undefined): void {
  if (hex) writer.uint32(field << 3 | 2).bytes(Uint8Array.fromHex(hex));
}

function fixed64(writer: BinaryWriter, field: number, value: string | undefined): void {
  if (value) writer.uint32(field << 3 | 1).fixed64(BigInt(value));
}
