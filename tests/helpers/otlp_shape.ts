/**
 * The shape of an OTLP/JSON log request, strictly: Protocol Buffers' JSON mapping as OTLP narrows it
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), for the messages of
 * opentelemetry/proto/logs/v1/logs.proto.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";

// deno-lint-ignore no-explicit-any -- what came over the wire
type Json = any;

/** A log record as a collector sees it, with its resource. */
export interface SeenRecord {
  /** The resource's attributes, as plain values. */
  resource: Record<string, unknown>;
  /** The record's attributes, as plain values. */
  attributes: Record<string, unknown>;
  /** The body, as a plain value. */
  body: unknown;
  /** The record as it came. */
  raw: Json;
}

const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT32 = 2 ** 32 - 1;

/** Fails on anything a strict receiver would refuse or pass over; gives the records. */
export function readLogs(request: Json): SeenRecord[] {
  only(request, ["resourceLogs"]);
  return list(request.resourceLogs).flatMap((logs) => {
    only(logs, ["resource", "scopeLogs", "schemaUrl"]);
    only(logs.resource, ["attributes", "droppedAttributesCount", "entityRefs"]);
    const resource = readAttributes(logs.resource.attributes);
    return list(logs.scopeLogs).flatMap((scoped) => {
      only(scoped, ["scope", "logRecords", "schemaUrl"]);
      only(scoped.scope, ["name", "version", "attributes", "droppedAttributesCount"]);
      assert(typeof scoped.scope.name === "string" && scoped.scope.name !== "");
      return list(scoped.logRecords).map((raw) => readRecord(raw, resource));
    });
  });
}

function readRecord(raw: Json, resource: Record<string, unknown>): SeenRecord {
  only(raw, [
    "timeUnixNano",
    "observedTimeUnixNano",
    "severityNumber",
    "severityText",
    "body",
    "attributes",
    "droppedAttributesCount",
    "flags",
    "traceId",
    "spanId",
    "eventName",
  ]);
  uint64(raw.timeUnixNano);
  uint64(raw.observedTimeUnixNano);
  assert(BigInt(raw.observedTimeUnixNano) > 0n, "the observed time is known");
  // Enums are numbers, never names.
  assert(Number.isInteger(raw.severityNumber) && raw.severityNumber >= 1);
  assert(raw.severityNumber <= 24);
  text(raw.severityText);
  if (raw.flags !== undefined) assert(Number.isInteger(raw.flags) && raw.flags <= MAX_UINT32);
  // Hexadecimal, not the usual base64; all zeros is none.
  for (const [id, digits] of [[raw.traceId, 32], [raw.spanId, 16]] as const) {
    if (id === undefined || id === "") continue;
    assert(new RegExp(`^[0-9a-f]{${digits}}$`).test(id) && !/^0+$/.test(id), String(id));
  }
  const body = readValue(raw.body);
  return { resource, attributes: readAttributes(raw.attributes), body, raw };
}

/** Attributes as plain values: they have names, each once. */
export function readAttributes(pairs: Json): Record<string, unknown> {
  const attributes = readPairs(pairs);
  const names = list(pairs).map(({ key }) => key);
  assertEquals(names.length, new Set(names).size, String(names));
  assert(names.every((name) => name !== ""));
  return attributes;
}

function readPairs(pairs: Json): Record<string, unknown> {
  return Object.fromEntries(
    list(pairs).map((pair) => {
      only(pair, ["key", "value"]);
      text(pair.key);
      return [pair.key, readValue(pair.value)];
    }),
  );
}

function readValue(value: Json): unknown {
  assert(typeof value === "object" && value !== null && !Array.isArray(value));
  const names = Object.keys(value);
  assert(names.length <= 1, `one of them, not ${names}`);
  const [name] = names;
  switch (name) {
    case undefined:
      return null;
    case "stringValue":
      return text(value.stringValue);
    case "boolValue":
      assert(typeof value.boolValue === "boolean");
      return value.boolValue;
    case "intValue": {
      // 64-bit integers are decimal texts.
      assert(/^-?(0|[1-9]\d*)$/.test(value.intValue), value.intValue);
      const int = BigInt(value.intValue);
      assert(int <= MAX_INT64 && int >= -MAX_INT64 - 1n);
      return Number(int);
    }
    case "doubleValue":
      assert(typeof value.doubleValue === "number");
      return value.doubleValue;
    case "arrayValue":
      only(value.arrayValue, ["values"]);
      return list(value.arrayValue.values).map(readValue);
    case "kvlistValue":
      only(value.kvlistValue, ["values"]);
      return readPairs(value.kvlistValue.values);
    default:
      throw new Error(`${name} is no value`);
  }
}

function uint64(digits: Json): void {
  assert(typeof digits === "string" && /^(0|[1-9]\d*)$/.test(digits), String(digits));
  assert(BigInt(digits) <= MAX_UINT64);
}

function text(value: Json): string {
  assert(typeof value === "string" && value.isWellFormed(), JSON.stringify(value));
  return value;
}

function list(value: Json): Json[] {
  assert(Array.isArray(value));
  return value;
}

/** No member that the message does not have: a receiver passes over those without a word. */
function only(value: Json, names: readonly string[]): void {
  assert(typeof value === "object" && value !== null && !Array.isArray(value));
  assertEquals(Object.keys(value).filter((name) => !names.includes(name)), []);
}
