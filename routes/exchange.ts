/** One request on its way through: its id, its clock, and the one place where it is answered, counted and logged. */
import type { HonoContext } from "../modules/hono.ts";
import {
  FAILURE_SEVERITY,
  type RecordedUser,
  type RequestEntry,
  requestHeaders,
  SEVERITY,
} from "../logging/mod.ts";
import { answered, type Envelope, failed, problem } from "../modules/envelope.ts";
import { type Failure, FAILURES } from "../modules/failure.ts";
import { isWithoutBody, Reply, type ReplyOptions } from "../modules/reply.ts";
import { isHttpException, type Outcome, toFailure } from "../modules/run.ts";
import { findUnsayable } from "../modules/unsayable.ts";
import { prefers } from "./accept.ts";
import type { ValidKey } from "../store/intake_key.ts";
import type { Operator } from "../store/operator.ts";
import { marked } from "./app_answer.ts";
import type { ConnectionInfo } from "./proxies.ts";
import { isByAnybody } from "./refusals.ts";
import { passOn } from "./stream.ts";
import type { Tools } from "./tools.ts";

const REQUEST_ID = /^[A-Za-z0-9_.-]{1,128}$/;
const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/plain; charset=utf-8";
/** A stranger chooses the length of a refused path. */
const MAX_REFUSED_PATH_CHARS = 500;
const PROBLEM_TYPE = "application/problem+json";

/**
 * Said with every answer of a service route, after OWASP's REST security cheat sheet. Each header costs the main thread about
 * 0.7 µs a request, and one that is added to a finished Response far more: hence few, and all at once.
 */
export const ANSWER_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};

type Headers = NonNullable<ReplyOptions["headers"]>;

interface Sending {
  status: number;
  media: string;
  headers: Headers;
  /** Whether a secret is in it, which no record may hold. */
  hidesOutput: boolean;
}

type Entry =
  & Pick<RequestEntry, "severity" | "status" | "message" | "output" | "errorId" | "thrown">
  & Pick<RequestEntry, "isHandled">
  & { isRecorded?: boolean; isShort?: boolean };

/** What is said of a failure beside its code. */
export interface AboutFailure {
  sentence: string;
  requestId: string;
  errorId: string | undefined;
}

/** A failure in the form of a protocol that is not ours. */
export interface FailureAnswer {
  body: string | Uint8Array<ArrayBuffer>;
  type: string;
  headers: Record<string, string>;
}

/** An answer that leaves no record. */
export interface CountedAnswer {
  status: number;
  body: string | Uint8Array<ArrayBuffer> | null;
  headers: Record<string, string>;
}

export class Exchange {
  /** Equals the `X-Request-Id` header; an app that answers by itself may have one of its own. */
  requestId: string;
  /** Its receipt, once a failure is recorded. */
  errorId: string | undefined;
  /** True once it is counted and recorded. */
  isFinished = false;
  /** Hono's context, where the answer is to carry what middleware and modules have set on it. */
  honoContext: HonoContext | undefined;
  readonly request: Request;
  info: ConnectionInfo;
  /** The matched route's pattern; `*` where none matched. */
  route = "*";
  module: string | undefined;
  intakeKey: ValidKey | undefined;
  /** Who asks, where an operator's token or session was needed. */
  operator: Operator | undefined;
  /** The body's text, once it was read. */
  input: string | undefined;
  user: RecordedUser | undefined;
  tags: Record<string, string> | undefined;
  /** True where Holdfast is asked, and not the app. */
  isOwn = false;
  /** True for probes and visits to the board: logged at DEBUG, so that they do not bury what people look for. */
  isQuiet = false;
  /** True where the query may open something: it is not recorded. */
  hidesQuery = false;
  /** True where the answer is what the store has, or a secret: it is not recorded. */
  hidesOutput = false;
  /** True where strangers can cause any failure, as often as they like: all are recorded up to a rate. */
  isForStrangers = false;
  /** How a failure is said to clients that read no envelopes. */
  failureForm: ((failure: Failure, about: AboutFailure) => FailureAnswer) | undefined;
  readonly #startedMs = performance.now();
  readonly #tools: Tools;

