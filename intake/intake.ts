/**
 * What a client of another system sent, and what was read out of it. Everything in this folder is a function of bytes: it opens
 * nothing, asks nothing and keeps nothing, and runs in the log's worker. Only open_maps.ts remembers
 * something: the maps that it was given.
 *
 * @module
 */
import type { Report } from "../store/report.ts";

/** Sentry's three endpoints and OpenTelemetry's two. */
export type Protocol = "envelope" | "store" | "security" | "logs" | "traces";

/** One request's body with what must be known to read it. Plain data: it crosses to the worker. */
export interface Delivery {
  readonly protocol: Protocol;
  /** As it came, compressed or not. */
  readonly body: Uint8Array;
  /** `Content-Encoding`, where there is one. */
  readonly encoding?: string | undefined;
  /** `Content-Type`, where there is one. */
  readonly contentType?: string | undefined;
  /** The service that the key belongs to: what a report calls itself does not count. */
  readonly service?: string | undefined;
  /** Whoever sends it: shares of what may wait go by this, then by service. Not kept. */
  readonly reporter?: string | undefined;
  /** What the service is called where neither the key nor the report names it. */
  readonly otherwise: string;
  /** The client and its version as it names itself: `sentry.javascript.node/11.12.0`. */
  readonly client?: string | undefined;
  /** The client's network address and browser, for events that ask for them (`{{auto}}`). */
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
  /** What a policy's report address says of the page: browsers know neither. */
  readonly release?: string | undefined;
  readonly environment?: string | undefined;
  /** When it arrived, milliseconds since 1970: a client's clock error is reckoned from it. */
  readonly receivedMs: number;
}

/** What was read out of a delivery. */
export interface Decoded {
  readonly reports: readonly DecodedReport[];
  /** What people wrote about an event: notes on its occurrence. */
  readonly feedback?: readonly Feedback[];
  /** The event's id, for the answer. */
  readonly eventId?: string | undefined;
  /** What was not kept, and what the client says that it dropped itself. */
  readonly counts: readonly Count[];
  /** OTLP: what could not be read, for the partial success. */
  readonly damaged?: { readonly items: number; readonly sentence: string } | undefined;
}

export interface DecodedReport {
  readonly report: Report;
  /** When it happened, milliseconds since 1970, corrected by the client's clock error; absent where it does not say. */
  readonly timeMs?: number | undefined;
  /** Source maps by the file that a frame names: file → debug id, of 32 digits. */
  readonly debugIds?: Readonly<Record<string, string>> | undefined;
}

export interface Feedback {
  readonly eventId: string;
  readonly text: string;
  readonly author?: string | undefined;
}

/**
 * How many of what. `ignored`: we do not keep such things (`transaction`, `session`, `attachment`, …). `damaged`: it could not be
 * read. `dropped`: the client says that it dropped it itself, and why. `refused`: we did not take it, and why.
 */
export interface Count {
  readonly outcome: "ignored" | "damaged" | "dropped" | "refused";
  /** Whose they are, where the delivery itself says it; else they are the sender's. */
  readonly service?: string | undefined;
  /** The category in Sentry's words: `transaction`, `error`, `log_item`, `span`. */
  readonly category: string;
  readonly reason?: string | undefined;
  readonly quantity: number;
}

/** A large delivery is read in turns, so that others do not wait for all of it. */
export interface Turns {
  /** Asked between two parts: undefined as long as the turn goes on, else a promise of the next. @throws when nobody waits any more. */
  next(): Promise<void> | undefined;
}

/** The whole delivery cannot be read. */
export class Undecodable extends Error {
  override name = "Undecodable";
  readonly status: 400 | 413 | 415;
  /** A machine code: `envelope.too_large`. */
  readonly code: string;

  constructor(status: 400 | 413 | 415, code: string, sentence: string) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

/** What became of a delivery. Plain data: it crosses from the worker. */
export type Taken =
  | {
    readonly status: 200;
    readonly eventId?: string | undefined;
    /** Records taken, by service. */
    readonly records: Readonly<Record<string, number>>;
    readonly counts: readonly Count[];
    readonly damaged?: Decoded["damaged"];
  }
  | {
    /** 503: it was not written within the time. What is kept of it nevertheless is known again by its event's id. */
    readonly status: 400 | 413 | 415 | 503;
    readonly code: string;
    readonly sentence: string;
  };
