/** OTLP in its JSON encoding: ids in hexadecimal digits, integers as numbers or texts. */
import { parseJson } from "../../store/parse_json.ts";
import { Undecodable } from "../intake.ts";
import {
  type Entry,
  EXCEPTION_EVENT,
  type LogItem,
  type Resource,
  type SpanItem,
} from "./telemetry.ts";
import { isObject } from "../../store/is_object.ts";
import { listOf, readAttributes, readValue, unwrapJson } from "./values.ts";

type Json = Record<string, unknown>;

/** Objects and lists in one request: twice as many as records in 20 MiB have. An empty one takes fifty times its two bytes. */
const MAX_NESTED = 2_000_000;

/** One that JavaScript may not hold. Every request has long numbers: times, as texts. */
const LONG_INTEGER = /"intValue"\s*:\s*-?\d{16}/;

/** Names of the three levels, from the outermost. */
interface Names {
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
}

/** The log records of an `ExportLogsServiceRequest`. @throws {Undecodable} */
export function readJsonLogs(body: Uint8Array): Iterable<Entry<LogItem>> {
  const names = { resources: "resourceLogs", scopes: "scopeLogs", items: "logRecords" };
  return entries(parse(body), names, readLog);
}

/** The spans of an `ExportTraceServiceRequest`. @throws {Undecodable} */
export function readJsonSpans(body: Uint8Array): Iterable<Entry<SpanItem>> {
  const names = { resources: "resourceSpans", scopes: "scopeSpans", items: "spans" };
  return entries(parse(body), names, readSpan);
}

function parse(body: Uint8Array): unknown {
  if (body.length > MAX_NESTED && countNested(body) > MAX_NESTED) {
    const sentence = `the body has more than ${MAX_NESTED} objects and lists`;
    throw new Undecodable(413, "otlp.too_many_values", sentence);
  }
  try {
    const text = new TextDecoder().decode(body);
    return LONG_INTEGER.test(text) ? parseJson(text) : JSON.parse(text);
  } catch {
    throw unreadable("it is no JSON");
  }
}

/** Brackets in texts count, too: to know them the body had to be parsed. */
function countNested(body: Uint8Array): number {
  let count = 0;
  for (const byte of body) if (byte === OBJECT || byte === LIST) count++;
  return count;
}

const OBJECT = "{".charCodeAt(0);
const LIST = "[".charCodeAt(0);

function* entries<Item>(
  data: unknown,
  names: Names,
  read: (item: Json) => Item,
): Generator<Entry<Item>> {
  for (const group of children(objectOf(data), names.resources)) {
    const resource = resourceOf(group);
    for (const part of children(group, names.scopes)) {
      const scope = isObject(part.scope) ? textOf(part.scope.name) : "";
      for (const item of lists(part, names.items)) {
        yield { resource, scope, read: () => read(objectOf(item)) };
      }
    }
  }
}

/** One that cannot be read costs its records where they are from, and nothing else. */
function resourceOf({ resource }: Json): Resource {
  try {
    return { attributes: attributesOf(isObject(resource) ? resource : {}) };
  } catch {
    return { attributes: {} };
  }
}

function readLog(log: Json): LogItem {
  return {
    time: timeOf(log.timeUnixNano),
    observed: timeOf(log.observedTimeUnixNano),
    severityNumber: Number(log.severityNumber ?? 0) || 0,
    // Older collectors write the number's name.
    severityText: textOf(log.severityText) || textOf(log.severityNumber),
    eventName: textOf(log.eventName),
    body: readValue(log.body, unwrapJson),
    attributes: attributesOf(log),
    isCut: isCut(log),
    traceId: idOf(log.traceId),
    spanId: idOf(log.spanId),
  };
}

function readSpan(span: Json): SpanItem {
  const events = listOf(span.events, "events").filter(isObject);
  return {
    traceId: idOf(span.traceId),
    spanId: idOf(span.spanId),
    parentSpanId: idOf(span.parentSpanId),
    name: textOf(span.name),
    kind: Number(span.kind ?? 0) || 0,
    attributes: () => attributesOf(span),
    exceptions: events.filter(({ name }) => name === EXCEPTION_EVENT).map((event) => ({
      time: timeOf(event.timeUnixNano),
      attributes: attributesOf(event),
      isCut: isCut(event),
    })),
  };
}

function attributesOf({ attributes }: Json) {
  return readAttributes(attributes, unwrapJson);
}

function isCut({ droppedAttributesCount }: Json): boolean {
  return Number(droppedAttributesCount ?? 0) > 0;
}

function timeOf(value: unknown): number | string | undefined {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function idOf(value: unknown): string {
  return typeof value === "string" && /^[0-9a-f]+$/i.test(value) ? value.toLowerCase() : "";
}

function children(of: Json, name: string): Json[] {
  return lists(of, name).map(objectOf);
}

function lists(of: Json, name: string): readonly unknown[] {
  try {
    return listOf(of[name], name);
  } catch (error) {
    throw unreadable((error as Error).message);
  }
}

function objectOf(value: unknown): Json {
  if (!isObject(value)) throw unreadable("something in it is no object");
  return value;
}

function unreadable(reason: string): Undecodable {
  return new Undecodable(400, "otlp.unreadable", `the body is no OTLP in JSON: ${reason}`);
}
