/** A failure as a test: a file that sends the recorded request again, and fails while the error lives. */
import { maskMessage } from "../store/grouping/mask_message.ts";
import type { LogRecord } from "../store/record.ts";
import type { ErrorDetail, StoreReads } from "../store/store.ts";
import { recordedRequest } from "./recorded_request.ts";
import {
  type About,
  appTest,
  type Failure,
  idOf,
  skeleton,
  titleOf,
  urlTest,
} from "./reproduction_text.ts";
import { type Placeholder, SourceText } from "./source_text.ts";

/** What a reproduction is. */
export interface Reproduction {
  /**
   * `app`: a test of the project's own app. `url`: of a service at an address. `skeleton`: there was no request; a person writes
   * what is missing. `impossible`: too little of the request is kept.
   */
  kind: "app" | "url" | "skeleton" | "impossible";
  /** The occurrence's id. */
  errorId: string;
  /** Of the test file. */
  fileName: string;
  /** What is in it, TypeScript. */
  text: string;
  /** Why it is no whole test: `the body was cut`. */
  why?: string;
  /** What was redacted: constants at the top of the file, which variables of the environment set. */
  placeholders: readonly Placeholder[];
  /** What it sends, on one line: `POST /orders`. */
  request?: string;
}

/** What is known beside the record. */
export interface ReproductionOptions {
  /** The error that it belongs to. */
  error?: Pick<ErrorDetail, "type" | "location" | "keys">;
  /** The record of the request during which it was logged, where that is another one. */
  request?: LogRecord | undefined;
  /** Where the file finds the app, as it is imported. */
  app?: { from: string; name: string };
}

const OWN_APP = { from: "../../main.ts", name: "app" };
/** Records of one request that are looked through for the one of its answer. */
const MAX_RECORDS_OF_REQUEST = 20;

/** Of an error (its newest occurrence), of a receipt or of a client's event; null where none is kept. */
export async function reproductionFor(
  store: Pick<StoreReads, "error" | "occurrence" | "listLogs">,
  id: string,
  options: Pick<ReproductionOptions, "app"> = {},
): Promise<Reproduction | null> {
  const error = await store.error(id);
  if (error === null) return null;
  const found = await store.occurrence(id === error.id ? error.last_error_id : id) ??
    // Its own was pruned: the newest one is like it.
    await store.occurrence(error.last_error_id);
  if (found === null) return null;
  const request = await requestOf(found.record, store);
  return reproductionOf({ error_id: found.error_id, ...found.record }, {
    ...options,
    error,
    request,
  });
}

async function requestOf(
  record: LogRecord,
  store: Pick<StoreReads, "listLogs">,
): Promise<LogRecord | undefined> {
  const { method, request_id } = record;
  if (method !== undefined || request_id === undefined) return undefined;
  const { items } = await store.listLogs({ request_id, limit: MAX_RECORDS_OF_REQUEST });
  return answerOf(record, items);
}

/** What was logged or captured in the midst of a request has no path: the record of the answer has. */
export function answerOf(
  { method, svc_name }: LogRecord,
  ofRequest: readonly LogRecord[],
): LogRecord | undefined {
  if (method !== undefined) return undefined;
  return ofRequest.find((other) =>
    other.svc_name === svc_name && other.method !== undefined && other.path !== undefined
  );
}

/** The same of a record: nothing is asked, nothing is read. */
export function reproductionOf(
  record: LogRecord,
  { error, request: answer, app = OWN_APP }: ReproductionOptions = {},
): Reproduction {
  const request = recordedRequest(answer ?? record);
  const source = new SourceText();
  const about: About = { record, failure: failureOf(record, error), source, app };
  const errorId = idOf(record);
  const common = { errorId, fileName: `${errorId}_test.ts`, placeholders: source.placeholders };
  if ("why" in request) {
    const { why, wasRequest } = request;
    const text = skeleton(why, about);
    return { ...common, kind: wasRequest ? "impossible" : "skeleton", why, text };
  }
  const text = record.reported ? urlTest(request, about) : appTest(request, about);
  return {
    ...common,
    kind: record.reported ? "url" : "app",
    text,
    request: titleOf(request),
  };
}

/**
 * An error that was put together of several by a person, or is by a fingerprint of a caller's own, says no place: its type alone
 * is compared then. Without own frames the message is what makes the group.
 */
function failureOf(record: LogRecord, error: ReproductionOptions["error"]): Failure {
  const type = record.error?.type ?? "ERROR";
  const message = maskMessage(record.error?.message ?? record.message);
  const [key, ...others] = error?.keys ?? [];
  if (error === undefined || key === undefined || others.length > 0 || error.type !== type) {
    return { type };
  }
  if (key.rule === "frames") return { type, location: error.location };
  return key.rule === "message" ? { type, message } : { type };
}
