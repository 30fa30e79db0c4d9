/**
 * Loads the route of envelopes on loopback from many clients, each with a connection that stays open. Over plain sockets: `fetch`
 * would need a core of its own.
 *
 * @module
 */
import { eventMaker, type EventOptions } from "./sentry_events.ts";

/** How much is sent, and by how many. */
export interface SentryLoadOptions extends EventOptions {
  /** The service's port on 127.0.0.1. */
  port: number;
  /** A key that it takes. */
  key: string;
  /** Connections. */
  clients: number;
  /** Events a second in all; as fast as answers come where absent. */
  perSecond?: number;
}

/** What was sent, and how it was answered. */
export interface SentryLoad {
  /** Ids of the events that were answered 200. */
  readonly answered: string[];
  /** Answers by status. */
  readonly statuses: Map<number, number>;
  /** Of each 200: from the time when it should have been sent to its whole answer. */
  readonly tookMs: number[];
  /** Settles when every connection has broken. */
  readonly ended: Promise<unknown>;
  /** Sends no more, and waits for the answers that are due. */
  stop(): Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const BUFFER_BYTES = 16 * 1024;

/** Sends until it is stopped or the service is gone. */
export function startSentryLoad(options: SentryLoadOptions): SentryLoad {
  const { port, key, clients, perSecond } = options;
  const make = eventMaker(options);
  const answered: string[] = [];
  const statuses = new Map<number, number>();
  const tookMs: number[] = [];
  const everyMs = perSecond === undefined ? 0 : 1_000 * clients / perSecond;
  const beganMs = performance.now();
  let isStopped = false;
  const ended = Promise.all(Array.from({ length: clients }, (_, i) => send(i)));
  return {
    answered,
    statuses,
    tookMs,
    ended,
    async stop() {
      isStopped = true;
      await ended;
    },
  };

  async function send(client: number): Promise<void> {
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connection.setNoDelay();
      const buffer = new Uint8Array(BUFFER_BYTES);
      let dueMs = beganMs + everyMs * client / clients;
      while (!isStopped) {
        const waitMs = dueMs - performance.now();
        if (everyMs > 0 && waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        const sinceMs = everyMs > 0 ? dueMs : performance.now();
        dueMs += everyMs;
        const { eventId, body } = make();
        await writeAll(connection, request(key, body));
        const status = await readStatus(connection, buffer);
        if (status === undefined) return;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status !== 200) continue;
        answered.push(eventId);
        tookMs.push(performance.now() - sinceMs);
      }
    } catch {
      // The service is gone: what it did not answer, it need not know.
    }
  }
}

function request(key: string, body: Uint8Array): Uint8Array {
  const head = encoder.encode(
    `POST /api/1/envelope/?sentry_key=${key}&sentry_version=7 HTTP/1.1\r\nhost: 127.0.0.1\r\n` +
      `user-agent: sentry.javascript.node/11.12.0\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** Reads one answer whole; undefined at the end of the connection. */
async function readStatus(connection: Deno.Conn, buffer: Uint8Array): Promise<number | undefined> {
  let text = "";
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) return undefined;
    text += decoder.decode(buffer.subarray(0, length));
    const headEnd = text.indexOf("\r\n\r\n");
    if (headEnd < 0) continue;
    const bytes = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (text.length >= headEnd + 4 + bytes) return Number(text.slice(9, 12));
  }
}
