/** Exceptions on spans, made into reports: of one that leaves several spans, each of which tells of it, one. */
import type { DecodedReport } from "../intake.ts";
import { takeException } from "./exceptions.ts";
import type { Origin } from "./origin.ts";
import { type RequestFields, takeRequest } from "./request.ts";
import { millisecondsOf, SPAN_KINDS, type SpanException, type SpanItem } from "./telemetry.ts";
import { type Attributes, take } from "./values.ts";

/** An exception passes all spans around it within this time. */
const SAME_MOMENT_MS = 100;
/** Spans in one another that are looked through. */
const MAX_SPANS_UP = 50;
/** `GET /cart/:id`: the name of a server's span where the route has no attribute. */
const ROUTE_NAME = /^[A-Z]+ (?<route>\/\S*)$/;

/** One span with where it came from. */
export interface PlacedSpan {
  readonly span: SpanItem;
  readonly origin: Origin;
  readonly scope: string;
}

/** The reports of all spans in a request, and where the exceptions come from that were told of again. */
export function spanReports(
  spans: readonly PlacedSpan[],
): { reports: DecodedReport[]; repeated: Origin[] } {
  const byId = new Map(spans.map((placed) => [keyOf(placed.span), placed]));
  const told: Told[] = [];
  const repeated: Origin[] = [];
  for (const placed of spans) {
    for (const exception of placed.span.exceptions) {
      const next = tell(placed, exception, byId);
      const same = told.findLastIndex((other) => isSame(other, next));
      if (same < 0) told.push(next);
      else {
        repeated.push(placed.origin);
        // The innermost span is the one that the error comes from.
        if (next.up.length > told[same]!.up.length) told[same] = next;
      }
    }
  }
  return { reports: told.map(({ decoded }) => decoded), repeated };
}

interface Told {
  decoded: DecodedReport;
  /** The span and those around it, from the inside. */
  up: readonly SpanItem[];
}

function tell(
  { span, origin, scope }: PlacedSpan,
  exception: SpanException,
  byId: ReadonlyMap<string, PlacedSpan>,
): Told {
  const up = spansAround(span, byId);
  const rest: Attributes = copyOf(exception.attributes);
  const escaped = take(rest, "exception.escaped");
  const error = takeException(rest);
  const { request, more } = requestOf(up);
  const { attrs, ...from } = origin;
  const report = {
    ...from,
    ...request,
    level: "ERROR" as const,
    message: error?.message || error?.type || "exception",
    error,
    module: scope || undefined,
    trace_id: span.traceId || undefined,
    span_id: span.spanId || undefined,
    // That it did not escape is what Python says of every one.
    ...(isTrue(escaped) && { handled: false }),
    ...(exception.isCut && { truncated: ["attrs"] }),
    attrs: { ...attrs, span: { name: span.name, ...more }, ...rest },
  };
  return { decoded: { report, timeMs: millisecondsOf(exception.time) }, up };
}

/**
 * The request is that of the nearest server's span around it; where none came along, that of the nearest span with a route, which
 * what a client asks for does not have; else the span's own.
 */
function requestOf(up: readonly SpanItem[]): { request: RequestFields; more: Attributes } {
  const own = copyOf(up[0]!.attributes());
  const isClient = up[0]!.kind === SPAN_KINDS.client;
  // What it asked for is no request to this service: it stays among the span's attributes.
  const requests = [isClient ? {} : ofSpan(up[0]!, own)];
  let server = up[0]!.kind === SPAN_KINDS.server ? 0 : -1;
  for (let at = 1; at < up.length && server < 0; at++) {
    requests.push(ofSpan(up[at]!, copyOf(up[at]!.attributes())));
    if (up[at]!.kind === SPAN_KINDS.server) server = at;
  }
  const request = requests[server] ?? requests.find(({ route }) => route !== undefined) ??
    requests[0]!;
  return { request: { ...request, user: requests.find(({ user }) => user)?.user }, more: own };
}

function ofSpan(span: SpanItem, attributes: Attributes): RequestFields {
  const request = takeRequest(attributes);
  if (request.method === undefined || request.route !== undefined) return request;
  return { ...request, route: ROUTE_NAME.exec(span.name)?.groups?.route };
}

function copyOf(attributes: Attributes): Attributes {
  return Object.assign(Object.create(null), attributes);
}

function spansAround(span: SpanItem, byId: ReadonlyMap<string, PlacedSpan>): SpanItem[] {
  const up = [span];
  for (let next = span; next.parentSpanId !== "" && up.length < MAX_SPANS_UP;) {
    const parent = byId.get(keyOf({ traceId: next.traceId, spanId: next.parentSpanId }))?.span;
    if (parent === undefined || up.includes(parent)) break;
    up.push(parent);
    next = parent;
  }
  return up;
}

function keyOf({ traceId, spanId }: Pick<SpanItem, "traceId" | "spanId">): string {
  return `${traceId}:${spanId}`;
}

/** One failure: the same type and message at the same moment, in spans of which one is inside the other. */
function isSame(one: Told, other: Told): boolean {
  const [a, b] = [one.decoded, other.decoded];
  const [inner, outer] = one.up.length >= other.up.length ? [one, other] : [other, one];
  if (inner.up[0]!.traceId === "" || !inner.up.includes(outer.up[0]!)) return false;
  if (a.report.error?.type !== b.report.error?.type) return false;
  if (a.report.error?.message !== b.report.error?.message) return false;
  // On one span: told of twice, or thrown twice at two places.
  const isOneSpan = inner.up[0] === outer.up[0];
  if (isOneSpan && a.report.error?.stack !== b.report.error?.stack) return false;
  return Math.abs((a.timeMs ?? 0) - (b.timeMs ?? 0)) <= SAME_MOMENT_MS;
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === "string" && value.toLowerCase() === "true");
}
