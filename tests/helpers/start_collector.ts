import { assertEquals } from "@std/assert";
import { readAttributes, readLogs, type SeenRecord } from "./otlp_shape.ts";

/** How a collector answers a request of so many records. */
export type CollectorAnswer = (records: number) => Response | Promise<Response>;

/** A span, as far as tests ask for it. */
export interface SeenSpan {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** The span it is in: 16 hexadecimal digits. */
  parentSpanId?: string;
  /** As plain values. */
  attributes: Record<string, unknown>;
}

/** An OpenTelemetry collector as far as log records and spans go, on loopback. */
export interface Collector extends AsyncDisposable {
  /** The whole address of the endpoint for logs. */
  readonly url: string;
  /** What exporters of all signals are given: they add the paths themselves. */
  readonly base: string;
  /** Spans that it has taken. */
  readonly spans: SeenSpan[];
  /** What it has taken: answered with 200. */
  readonly taken: SeenRecord[];
  /** The headers of every request with logs, in order, whatever was answered. */
  readonly requests: Headers[];
  /** What no strict receiver would take; empty when all is well. */
  readonly defects: unknown[];
  /** How it answers from now on. */
  answer: CollectorAnswer;
}

/** Takes everything. */
export const TAKEN: CollectorAnswer = () => Response.json({});

/** Starts a collector that takes everything and checks every request strictly; `port` for one that comes back. */
export function startCollector({ port = 0 }: { port?: number } = {}): Collector {
  const closing = new AbortController();
  const collector = {
    url: "",
    base: "",
    spans: [] as SeenSpan[],
    taken: [] as SeenRecord[],
    requests: [] as Headers[],
    defects: [] as unknown[],
    answer: TAKEN,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await server.finished;
    },
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen() {}, signal: closing.signal },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/v1/traces") collector.spans.push(...readSpans(await readBody(request)));
      if (pathname !== "/v1/logs") return Response.json({});
      collector.requests.push(request.headers);
      let records: SeenRecord[] = [];
      try {
        assertEquals(request.method, "POST");
        assertEquals(request.headers.get("content-type"), "application/json");
        records = readLogs(await readBody(request));
      } catch (error) {
        collector.defects.push(error);
      }
      const response = await collector.answer(records.length);
      if (response.status === 200) collector.taken.push(...records);
      return response;
    },
  );
  collector.base = `http://127.0.0.1:${server.addr.port}`;
  collector.url = `${collector.base}/v1/logs`;
  return collector;
}

async function readBody({ headers, body }: Request): Promise<unknown> {
  const isPacked = headers.get("content-encoding") === "gzip";
  const plain = isPacked ? body?.pipeThrough(new DecompressionStream("gzip")) : body;
  return await new Response(plain).json();
}

// deno-lint-ignore no-explicit-any -- what came over the wire
function readSpans({ resourceSpans }: any): SeenSpan[] {
  // deno-lint-ignore no-explicit-any -- as above
  return resourceSpans.flatMap(({ scopeSpans }: any) =>
    // deno-lint-ignore no-explicit-any -- as above
    scopeSpans.flatMap(({ spans }: any) =>
      // deno-lint-ignore no-explicit-any -- as above
      spans.map((span: any) => ({ ...span, attributes: readAttributes(span.attributes) }))
    )
  );
}
