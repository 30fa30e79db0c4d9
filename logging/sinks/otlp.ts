import type { OtlpTarget } from "../protocol.ts";
import { cut } from "../../store/limits.ts";
import { startOf } from "../receivers/answer.ts";
import { otlpLogs } from "./otlp_logs.ts";
import { type SinkEntry, TryLater } from "./sink.ts";

/** Of one request, as the default of `OTEL_EXPORTER_OTLP_TIMEOUT`. */
const TIMEOUT_MS = 10_000;
/** Statuses after which the same request is sent again: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response (1.9.0). */
const RETRYABLE = new Set([429, 502, 503, 504]);
/** The longest `retry-after` that is respected. */
const MAX_RETRY_AFTER_MS = 5 * 60 * 1000;
/** Of a collector's words in a message. */
const MAX_QUOTED_CHARS = 200;
/** The fastest: a tenth of the bytes, in a third of the usual level's time. */
const GZIP_LEVEL = 1;

export interface OtlpSinkOptions extends OtlpTarget {
  /** The collector will never take so many records: one sentence. */
  onRefused: (records: number, sentence: string) => void;
  timeoutMs?: number;
}

/** Sends records to an OpenTelemetry collector (OTLP/HTTP, JSON). Its messages hold no address and no header, which may be secret. */
export function otlpSink(
  { url, headers, onRefused, timeoutMs = TIMEOUT_MS }: OtlpSinkOptions,
) {
  /**
   * Sends one request. Resolves when the records are accepted, or never will be; rejects when a later try may succeed, with
   * {@linkcode TryLater} where the collector says when. The signal ends it.
   */
  async function write(entries: readonly SinkEntry[], signal: AbortSignal): Promise<void> {
    const body = await gzipped(JSON.stringify(otlpLogs(entries, Date.now())));
    const answer = await post(body, signal);
    if (RETRYABLE.has(answer.status)) throw refusedForNow(answer);
    if (!answer.ok) {
      const why = answer.text === "" ? "" : `: ${withoutSecrets(answer.text, headers)}`;
      const what = `answered ${answer.status} and never takes ${entries.length} records`;
      return onRefused(entries.length, `The collector at OTLP_LOGS_URL ${what}${why}`);
    }
    const { rejected, message } = partialSuccess(answer.text);
    if (rejected === 0 && message === "") return;
    const what = `rejected ${rejected} of ${entries.length} records`;
    onRefused(
      Math.min(rejected, entries.length),
      `The collector at OTLP_LOGS_URL ${what}: ${withoutSecrets(message, headers)}`,
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
        // The headers are only for this address.
        redirect: "manual",
        signal: ending.signal,
      });
      const text = await startOf(response);
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

  return { write };
}

/**
 * A collector's words without the values of our headers, which it may repeat, whole or without their scheme. Only after the
 * answer was parsed: a header may be as short as a number in it.
 */
function withoutSecrets(words: string, headers: Readonly<Record<string, string>>): string {
  let text = words;
  for (const value of Object.values(headers)) {
    for (const secret of [value, value.slice(value.indexOf(" ") + 1)]) {
      if (secret !== "") text = text.replaceAll(secret, "[redacted]");
    }
  }
  return cut(text, MAX_QUOTED_CHARS);
}

interface Answer {
  ok: boolean;
  status: number;
  text: string;
  retryAfter: string | null;
}

async function gzipped(text: string): Promise<Uint8Array<ArrayBuffer>> {
  // Not CompressionStream: it has only the slow level, and works on this thread.
  const { gzip } = await import("node:zlib");
  return await new Promise((resolve, reject) => {
    gzip(text, { level: GZIP_LEVEL }, (error, bytes) => {
      if (error) reject(error);
      else resolve(bytes as Uint8Array<ArrayBuffer>);
    });
  });
}

/** A failed fetch's message has the address in brackets; what comes behind it is no secret. */
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

/** An empty answer, or one that is no JSON, means that all was accepted. */
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