  constructor(request: Request, tools: Tools) {
    this.request = request;
    this.#tools = tools;
    const inbound = request.headers.get("x-request-id");
    this.requestId = inbound !== null && REQUEST_ID.test(inbound) ? inbound : crypto.randomUUID();
  }

  isOf(tools: Tools): boolean {
    return this.#tools === tools;
  }

  /** Whether it came from the same request to the server, later: an app that mounts another hands on what `Deno.serve` gave. */
  isWithin(other: Exchange): boolean {
    // Not asked for its address: a request that is over has none.
    return typeof this.info === "object" && this.info === other.info &&
      "remoteAddr" in this.info && this.#startedMs >= other.#startedMs;
  }

  get address(): string {
    return this.#tools.proxies.addressOf(this.request, this.info);
  }

  get origin(): string {
    return this.#tools.proxies.originOf(this.request, this.info);
  }

  answer(
    outcome: Outcome,
    { status = 200, media = TEXT_TYPE, hidesOutput = false }: Partial<Sending> = {},
  ): Response {
    if (outcome.failure) return this.fail(outcome.failure, outcome.thrown);
    const { content } = outcome;
    if (content instanceof Response) return this.#passOn(content);
    const sending = { status, media, hidesOutput, headers: {} };
    if (!(content instanceof Reply)) return this.#send(content, sending);
    const { headers } = content;
    return this.#send(content.content, { ...sending, status: content.status ?? status, headers });
  }

