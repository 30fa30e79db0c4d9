/**
 * A typed client of the JSON API: a wrong parameter does not compile.
 *
 * @example
 * ```ts ignore
 * const api = createClient("http://127.0.0.1:8000", { token });
 * const response = await api.errors.$get({ query: { state: "open", limit: 10 } });
 * if (!response.ok) throw new Error((await response.json()).content);
 * const { content } = await response.json();
 * await api.errors[":id"].resolution.$put({ param: { id: content.errors[0].id }, json: { release: "2.0" } });
 * ```
 *
 * @module
 */
import type { Hono } from "hono";
import { hc } from "hono/client";
import type { BlankEnv } from "hono/types";
import type { Level, LogRecord } from "./store/record.ts";
import type {
  Change,
  CountsQuery,
  ErrorDetail,
  ErrorFilters,
  ErrorQuery,
  ErrorSummary,
  IntakeCount,
  KeySummary,
  LogPage,
  LogQuery,
  NewKey,
  Occurrence,
  OccurrenceDetail,
  Page,
  Receipt,
  Release,
  Removed,
  StateCounts,
  TailQuery,
  TrafficQuery,
  TrafficRow,
  Trends,
} from "./store/store.ts";
import type { Envelope } from "./modules/envelope.ts";
import type { Report } from "./store/report.ts";

/** Options of a client. */
export interface ClientOptions {
  /** The operator's token, or an intake key. */
  token?: string;
}

