/**
 * OTLP over HTTP: log records and spans of OpenTelemetry's exporters, in JSON or Protocol Buffers.
 *
 * @module
 */
import { decompress } from "../decompress.ts";
import {
  type Decoded,
  type DecodedReport,
  type Delivery,
  type Turns,
  Undecodable,
} from "../intake.ts";
import { type Encoding, encodingOf } from "./encodings.ts";
import { withEventIds } from "./event_ids.ts";
import { plainText, saysUncaught } from "./exceptions.ts";
import { logReport, UNCAUGHT_EVENT } from "./log_report.ts";
import { originReader } from "./origin.ts";
import { readJsonLogs, readJsonSpans } from "./read_json.ts";
import { spanReports } from "./span_reports.ts";
import { Tally } from "./tally.ts";
import type { LogItem, Resource } from "./telemetry.ts";

/** What the OpenTelemetry Collector itself takes (confighttp, `max_request_body_size`). */
const MAX_BYTES = 20 * 1024 * 1024;

/** `POST /v1/logs`. @throws {Undecodable} when nothing of it can be read. */
export async function decodeLogs(delivery: Delivery, turns?: Turns): Promise<Decoded> {
  const { body, encoding } = open(delivery);
  const entries = encoding === "json"
    ? readJsonLogs(body)
    : (await import("./read_protobuf.ts")).readProtobufLogs(body);
  const originOf = originReader(delivery);
  const serviceOf = (resource: Resource) => originOf(resource).svc_name;
  const tally = new Tally("log_item", serviceOf);
  const { logs, printed } = withoutPrintedUncaught(await tally.read(entries, turns));
  for (const { resource } of printed) tally.repeat(serviceOf(resource));
  const reports: DecodedReport[] = [];
  for (const { item, resource, scope } of logs) {
    const over = turns?.next();
    if (over) await over;
    reports.push(logReport(item, { origin: originOf(resource), scope }));
  }
  return { ...tally.decoded(), reports: withEventIds(reports) };
}

/** `POST /v1/traces`. @throws {Undecodable} when nothing of it can be read. */
export async function decodeTraces(delivery: Delivery, turns?: Turns): Promise<Decoded> {
  const { body, encoding } = open(delivery);
  const entries = encoding === "json"
    ? readJsonSpans(body)
    : (await import("./read_protobuf.ts")).readProtobufSpans(body);
  const originOf = originReader(delivery);
  const tally = new Tally("span", (resource) => originOf(resource).svc_name);
  const spans = (await tally.read(entries, turns)).map(({ item, resource, scope }) => (
    { span: item, origin: originOf(resource), scope }
  ));
  for (const { span, origin } of spans) {
    if (span.exceptions.length === 0) tally.ignore(origin.svc_name);
  }
  const { reports, repeated } = spanReports(spans);
  for (const { svc_name } of repeated) tally.repeat(svc_name);
  return { ...tally.decoded(), reports: withEventIds(reports) };
}

function open(
  { body, encoding, contentType }: Delivery,
): { body: Uint8Array; encoding: Encoding } {
  const unpacked = decompress(body, { encoding, maxBytes: MAX_BYTES });
  const known = encodingOf(contentType);
  if (known !== undefined) return { body: unpacked, encoding: known };
  if (contentType) {
    const types = "application/json or application/x-protobuf";
    throw new Undecodable(415, "otlp.media_type", `OTLP comes as ${types}`);
  }
  // No message of OTLP begins with this byte: it would be field 15.
  const isJson = unpacked[0] === "{".charCodeAt(0);
  return { body: unpacked, encoding: isJson ? "json" : "protobuf" };
}

/** Deno tells of an error that ends the program twice: as a record of its own, and as the text that it prints. */
function withoutPrintedUncaught<Log extends { item: LogItem; resource: object }>(
  all: readonly Log[],
): { logs: readonly Log[]; printed: readonly Log[] } {
  const uncaught = all.filter(({ item }) => item.eventName === UNCAUGHT_EVENT);
  const resources = new Set(uncaught.map(({ resource }) => resource));
  if (resources.size === 0) return { logs: all, printed: [] };
  const { logs = [], printed = [] } = Object.groupBy(all, ({ item: { body }, resource }) => {
    const isText = resources.has(resource) && typeof body === "string";
    return isText && saysUncaught(plainText(body)) ? "printed" : "logs";
  });
  return { logs, printed };
}
