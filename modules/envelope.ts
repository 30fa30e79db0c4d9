/**
 * The one form of every JSON answer.
 *
 * @module
 */
import type { Failure, Fault } from "./failure.ts";

/** The flat envelope around every answer of a service route. */
export interface Envelope {
  /** The answer; when it failed, the text `[Error] <Name>: <sentence>`. */
  content: unknown;
  /** Whether `content` is an answer or an error text. */
  content_status: "return" | "error";
  /** Equals the HTTP status. */
  status: number;
  /** Equals the `X-Request-Id` header. */
  request_id: string;
  /** On failure: the stable machine code. */
  error_code?: string;
  /** When a failure was recorded: the occurrence's id, the client's receipt. */
  error_id?: string;
  /** When the input is at fault: all that is wrong with it. `error_code` is the first one's. */
  errors?: readonly Fault[];
}

/** RFC 9457 problem details, with the envelope's own keys as extension members. */
export interface Problem {
  /** `about:blank`: the title says what the status means (RFC 9457, 4.2.1). */
  type: string;
  /** The failure's name: `KeyError`. */
  title: string;
  /** Equals the HTTP status. */
  status: number;
  /** The sentence. */
  detail: string;
  /** Equals the `X-Request-Id` header. */
  request_id: string;
  /** The stable machine code. */
  error_code: string;
  /** The client's receipt, when a failure was recorded. */
  error_id?: string;
  /** All that is wrong with the input. */
  errors?: readonly Fault[];
}

/** Wraps an answer. */
export function answered(content: unknown, status: number, requestId: string): Envelope {
  return { content, content_status: "return", status, request_id: requestId };
}

/** Wraps a failure. `sentence` is what this client may read of it. */
export function failed(
  failure: Failure,
  { sentence, requestId, errorId }: { sentence: string; requestId: string; errorId?: string },
): Envelope {
  return {
    content: `[Error] ${failure.row.name}: ${sentence}`,
    content_status: "error",
    status: failure.row.status,
    request_id: requestId,
    error_code: failure.code,
    ...(errorId === undefined ? {} : { error_id: errorId }),
    ...(failure.faults.length === 0 ? {} : { errors: failure.faults }),
  };
}

/** The same failure as RFC 9457 problem details. */
export function problem(envelope: Envelope): Problem {
  const text = String(envelope.content).slice("[Error] ".length);
  const colon = text.indexOf(": ");
  return {
    type: "about:blank",
    title: text.slice(0, colon),
    status: envelope.status,
    detail: text.slice(colon + 2),
    request_id: envelope.request_id,
    error_code: envelope.error_code ?? "",
    ...(envelope.error_id === undefined ? {} : { error_id: envelope.error_id }),
    ...(envelope.errors === undefined ? {} : { errors: envelope.errors }),
  };
}
