/**
 * `GET /logs/stream`: new log records as server-sent events, in the order they were stored. Each event's id is a position, so
 * that a client that reconnects with `Last-Event-ID` misses nothing and sees nothing twice.
 *
 * @module
 */
import { LEVELS, StoreBusy, type StoreReads, type TailQuery } from "../logging/mod.ts";
import { Failure, ValueError } from "../modules/failure.ts";

/** How soon a stored record is sent. */
const POLL_MS = 400;
/** Something is sent this often, so that a connection that is gone is noticed on either side. */
const PING_MS = 15_000;
/** What a client waits before it connects again. */
const RETRY_MS = 1_000;
const ROWS_AT_ONCE = 200;
/** Every stream asks the store by itself. */
const MAX_STREAMS = 50;

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "content-type": "text/event-stream; charset=utf-8",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  // Proxies that collect answers before they pass them on would hold events back.
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff",
};

/** Streams of one app. */
export class LogStreams {
  readonly #store: StoreReads;
  readonly #stops = new Set<() => void>();

  /** Reads from this store. */
  constructor(store: StoreReads) {
    this.#store = store;
  }

  /**
   * A stream for a request: filters from its query as in `GET /logs`, the position from `Last-Event-ID` or `after`.
   *
   * @throws {Failure} `too_many` when all places are taken, `invalid` for an unknown level.
   */
  async open(request: Request): Promise<Response> {
    if (this.#stops.size >= MAX_STREAMS) {
      throw new Failure("too_many", `at most ${MAX_STREAMS} streams may be open`);
    }
    const query = queryOf(request);
    const after = query.after ?? (await this.#store.logsAfter(query)).position;
    return new Response(this.#events({ ...query, after }), { headers: HEADERS });
  }

  /** Ends all streams: a process that stops does not wait for them. Clients connect again elsewhere. */
  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #events(query: TailQuery & { after: string }): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wake = () => {};
    let hasStopped = false;
    let isCancelled = false;
    let after = query.after;
    let lastSentMs = 0;
    const stop = () => {
      hasStopped = true;
      clearTimeout(timer);
      this.#stops.delete(stop);
      wake();
    };
    const pause = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, POLL_MS);
      });
    this.#stops.add(stop);

    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        lastSentMs = performance.now();
        controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
      },
      // Called when the client has taken what was sent before: a slow one costs no memory.
      pull: async (controller) => {
        while (!hasStopped) {
          const text = await this.#textAfter({ ...query, after });
          if (hasStopped) break;
          if (text.after !== after || performance.now() - lastSentMs > PING_MS) {
            after = text.after;
            lastSentMs = performance.now();
            controller.enqueue(encoder.encode(text.events || ": still here\n\n"));
            return;
          }
          await pause();
        }
        if (!isCancelled) controller.close();
      },
      cancel: () => {
        isCancelled = true;
        stop();
      },
    });
  }

  async #textAfter(
    query: TailQuery & { after: string },
  ): Promise<{ events: string; after: string }> {
    try {
      const { items, position, isWhole } = await this.#store.logsAfter(query);
      if (!isWhole) return { events: `id: ${position}\nevent: gap\ndata: {}\n\n`, after: position };
      const events = items.map(({ position, record }) =>
        `id: ${position}\nevent: log\ndata: ${JSON.stringify(record)}\n\n`
      );
      // What did not match is behind as well: a reconnect need not look at it again.
      const end = items.at(-1)?.position === position
        ? ""
        : `id: ${position}\nevent: seen\ndata: {}\n\n`;
      return { events: events.join("") + end, after: position };
    } catch (error) {
      // A store that is silent now is asked again: nothing is lost by waiting.
      if (!(error instanceof StoreBusy)) throw error;
      return { events: "", after: query.after };
    }
  }
}

function queryOf(request: Request): TailQuery {
  const parameters = new URL(request.url).searchParams;
  const named = parameters.get("level");
  const level = LEVELS.find((name) => name === named);
  if (named !== null && level === undefined) {
    throw new ValueError(`level must be ${LEVELS.join(" or ")}, got ${JSON.stringify(named)}`, {
      param: "level",
    });
  }
  const after = request.headers.get("last-event-id") || parameters.get("after");
  const query: TailQuery = { limit: ROWS_AT_ONCE };
  for (const name of ["q", "svc_name", "route", "request_id"] as const) {
    const value = parameters.get(name);
    if (value) query[name] = value;
  }
  if (level !== undefined) query.level = level;
  if (after) query.after = after;
  return query;
}
