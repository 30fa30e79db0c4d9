import { pause } from "./pause.ts";
import { StoreBusy, type StoreReads, type Tail, type TailQuery } from "../store/store.ts";

/** Open streams: each asks the store twice a second. */
export const MAX_TAILS = 20;
const ASK_EVERY_MS = 500;
/** Rows of one answer. */
const STEP_ROWS = 100;
/** A stream without records sends something this often: proxies cut silent ones off. */
const HEARTBEAT_MS = 15_000;
/** A client that was cut off reconnects after this. */
const RETRY_MS = 2_000;

export interface WatchQuery extends Omit<TailQuery, "limit"> {
  /** Without `after`: begins with so many of the newest rows, 0 to 100. Default 0. */
  last?: number;
}

/** {@linkcode MAX_TAILS} are open, or the log is being closed. */
export class TooManyTails extends Error {
  override name = "TooManyTails";
}

/** Streams of the logs as they arrive. */
export class LiveTails {
  readonly #store: Pick<StoreReads, "logsAfter">;
  readonly #open = new Set<AbortController>();
  #isClosed = false;

  constructor(store: Pick<StoreReads, "logsAfter">) {
    this.#store = store;
  }

  get count(): number {
    return this.#open.size;
  }

  /**
   * A stream of server-sent events: `data` is the record as JSON, `id` the position after it. A client that comes back with the
   * last `id` as `after` misses nothing and gets nothing twice.
   *
   * @throws {TooManyTails} when {@linkcode MAX_TAILS} are open.
   * @throws {BadCursor} when `after` is not a position of this store.
   */
  async open({ last = 0, ...query }: WatchQuery): Promise<ReadableStream<string>> {
    if (this.#isClosed || this.#open.size >= MAX_TAILS) {
      throw new TooManyTails(`at most ${MAX_TAILS} streams of logs may be open at once`);
    }
    const ender = new AbortController();
    this.#open.add(ender);
    ender.signal.addEventListener("abort", () => this.#open.delete(ender));
    try {
      const limit = query.after === undefined ? last : STEP_ROWS;
      const first = await this.#store.logsAfter({ ...query, limit });
      return this.#stream(query, { first, ender });
    } catch (error) {
      ender.abort();
      throw error;
    }
  }

  /** Ends all streams; new ones are refused. */
  close(): void {
    this.#isClosed = true;
    for (const ender of this.#open) ender.abort();
  }

  #stream(
    query: Omit<TailQuery, "limit">,
    { first, ender }: { first: Tail; ender: AbortController },
  ): ReadableStream<string> {
    let tail = first;
    let text = `retry: ${RETRY_MS}\n${eventsOf(first)}`;
    return new ReadableStream<string>({
      pull: async (controller) => {
        if (text === "") {
          tail = await this.#next(query, { tail, signal: ender.signal });
          text = eventsOf(tail);
        }
        if (ender.signal.aborted) return controller.close();
        controller.enqueue(text);
        text = "";
      },
      cancel: () => ender.abort(),
    }, { highWaterMark: 0 });
  }

  /** What has arrived after a tail; after {@linkcode HEARTBEAT_MS} without any, a tail without rows. */
  async #next(
    query: Omit<TailQuery, "limit">,
    { tail, signal }: { tail: Tail; signal: AbortSignal },
  ): Promise<Tail> {
    const endMs = performance.now() + HEARTBEAT_MS;
    let { position, more } = tail;
    while (!signal.aborted) {
      if (!more) await pause(ASK_EVERY_MS, signal);
      if (signal.aborted) break;
      const next = await this.#ask({ ...query, after: position, limit: STEP_ROWS });
      if (next && (next.items.length > 0 || performance.now() >= endMs)) return next;
      position = next?.position ?? position;
      more = next?.more ?? false;
    }
    return { items: [], position, more };
  }

  /** Undefined while the store does not answer: the stream waits for it. */
  async #ask(query: TailQuery): Promise<Tail | undefined> {
    try {
      return await this.#store.logsAfter(query);
    } catch (error) {
      if (error instanceof StoreBusy) return undefined;
      throw error;
    }
  }
}

/**
 * As server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). The last one has no data: it only
 * moves the position past rows that the filters hold back.
 */
function eventsOf({ items, position }: Tail): string {
  const events = items.map(({ position, record }) =>
    `id: ${position}\ndata: ${JSON.stringify(record)}\n\n`
  );
  return `${events.join("")}id: ${position}\n\n`;
}
