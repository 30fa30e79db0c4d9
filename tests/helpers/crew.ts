/**
 * The workers of one start, told apart: which process answers is the kernel's choice, connection by connection.
 *
 * @module
 */
import { OPERATOR_TOKEN, withToken } from "./start_app.ts";
import type { Service, Variables } from "./start_service.ts";
import { startService } from "./start_service.ts";
import { until } from "./until.ts";

const MAX_CONNECTIONS = 100;

/** One connection that stays with one worker. */
export interface Line extends Disposable {
  /** The worker's process. */
  readonly pid: number;
  /** Asks that worker. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** Starts the service with two workers. */
export function startTwo(variables: Variables = {}): Promise<Service> {
  return startService({ LOG_CONSOLE: "off", ...variables }, ["--workers", "2"]);
}

/** Asks by a connection of its own each time, so that all workers get something. A broken connection is tried again. */
export function askAnew(service: Service): Disposable & Pick<Service, "fetch"> {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  return {
    async fetch(path, init) {
      for (;;) {
        try {
          return await fetch(service.url + path, { ...init, client });
        } catch (error) {
          if (!await isThere(service)) throw error;
        }
      }
    },
    [Symbol.dispose]: () => client.close(),
  };
}

async function isThere({ url }: Service): Promise<boolean> {
  const { hostname, port } = new URL(url);
  try {
    using _connection = await Deno.connect({ hostname, port: Number(port) });
    return true;
  } catch {
    return false;
  }
}

/** A connection to each worker, the one with the lowest process id first. */
export async function linesTo(service: Service, count = 2): Promise<Line[]> {
  const lines = new Map<number, Line>();
  for (let i = 0; i < MAX_CONNECTIONS && lines.size < count; i++) {
    const line = await openLine(service);
    if (lines.has(line.pid)) line[Symbol.dispose]();
    else lines.set(line.pid, line);
  }
  if (lines.size < count) {
    throw new Error(`${MAX_CONNECTIONS} connections met ${lines.size} workers`);
  }
  return [...lines.values()].sort((a, b) => a.pid - b.pid);
}

async function openLine({ url }: Service): Promise<Line> {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 1 });
  const ask = (path: string, init?: RequestInit) => fetch(url + path, { ...init, client });
  const { request_id } = await (await ask("/?user_type=guest")).json();
  const pid = await until(async () => {
    const response = await ask(`/logs?request_id=${request_id}`, withToken(OPERATOR_TOKEN));
    const { content } = await response.json();
    return content.logs[0] && pidOf(content.logs[0]);
  }, { what: "the worker's record is stored" });
  return { pid, fetch: ask, [Symbol.dispose]: () => client.close() };
}

/** The process that made a record. */
export function pidOf({ instance }: { instance: string }): number {
  return Number(instance.split(":").at(-1));
}
