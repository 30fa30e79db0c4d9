/**
 * The messages of OTLP as far as they are read, as a table: names and numbers of opentelemetry-proto 1.9.0. What is not in it is
 * skipped while it is read. This file alone loads the library for Protocol Buffers.
 *
 * @module
 */
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import {
  type DescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

/** Messages in one another: JSON of the same depth is cut, so no program that nests less is told that its record is damaged. */
const RECURSION_LIMIT = 1_000;
const PACKAGE = "otlp";

const { STRING, BYTES, BOOL, INT32, INT64, DOUBLE, FIXED64, MESSAGE } = FieldDescriptorProto_Type;
const SCALARS = {
  string: STRING,
  bytes: BYTES,
  bool: BOOL,
  int32: INT32,
  int64: INT64,
  double: DOUBLE,
  fixed64: FIXED64,
} as const;

/** Field → its number and its type; `[]` for lists. */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
  Resource: { attributes: [1, "KeyValue[]"], droppedAttributesCount: [2, "int32"] },
  InstrumentationScope: { name: [1, "string"] },
  LogRecord: {
    timeUnixNano: [1, "fixed64"],
    severityNumber: [2, "int32"],
    severityText: [3, "string"],
    body: [5, "AnyValue"],
    attributes: [6, "KeyValue[]"],
    droppedAttributesCount: [7, "int32"],
    traceId: [9, "bytes"],
    spanId: [10, "bytes"],
    observedTimeUnixNano: [11, "fixed64"],
    eventName: [12, "string"],
  },
  Span: {
    traceId: [1, "bytes"],
    spanId: [2, "bytes"],
    parentSpanId: [4, "bytes"],
    name: [5, "string"],
    kind: [6, "int32"],
    attributes: [9, "KeyValue[]"],
    events: [11, "SpanEvent[]"],
  },
  SpanEvent: {
    timeUnixNano: [1, "fixed64"],
    name: [2, "string"],
    attributes: [3, "KeyValue[]"],
    droppedAttributesCount: [4, "int32"],
  },
  KeyValue: { key: [1, "string"], value: [2, "AnyValue"] },
  AnyValue: {
    stringValue: [1, "string"],
    boolValue: [2, "bool"],
    intValue: [3, "int64"],
    doubleValue: [4, "double"],
    arrayValue: [5, "ArrayValue"],
    kvlistValue: [6, "KeyValueList"],
    bytesValue: [7, "bytes"],
  },
  ArrayValue: { values: [1, "AnyValue[]"] },
  KeyValueList: { values: [1, "KeyValue[]"] },
};
/** The only message whose fields exclude one another. */
const CHOICE = "AnyValue";

const registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: `${PACKAGE}.proto`,
    package: PACKAGE,
    // As proto3, but text that is not UTF-8 is repaired: it costs a letter, not the record.
    syntax: "proto2",
    messageType: Object.keys(MESSAGES).map(describeMessage),
  }),
  () => undefined,
);

/** Reads one message. Its fields are in the names of the table; one of several is `{ case, value }`. @throws what is wrong. */
export function readMessage(name: string, bytes: Uint8Array): Record<string, unknown> {
  const options = { readUnknownFields: false, recursionLimit: RECURSION_LIMIT };
  return fromBinary(messageOf(name), bytes, options) as unknown as Record<string, unknown>;
}

function messageOf(name: string): DescMessage {
  return registry.getMessage(`${PACKAGE}.${name}`)!;
}

function describeMessage(name: string): MessageInitShape<typeof DescriptorProtoSchema> {
  const isChoice = name === CHOICE;
  const field = Object.entries(MESSAGES[name]!).map(([name, [number, type]]) => ({
    name,
    number,
    label: type.endsWith("[]")
      ? FieldDescriptorProto_Label.REPEATED
      : FieldDescriptorProto_Label.OPTIONAL,
    ...typeOf(type.replace("[]", "")),
    ...(isChoice && { oneofIndex: 0 }),
  }));
  return { name, field, ...(isChoice && { oneofDecl: [{ name: "value" }] }) };
}

function typeOf(type: string): { type: FieldDescriptorProto_Type; typeName?: string } {
  if (Object.hasOwn(SCALARS, type)) return { type: SCALARS[type as keyof typeof SCALARS] };
  return { type: MESSAGE, typeName: `.${PACKAGE}.${type}` };
}