  /**
   * Records an answer that the app has made itself; its status decides the level. Below 500 an Error is a part of the message
   * and opens nothing.
   */
  observe(status: number, failure?: { thrown: unknown; isHandled: boolean }): void {
    const message = this.#summary(status);
    if (status < 500) {
      const severity = severityOf(status);
      const why = failure && failure.thrown instanceof Error
        ? `: ${failure.thrown.name}: ${failure.thrown.message}`
        : "";
      return this.#finish({ severity, status, message: message + why });
    }
    const known = failure && this.#tools.logging.recordedSince(failure.thrown, this.#startedMs);
    if (known !== undefined) {
      this.errorId = known;
      const recorded = `${message}: recorded as ${known}`;
      return this.#finish({ severity: SEVERITY.WARN, status, message: recorded });
    }
    this.errorId = this.#tools.logging.newErrorId();
    this.#finish({
      severity: SEVERITY.ERROR,
      status,
      errorId: this.errorId,
      ...(failure && { thrown: { value: failure.thrown }, isHandled: failure.isHandled }),
    });
  }

  #send(content: unknown, sending: Sending): Response {
    const { status, headers, hidesOutput } = sending;
    if (content instanceof ReadableStream) return this.#stream(content, sending);
    const isEmpty = isWithoutBody(status);
    let text: string | null = null;
    try {
      if (!isEmpty) text = this.#toJson(content, status);
      else if (content !== undefined) throw new TypeError(`an answer of ${status} has no body`);
    } catch (cause) {
      return this.#failBadly(cause);
    }
    const output = hidesOutput || this.hidesOutput ? undefined : text ?? undefined;
    this.#finish({ severity: this.#mild, status, output });
    return this.#respond(text, { status, headers, ...(!isEmpty && { type: JSON_TYPE }) });
  }

  /** A module's own Response: sent as it is, judged by its status. */
  #passOn(response: Response): Response {
    const { status } = response;
    if (response.bodyUsed) return this.#failBadly(new TypeError("its body was read already"));
    const errorId = status >= 500 ? this.#tools.logging.newErrorId() : undefined;
    this.#finish({ severity: severityOf(status), status, errorId });
    return marked(this.#byHono(response), { requestId: this.requestId, errorId });
  }

  #failBadly(cause: unknown): Response {
    const thrown = badReturn(this.module, cause);
    return this.fail(toFailure(thrown), thrown);
  }

  /** Answers a failure, and records it when it is ours. `thrown` is what led to it. */
  fail(failure: Failure, thrown: unknown = failure): Response {
    const { status, level } = failure.row;
    // A probe that finds what it was made to find is no error of the service.
    const isFinding = this.isQuiet && failure.row === FAILURES.unavailable;
    const isLimited = this.isForStrangers || isByAnybody(failure);
    const isRecorded = this.isFinished || !isLimited || this.#tools.refusals.isRecorded(failure);
    const isOurs = level === "ERROR" && !isFinding && isRecorded;
    // What a middleware has recorded, or was not to record, is only answered.
    if (isOurs && !this.isFinished) this.errorId ??= this.#tools.logging.newErrorId();
    const errorId = isOurs ? this.errorId : undefined;
    const sentence = this.#sentence(failure, { thrown, errorId });
    const about: AboutFailure = { sentence, requestId: this.requestId, errorId };
    const { body, type, headers } = this.failureForm?.(failure, about) ??
      this.#enveloped(failure, about);
    if (!this.isFinished) {
      this.#finish({
        severity: isFinding ? SEVERITY.DEBUG : SEVERITY[level],
        status,
        output: typeof body === "string" ? body : undefined,
        ...(errorId === undefined
          ? { message: `${failure.name}: ${failure.message}` }
          : { errorId, thrown: { value: rootOf(failure, thrown) }, isHandled: false }),
        isRecorded,
        isShort: isLimited,
      });
    }
    return this.#respond(body, {
      status,
      type,
      headers: errorId === undefined ? headers : { ...headers, "x-error-id": errorId },
    });
  }

  #enveloped(
    failure: Failure,
    about: AboutFailure,
  ): { body: string; type: string; headers: Headers } {
    const envelope = failed(failure, about);
    const accept = this.request.headers.get("accept");
    const wantsProblem = prefers(accept, { type: PROBLEM_TYPE, over: JSON_TYPE });
    return {
      body: JSON.stringify(wantsProblem ? problem(envelope) : envelope),
      type: wantsProblem ? PROBLEM_TYPE : JSON_TYPE,
      headers: failure.headers,
    };
  }

  /** Answers with a finished Response of a page or a probe: counted, and logged at DEBUG. */
  pass(response: Response): Response {
    this.#finish({ severity: SEVERITY.DEBUG, status: response.status });
    response.headers.set("x-request-id", this.requestId);
    response.headers.set("x-content-type-options", "nosniff");
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
    return response;
  }

  /** Answers what is too frequent for a record of its own: counted alone. */
  count({ status, body, headers }: CountedAnswer): Response {
    this.#finish({ severity: SEVERITY.DEBUG, status, isRecorded: false });
    // All headers at once: one that is added to a finished Response costs far more.
    const ours = { "x-request-id": this.requestId, "x-content-type-options": "nosniff" };
    return new Response(body, { status, headers: { ...headers, ...ours } });
  }

  #toJson(content: unknown, status: number): string {
    const envelope: Envelope = answered(content, status, this.requestId);
    const text = JSON.stringify(envelope);
    // What JSON cannot say is left out without a word: undefined, a function, what toJSON() says nothing of.
    if (!text.startsWith('{"content":')) throw new TypeError(`${typeof content} is not JSON`);
    const unsayable = text.includes("{}") ? findUnsayable(content) : undefined;
    if (unsayable !== undefined) throw new TypeError(unsayable);
    return text;
  }

  #sentence(
    failure: Failure,
    { thrown, errorId }: { thrown: unknown; errorId: string | undefined },
  ): string {
    if (failure.row !== FAILURES.internal) return failure.message;
    if (this.#tools.showStacks) return describe(thrown);
    return errorId === undefined
      ? failure.message
      : `${failure.message}; it is recorded as ${errorId}`;
  }

  #respond(
    body: string | Uint8Array<ArrayBuffer> | ReadableStream | null,
    { status, type, headers }: { status: number; type?: string; headers?: Headers },
  ): Response {
    const all: Headers = {
      ...ANSWER_HEADERS,
      ...(type !== undefined && { "content-type": type }),
      "x-request-id": this.requestId,
      ...headers,
    };
    const hasLists = Object.values(all).some((value) => typeof value !== "string");
    // Straight, where nothing else can have set a header: that is three times as fast.
    if (!hasLists && this.honoContext === undefined) {
      return new Response(body, { status, headers: all as Record<string, string> });
    }
    const pairs = Object.entries(all).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value])
    );
    return this.#byHono(new Response(body, { status, headers: pairs }));
  }

  /** With what middleware and modules have set on Hono's context. */
  #byHono(response: Response): Response {
    const { honoContext: c } = this;
    return c === undefined ? response : c.newResponse(response.body, response);
  }

  /** A stream that breaks half-way cannot be answered again: it is recorded. */
  #stream(content: ReadableStream, { status, media, headers }: Sending): Response {
    const severity = this.#mild;
    const reader = content.getReader();
    // Proxies that collect answers before they pass them on would hold events back.
    const answer = { status, type: media, headers: { "x-accel-buffering": "no", ...headers } };
    if (this.request.method === "HEAD") {
      // Nobody reads it, so it would never end.
      reader.cancel().catch(() => {});
      this.#finish({ severity, status });
      return this.#respond(null, answer);
    }
    const body = passOn(reader, {
      end: () => this.#finish({ severity, status }),
      left: () => {
        const message = `${this.#summary(status)}: the client went away half-way`;
        this.#finish({ severity, status, message });
      },
      broken: (thrown) =>
        this.#finish({
          severity: SEVERITY.ERROR,
          status,
          thrown: { value: thrown },
          isHandled: false,
          errorId: this.#tools.logging.newErrorId(),
        }),
    });
    return this.#respond(body, answer);
  }

  /** The level of an answer that is as it should be. */
  get #mild(): number {
    return this.isQuiet ? SEVERITY.DEBUG : SEVERITY.INFO;
  }

  #summary(status: number): string {
    return `${this.request.method} ${this.route} ${status}`;
  }

  /** Where neither a message nor what was thrown is given, the record says what was asked and answered. */
  #finish(entry: Entry): void {
    this.isFinished = true;
    const { severity, status, output, errorId, thrown, isHandled } = entry;
    const { method, url } = this.request;
    const nowMs = performance.now();
    const durationMs = Math.round((nowMs - this.#startedMs) * 1000) / 1000;
    this.#tools.traffic.observe({ route: this.route, status, durationMs });
    if (entry.isRecorded === false) return;
    const path = this.hidesQuery ? pathOf(url).replace(/\?.*/, "") : pathOf(url);
    this.#tools.logging.request({
      severity,
      module: this.module,
      requestId: this.requestId,
      method,
      route: this.route,
      path: entry.isShort ? path.slice(0, MAX_REFUSED_PATH_CHARS) : path,
      status,
      durationMs,
      input: this.input,
      message: entry.message ?? (thrown ? undefined : this.#summary(status)),
      output,
      errorId,
      thrown,
      isHandled,
      isOwn: this.isOwn,
      user: this.user,
      tags: this.tags,
      // Read of failures alone: reading costs 3 µs.
      headers: severity >= FAILURE_SEVERITY ? requestHeaders(this.request.headers) : undefined,
    });
  }
}

function severityOf(status: number): number {
  return status >= 500 ? SEVERITY.ERROR : status >= 400 ? SEVERITY.WARN : SEVERITY.INFO;
}

/** What is recorded as thrown: the root of the trouble, not the wrapping that clients see. */
function rootOf(failure: Failure, thrown: unknown): unknown {
  return failure.row === FAILURES.internal || isHttpException(thrown) ? thrown : failure;
}

/** Without a stack: it would show this file, and make one error of all modules that return badly. */
function badReturn(module: string | undefined, cause: unknown): TypeError {
  const error = new TypeError(
    `${module ?? "a module"} returned what JSON cannot say: ${
      cause instanceof Error ? cause.message : describe(cause)
    }`,
    { cause },
  );
  return Object.assign(error, { stack: "" });
}

/** Path and query: what follows the origin. */
function pathOf(url: string): string {
  const at = url.indexOf("/", "https://".length);
  // CONNECT has no path.
  return at < 0 ? url : url.slice(at);
}

/** For a developer: the stack, or the value that was thrown in place of an Error. */
function describe(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.stack || thrown);
    return `thrown ${typeof thrown === "string" ? JSON.stringify(thrown) : String(thrown)}`;
  } catch {
    return "thrown a value that cannot be read";
  }
}
