/**
 * The OpenTelemetry sink: log records to a collector, by OTLP/HTTP in its JSON encoding.
 *
 * What may be tried again and what not is OTLP 1.9.0's: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 *
 * @module
 */
import type { OtlpTarget } from "../protocol.ts";
import { cut } from "../../store/limits.ts";
import { otlpLogs } from "./otlp_logs.ts";
import { type SinkEntry, TryLater } from "./sink.ts";

/** One request has this long, as the default of `OTEL_EXPORTER_OTLP_TIMEOUT` has it. */
const TIMEOUT_MS = 10_000;
/** Statuses after which the same request may be taken later. */
const RETRYABLE = new Set([429, 502, 503, 504]);
/** A collector that wants to be left alone for longer is asked again after this. */
const MAX_RETRY_AFTER_MS = 5 * 60 * 1000;
/** Read of an answer; the rest is of no interest. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Told of what a collector says. */
const MAX_TOLD_CHARS = 200;
/** The fastest: a tenth of the bytes, at a third of the usual level's time. */
const GZIP_LEVEL = 1;

/** Settings of an {@linkcode otlpSink}. */
export interface OtlpSinkOptions extends OtlpTarget {
  /** So many records can never be taken: one sentence. */
  onRefused: (records: number, sentence: string) => void;
  /** One request has this long, in milliseconds. Default: ten seconds. */
  timeoutMs?: number;
}

/** A sink whose writes can be cut short. */
export interface OtlpSink {
  /**
   * Sends one request. Resolves when the records are taken, or never will be; rejects when they may be later, with
   * {@linkcode TryLater} where the collector says when. The signal ends it.
   */
  write(entries: readonly SinkEntry[], signal: AbortSignal): Promise<void>;
  /** There is nothing to let go of. */
  close(): void;
}

/** Sends records to a collector. No sentence of it holds the address or a header: they may be secret. */
export function otlpSink(
  { url, headers, onRefused, timeoutMs = TIMEOUT_MS }: OtlpSinkOptions,
): OtlpSink {
  async function write(entries: readonly SinkEntry[], signal: AbortSignal): Promise<void> {
    const body = await gzipped(JSON.stringify(otlpLogs(entries, Date.now())));
    const answer = await post(body, signal);
    if (RETRYABLE.has(answer.status)) throw refusedForNow(answer);
    if (!answer.ok) {
      const why = answer.text === "" ? "" : `: ${tellable(answer.text, headers)}`;
      const what = `answered ${answer.status} and never takes ${entries.length} records`;
      return onRefused(entries.length, `The collector at OTLP_LOGS_URL ${what}${why}`);
    }
    const { rejected, message } = partialSuccess(answer.text);
    if (rejected === 0 && message === "") return;
    const what = `rejected ${rejected} of ${entries.length} records`;
    onRefused(
      Math.min(rejected, entries.length),
      `The collector at OTLP_LOGS_URL ${what}: ${tellable(message, headers)}`,
    );
  }

  async function post(body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Answer> {
    const ending = new AbortController();
    const end = () => ending.abort();
    const timer = setTimeout(end, timeoutMs);
    signal.addEventListener("abort", end);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", "content-encoding": "gzip" },
        body,
        // The headers are for this address alone.
        redirect: "manual",
        signal: ending.signal,
      });
      const text = await readStart(response);
      const { ok, status } = response;
      return { ok, status, text, retryAfter: response.headers.get("retry-after") };
    } catch (error) {
      const why = ending.signal.aborted
        ? `gives no answer within ${timeoutMs} ms`
        : `is out of reach${reasonOf(((error as Error).cause ?? error) as Error)}`;
      throw new Error(`The collector at OTLP_LOGS_URL ${why}`);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    }
  }

  return { write, close() {} };
}

/**
 * What may be told of a collector's words. It may repeat what it was sent: the values of our headers, and what stands in them
 * behind a scheme. Not before the answer is read: a header may be as short as a number in it.
 */
function tellable(words: string, headers: Readonly<Record<string, string>>): string {
  let text = words;
  for (const value of Object.values(headers)) {
    for (const secret of [value, value.slice(value.indexOf(" ") + 1)]) {
      if (secret !== "") text = text.replaceAll(secret, "[redacted]");
    }
  }
  return cut(text, MAX_TOLD_CHARS);
}

/** What a collector said. */
interface Answer {
  ok: boolean;
  status: number;
  text: string;
  retryAfter: string | null;
}

async function gzipped(text: string): Promise<Uint8Array<ArrayBuffer>> {
  // Not CompressionStream: it has the slow level alone, and works on this thread.
  const { gzip } = await import("node:zlib");
  return await new Promise((resolve, reject) => {
    gzip(text, { level: GZIP_LEVEL }, (error, bytes) => {
      if (error) reject(error);
      else resolve(bytes as Uint8Array<ArrayBuffer>);
    });
  });
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // Leaving the loop cancels the rest.
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true });
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) break;
  }
  return text;
}

/** What a failed fetch says holds the address in brackets: what comes behind it may be told. */
function reasonOf(error: Error): string {
  if (error instanceof Deno.errors.NotCapable) return ": --allow-net does not name its host";
  const [, reason] = /\): (.+)$/.exec(error.message) ?? [];
  return reason === undefined ? "" : `: ${reason}`;
}

function refusedForNow({ status, retryAfter }: Answer): Error {
  const sentence = `The collector at OTLP_LOGS_URL answered ${status}`;
  const afterMs = retryAfter === null ? NaN : retryAfterMs(retryAfter);
  return Number.isNaN(afterMs)
    ? new Error(sentence)
    : new TryLater(sentence, Math.min(afterMs, MAX_RETRY_AFTER_MS));
}

/** Seconds, or a date (RFC 9110, 10.2.3). NaN when it is neither. */
function retryAfterMs(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  return Math.max(Date.parse(text) - Date.now(), 0);
}

/** An empty answer, or one that is no JSON, says that all was taken. */
function partialSuccess(text: string): { rejected: number; message: string } {
  try {
    const { rejectedLogRecords = 0, errorMessage = "" } = JSON.parse(text).partialSuccess ?? {};
    // 64-bit numbers are texts in JSON.
    const rejected = Math.max(Number(rejectedLogRecords) || 0, 0);
    return { rejected, message: typeof errorMessage === "string" ? errorMessage : "" };
  } catch {
    return { rejected: 0, message: "" };
  }
}