/** A client for the service at `url`. Answers are Responses: `ok` says whether `json()` is an answer or a failure. */
export function createClient(url: string, { token }: ClientOptions = {}): Client {
  return hc<Api>(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}

/**
 * What {@linkcode createClient} makes: `client.errors[":id"].mute.$put({ param, json })`.
 * @internal
 */
export type Client = ReturnType<typeof hc<Api>>;

/**
 * All of {@linkcode Routes} as Hono's client reads them.
 * @internal
 */
export type Api = Hono<BlankEnv, Routes, "/">;

/**
 * The routes with their inputs and answers, written out so that an editor can show them. A test compares them with the registry of
 * modules.
 */
export type Routes = {
  "/home": {
    $get: Call<
      { query: Lookup },
      Receipt | (LogsListed & { errors: ErrorSummary[]; logs: LogRecord[] })
    >;
  };
  "/logs": {
    $get: Call<{ query?: LogSearch & Paged }, LogsListed & { logs: LogRecord[] }>;
    $post: Call<{ json: LogReport | LogReport[] }, Reported>;
    $delete: Call<{ query: Purge }, Removed>;
  };
  "/receipts/:id": { $get: Call<OfOne, Receipt> };
  "/logs/stream": { $get: Call<{ query?: LogFilters & { last?: number; after?: string } }, never> };
  "/errors": {
    $get: Call<{ query?: ErrorSearch & Paged }, Listed & { errors: ErrorSummary[] }>;
    $post: Call<{ json: ErrorReport | ErrorReport[] }, Reported>;
    $delete: Call<{ query: Purge }, Removed>;
  };
  "/errors/counts": { $get: Call<{ query?: WithTimes<ErrorFilters> }, StateCounts> };
  "/errors/trends": {
    $get: Call<{ query: { ids: string } }, { trends: Trends }>;
  };
  "/errors/resolution": {
    $put: Call<{ json: Many & Resolution }, { errors: ErrorSummary[] }>;
    $delete: Call<{ query: ManyInQuery & Noted }, { errors: ErrorSummary[] }>;
  };
  "/errors/mute": {
    $put: Call<{ json: Many & Muting }, { errors: ErrorSummary[] }>;
    $delete: Call<{ query: ManyInQuery & Noted }, { errors: ErrorSummary[] }>;
  };
  "/errors/assignee": {
    $put: Call<{ json: Many & Assignment }, { errors: ErrorSummary[] }>;
    $delete: Call<{ query: ManyInQuery & Noted }, { errors: ErrorSummary[] }>;
  };
  "/errors/:id": {
    $get: Call<OfOne, ErrorDetail>;
    $delete: Call<OfOne, ErrorSummary>;
  };
  "/errors/:id/occurrences": {
    $get: Call<
      OfOne & { query?: Paged & { around?: string } },
      Listed & { occurrences: Occurrence[] }
    >;
  };
  /** The text of a test file. */
  "/errors/:id/reproduction": { $get: Call<OfOne, never> };
  "/errors/:id/resolution": {
    $put: Call<OfOne & { json?: Resolution }, ErrorSummary>;
    $delete: Call<OfOne & { query?: Noted }, ErrorSummary>;
  };
  "/errors/:id/mute": {
    $put: Call<OfOne & { json?: Muting }, ErrorSummary>;
    $delete: Call<OfOne & { query?: Noted }, ErrorSummary>;
  };
  "/errors/:id/assignee": {
    $put: Call<OfOne & { json: Assignment }, ErrorSummary>;
    $delete: Call<OfOne & { query?: Noted }, ErrorSummary>;
  };
  "/errors/:id/issue": {
    $put: Call<OfOne & { json: IssueLink }, ErrorSummary>;
    $delete: Call<OfOne & { query?: Noted }, ErrorSummary>;
  };
  "/errors/:id/notes": { $post: Call<OfOne & { json: { note: string } }, ErrorSummary> };
  "/errors/:id/merge": { $put: Call<OfOne & { json: { into: string } }, ErrorSummary> };
  "/errors/:id/split": { $post: Call<OfOne & { json: { variant: string } }, ErrorSummary> };
  "/occurrences/:id": { $get: Call<OfOne, OccurrenceDetail> };
  "/releases": {
    $get: Call<{ query?: { svc_name?: string } & Paged }, Listed & { releases: Release[] }>;
  };
  "/traffic": { $get: Call<{ query?: TrafficCount }, { traffic: TrafficRow[] }> };
  "/keys": {
    $get: Call<{ query?: Record<never, never> }, { keys: KeySummary[] }>;
    $post: Call<{ json: KeyOrder }, MadeKey>;
  };
  "/keys/:id": { $delete: Call<OfOne, KeySummary> };
  "/keys/counts": { $get: Call<{ query?: Partial<CountsQuery> }, { counts: IntakeCount[] }> };
};

/** One method of one route: its input, and its answer or failure. */
export type Call<Input, Content> =
  | { input: Input; output: Answered<Content>; outputFormat: "json"; status: Success }
  | { input: Input; output: Failed; outputFormat: "json"; status: Failure };

/** Status of an answer. */
export type Success = 200 | 201 | 202;

/** Status of a failure. */
export type Failure = 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 422 | 429 | 500 | 503 | 504;

/** An envelope around an answer. */
export interface Answered<Content> extends Envelope {
  /** The answer. */
  content: Content;
  /** Always `return`. */
  content_status: "return";
}

/** An envelope around a failure. */
export interface Failed extends Envelope {
  /** `[Error] <Name>: <sentence>`. */
  content: string;
  /** Always `error`. */
  content_status: "error";
  /** The stable machine code. */
  error_code: string;
}

/** `:id` is the error's own id, or the receipt of one of its occurrences. */
export interface OfOne {
  /** Part of the path. */
  param: { id: string };
}

/** A page of a list: 1 to 100 rows, default 25, and the `next` of the page before. */
export type Paged = Partial<Pick<ErrorQuery, "limit" | "cursor">>;

/** The other fields of a page. */
export type Listed = Omit<Page<never>, "items">;

/** The other fields of a page of log records. */
export type LogsListed = Omit<LogPage, "items">;

/** What to delete: at least one of both. */
export interface Purge {
  /** Only of this service. */
  svc_name?: string;
  /** Only what is older than this; for errors since they were last seen. */
  older_than_days?: number;
}

/** A guest sends a receipt, the operator words. */
export interface Lookup extends Paged {
  /** An `error_id`, or words. */
  query_content: string;
  /** Who asks. */
  user_type: "guest" | "operator";
}

/** Which errors, in which order; `since` and `until` in ISO 8601. */
export type ErrorSearch = WithTimes<Omit<ErrorQuery, "limit" | "cursor">>;

/** Which requests to count, from and before a time in ISO 8601; default: those of the last hour. */
export interface TrafficCount
  extends
    Omit<TrafficQuery, "since" | "until" | "by">,
    WithTimes<Partial<Pick<TrafficQuery, "since" | "until">>> {
  /** A row for each value of these, separated by commas: `route,release`. */
  by?: string;
}

/** Which log records. */
export type LogFilters = Omit<TailQuery, "limit" | "after">;

/** Which log records of what time: from and before, in ISO 8601. */
export interface LogSearch extends LogFilters, WithTimes<Pick<LogQuery, "since" | "until">> {}

/** The release that fixes an error, and a note. */
export type Resolution = Said<"resolve">;

/** Mutes until a time (ISO 8601), or for a number of further occurrences; for good without either. */
export type Muting = Said<"mute">;

/** The name of a person, and a note. */
export type Assignment = Said<"assign">;

/** The address of an issue elsewhere, and a note. */
export type IssueLink = Said<"link">;

/** A note for the history: up to 2,000 characters. */
export type Noted = Said<"reopen">;

/** What is said beside a change. */
export type Said<Action extends Change["action"]> = WithTimes<
  Omit<Extract<Change, { action: Action }>, "action" | "by">
>;

/** As requests have it: `since` and `until` are texts in ISO 8601, and nothing is null. */
export type WithTimes<Of> = {
  [Name in keyof Of]: Name extends "since" | "until" ? string : Exclude<Of[Name], null>;
};

/** Up to 100 errors by their own ids. */
export interface Many {
  /** 1 to 100. */
  ids: string[];
}

/** The same in a query. */
export interface ManyInQuery {
  /** Separated by commas. */
  ids: string;
}

/** What is said of a key that is to be made. */
export type KeyOrder = Pick<NewKey, "service" | "is_public" | "quota" | "note">;

/** A key that was made. A secret one is never shown again. */
export interface MadeKey extends Omit<KeySummary, "key"> {
  /** The key itself. */
  key: string;
  /** What Sentry's clients are given. */
  dsn: string;
}

/** A log record that another service reports; default level `INFO`. */
export type LogReport = Omit<Report, "level"> & { level?: Level };

/** A failure that another service reports; default level `ERROR`. */
export type ErrorReport = Omit<Report, "level"> & { level?: "ERROR" | "CRITICAL" };

/** One result for each report, in their order. */
export interface Reported {
  /** How many were accepted. */
  accepted: number;
  /** Their ids: receipts, at ERROR and above. */
  ids: string[];
  /** An id, or what is wrong with the report. */
  results: ({ id: string } | { error_code: string; error: string })[];
}
