/** What clients of Sentry's expect to be answered: JSON of their form, headers that say what to send no more, and CORS. */
import { type Failure, FAILURES } from "../modules/failure.ts";
import { BUSY_SECONDS } from "./deliver.ts";
import { NOT_KEPT } from "../intake/sentry/not_kept.ts";
import type { AboutFailure, CountedAnswer, FailureAnswer } from "./exchange.ts";

/** What some clients call what others call `trace_metric` and `profile_chunk`: JavaScript's (MIT, `DataCategory`) and Relay. */
const OTHER_NAMES = ["metric", "profile_chunk_ui"];
/** What is kept: refused for a while beyond a quota. */
const KEPT = ["error", "default", "security", "feedback", "log_item"];
/** One stray of a kind an hour costs nothing, and a service that keeps them some day gets them within this. */
const NOT_KEPT_SECONDS = 3_600;
const NOT_KEPT_CATEGORIES = [...new Set([...Object.values(NOT_KEPT), ...OTHER_NAMES])];
const NOT_KEPT_LIMIT = `${NOT_KEPT_SECONDS}:${NOT_KEPT_CATEGORIES.join(";")}:organization:not_kept`;

const JSON_TYPE = "application/json";
/** A page can read no other header of an answer from elsewhere. */
const EXPOSED = "X-Sentry-Rate-Limits, Retry-After, X-Sentry-Error";
/** Any page may report, and none gets a cookie along: a key is all that counts. */
const CORS = { "access-control-allow-origin": "*", "access-control-expose-headers": EXPOSED };
export const METHODS = "POST, OPTIONS";
/** Our answer does not change; browsers keep it for two hours at most (Chrome), or a day. */
const PREFLIGHT_SECONDS = 86_400;
/** The star stands for all names but `Authorization`, and for none in old browsers. */
const PREFLIGHT = {
  ...CORS,
  allow: METHODS,
  "access-control-allow-methods": METHODS,
  "access-control-allow-headers":
    "Content-Type, Content-Encoding, X-Sentry-Auth, Authorization, Sentry-Trace, Baggage, *",
  "access-control-max-age": String(PREFLIGHT_SECONDS),
};

export function preflight(): CountedAnswer {
  return { status: 204, body: null, headers: PREFLIGHT };
}

const TAKEN = { ...CORS, "content-type": JSON_TYPE, "x-sentry-rate-limits": NOT_KEPT_LIMIT };

/** 200, with the event's id where there was one. */
export function taken(eventId: string | undefined): CountedAnswer {
  const body = eventId === undefined ? "{}" : JSON.stringify({ id: eventId });
  return { status: 200, body, headers: TAKEN };
}

/** How a failure is said on these routes. */
export function sentryFailure(
  { row, code, headers }: Failure,
  { sentence, requestId, errorId }: AboutFailure,
): FailureAnswer {
  const body = JSON.stringify({
    detail: sentence,
    error_code: code,
    request_id: requestId,
    ...(errorId !== undefined && { error_id: errorId }),
  });
  return {
    body,
    type: JSON_TYPE,
    headers: {
      ...CORS,
      "x-sentry-error": toHeader(sentence),
      ...(row === FAILURES.unavailable && { "retry-after": BUSY_SECONDS }),
      ...headers,
    },
  };
}

/** A quota is used up: everything that we keep waits. JavaScript does not look at `Retry-After` beside the other header. */
export function quotaHeaders(seconds: number): Record<string, string> {
  return {
    "retry-after": String(seconds),
    "x-sentry-rate-limits": `${NOT_KEPT_LIMIT}, ${seconds}:${KEPT.join(";")}:key:quota`,
  };
}

const MAX_HEADER_CHARS = 300;

/** What strangers wrote may stand in a sentence. */
function toHeader(sentence: string): string {
  return sentence.slice(0, MAX_HEADER_CHARS).replaceAll(/[^\x20-\x7e]/g, "?");
}
