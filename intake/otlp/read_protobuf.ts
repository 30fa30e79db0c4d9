/** OTLP in Protocol Buffers. Loaded with the first such request. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { Undecodable } from "../intake.ts";
import { readMessage } from "./messages.ts";
import { type Entry, EXCEPTION_EVENT, type LogItem, type SpanItem } from "./telemetry.ts";
import { readAttributes, readValue, unwrapMessage } from "./values.ts";

type Message = Record<string, unknown>;

/** Of the three levels around records and spans, the same for both. */
const RESOURCE_GROUPS = 1;
const RESOURCE = 1;
const SCOPE_GROUPS = 2;
const SCOPE = 1;
const ITEMS = 2;

/** One record, span or resource: a message of nothing but empty parts takes fifty times as much memory. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** The log records of an `ExportLogsServiceRequest`. */
export function readProtobufLogs(body: Uint8Array): Iterable<Entry<LogItem>> {
  return entries(body, (bytes) => readLog(bounded("LogRecord", bytes)));
}

/** The spans of an `ExportTraceServiceRequest`. */
export function readProtobufSpans(body: Uint8Array): Iterable<Entry<SpanItem>> {
  return entries(body, (bytes) => readSpan(bounded("Span", bytes)));
}

/**
 * The levels around the items are walked and not read as messages: so an item that is broken costs no other, and a million empty
 * ones no memory.
 */
function* entries<Item>(
  body: Uint8Array,
  read: (bytes: Uint8Array) => Item,
): Generator<Entry<Item>> {
  for (const group of parts(body, RESOURCE_GROUPS)) {
    const resource = { attributes: attributesOf(only(group, RESOURCE, "Resource")) };
    for (const part of parts(group, SCOPE_GROUPS)) {
      const { name = "" } = only(part, SCOPE, "InstrumentationScope");
      for (const bytes of parts(part, ITEMS)) {
        yield { resource, scope: name as string, read: () => read(bytes) };
      }
    }
  }
}

/** The messages of one field. @throws {Undecodable} */
function* parts(bytes: Uint8Array, wanted: number): Generator<Uint8Array> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    let part: Uint8Array | undefined;
    try {
      const [field, wireType] = reader.tag();
      if (field === wanted && wireType === WireType.LengthDelimited) part = reader.bytes();
      else reader.skip(wireType, field);
    } catch (error) {
      throw unreadable(error);
    }
    if (part !== undefined) yield part;
  }
}

/** Its last one counts (Protocol Buffers: "last one wins"), and it may stand behind the items. */
function only(bytes: Uint8Array, field: number, name: string): Message {
  let found: Uint8Array | undefined;
  for (const part of parts(bytes, field)) found = part;
  if (found === undefined) return {};
  try {
    return bounded(name, found);
  } catch (error) {
    throw unreadable(error);
  }
}

function bounded(name: string, bytes: Uint8Array): Message {
  if (bytes.length > MAX_MESSAGE_BYTES) throw new RangeError(`larger than 1 MiB`);
  return readMessage(name, bytes);
}

function readLog(log: Message): LogItem {
  return {
    time: log.timeUnixNano as bigint,
    observed: log.observedTimeUnixNano as bigint,
    severityNumber: log.severityNumber as number,
    severityText: log.severityText as string,
    eventName: log.eventName as string,
    body: readValue(log.body, unwrapMessage),
    attributes: attributesOf(log),
    isCut: isCut(log),
    traceId: idOf(log.traceId),
    spanId: idOf(log.spanId),
  };
}

function readSpan(span: Message): SpanItem {
  const events = span.events as Message[];
  return {
    traceId: idOf(span.traceId),
    spanId: idOf(span.spanId),
    parentSpanId: idOf(span.parentSpanId),
    name: span.name as string,
    kind: span.kind as number,
    attributes: () => attributesOf(span),
    exceptions: events.filter(({ name }) => name === EXCEPTION_EVENT).map((event) => ({
      time: event.timeUnixNano as bigint,
      attributes: attributesOf(event),
      isCut: isCut(event),
    })),
  };
}

function attributesOf({ attributes }: Message) {
  return readAttributes(attributes, unwrapMessage);
}

function isCut({ droppedAttributesCount }: Message): boolean {
  return Number(droppedAttributesCount) > 0;
}

function idOf(bytes: unknown): string {
  return bytes instanceof Uint8Array ? bytes.toHex() : "";
}

function unreadable(error: unknown): Undecodable {
  const { message } = error as Error;
  return new Undecodable(400, "otlp.unreadable", `the body is no OTLP in protobuf: ${message}`);
}
