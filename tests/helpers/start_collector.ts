import { assertEquals } from "@std/assert";
import { readLogs, type SeenRecord } from "./otlp_shape.ts";

/** How a collector answers a request of so many records. */
export type CollectorAnswer = (records: number) => Response | Promise<Response>;

/** An OpenTelemetry collector as far as log records go, on loopback. */
export interface Collector extends AsyncDisposable {
  /** The endpoint's whole address. */
  readonly url: string;
  /** What it has taken: answered with 200. */
  readonly taken: SeenRecord[];
  /** Every request's headers, in order, whatever was answered. */
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
      collector.requests.push(request.headers);
      let records: SeenRecord[] = [];
      try {
        records = readLogs(await readBody(request));
      } catch (error) {
        collector.defects.push(error);
      }
      const response = await collector.answer(records.length);
      if (response.status === 200) collector.taken.push(...records);
      return response;
    },
  );
  collector.url = `http://127.0.0.1:${server.addr.port}/v1/logs`;
  return collector;
}

async function readBody(request: Request): Promise<unknown> {
  assertEquals([request.method, new URL(request.url).pathname], ["POST", "/v1/logs"]);
  assertEquals(request.headers.get("content-type"), "application/json");
  assertEquals(request.headers.get("content-encoding"), "gzip");
  const body = request.body!.pipeThrough(new DecompressionStream("gzip"));
  return await new Response(body).json();
}
