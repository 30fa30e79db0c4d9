/**
 * The span of the request that is being answered, where OpenTelemetry is on.
 *
 * @module
 */

/** Where a span stands in its trace. */
export interface SpanIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

/** The part of OpenTelemetry's API that is used: what Deno's built-in one registers, and the SDK for JavaScript too. */
interface OpenTelemetry {
  context?: { active(): { getValue(key: symbol): { spanContext(): SpanIds } | undefined } };
}

/** Both as `@opentelemetry/api` 1.x names them; reading them here spares the package. */
const API = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

/** A span that is none has zeros alone (W3C Trace Context, 3.2.2.3). */
const NO_TRACE = /^0*$/;

/** Gives the reader of the active span; nothing where OpenTelemetry was off when it was called. */
export function activeSpanReader(): (() => SpanIds | undefined) | undefined {
  const { context } = (globalThis as Record<symbol, OpenTelemetry | undefined>)[API] ?? {};
  if (!context) return undefined;
  return () => {
    const ids = context.active().getValue(SPAN)?.spanContext();
    return ids === undefined || NO_TRACE.test(ids.traceId) ? undefined : ids;
  };
}
