/**
 * What both encodings of OTLP are read into, so that everything after it is written once.
 *
 * @module
 */
import type { Attributes } from "./values.ts";

/** One log record or span with where it came from. It is read when asked: a request may have more than are taken. */
export interface Entry<Item> {
  /** The same object for everything of one resource. */
  readonly resource: Resource;
  /** The name of the logger or library. */
  readonly scope: string;
  /** @throws what is wrong with it. */
  read(): Item;
}

export interface Resource {
  readonly attributes: Attributes;
}

/** Nanoseconds since 1970; 0 and what is no number is unknown. */
export type Nanoseconds = bigint | number | string | undefined;

export interface LogItem {
  readonly time: Nanoseconds;
  readonly observed: Nanoseconds;
  /** 1 to 24; 0 is unknown. */
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: unknown;
  readonly attributes: Attributes;
  /** True where the client says that it left attributes out. */
  readonly isCut: boolean;
  /** Hexadecimal digits; empty without one. */
  readonly traceId: string;
  readonly spanId: string;
}

export interface SpanItem {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** {@linkcode SPAN_KINDS} */
  readonly kind: number;
  /** Read when needed: of most spans nothing is kept. */
  attributes(): Attributes;
  /** Those named `exception` alone. */
  readonly exceptions: readonly SpanException[];
}

export interface SpanException {
  readonly time: Nanoseconds;
  readonly attributes: Attributes;
  readonly isCut: boolean;
}

/** What a span is of a request; other kinds are neither. */
export const SPAN_KINDS = { server: 2, client: 3 } as const;

/** The name of the event that an exception is on a span (semantic conventions, "Exceptions on spans"). */
export const EXCEPTION_EVENT = "exception";

/** Milliseconds since 1970. */
export function millisecondsOf(time: Nanoseconds): number | undefined {
  if (typeof time === "string" && !/^\d{1,20}$/.test(time)) return undefined;
  const nanoseconds = Number(time ?? 0);
  return Number.isFinite(nanoseconds) && nanoseconds > 0
    ? Math.floor(nanoseconds / NANOSECONDS_A_MS)
    : undefined;
}

const NANOSECONDS_A_MS = 1_000_000;
