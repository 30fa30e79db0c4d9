/**
 * What a store is asked for, and what it is told to do.
 *
 * @module
 */
import type { Level, LogRecord } from "./record.ts";
import type { Release, State, What } from "./shapes.ts";

/** Counting stops here: a total of this much means "this many or more". */
export const MAX_TOTAL = 10_000;

/** A search for errors by words looks at so many of the occurrences that match, the newest ones. */
export const MAX_MATCHES = 10_000;

/** Whom and where it hit. */
export interface FacetFilters {
  /** Only what happened in this environment. */
  environment?: string;
  /** Only what hit this user: an id, or what else is kept of users. */
  user?: string;
  /** Only what has this tag, as `name:value`; of several all. */
  tag?: string | string[];
}

/** What to list of the errors. */
export interface ErrorQuery extends FacetFilters {
  /** Only this state. */
  state?: State;
  /** Only this service. */
  svc_name?: string;
  /** Only errors whose newest occurrence has this route. */
  route?: string;
  /** Only errors of this level. */
  level?: Level;
  /** Only errors first or last seen in this release. */
  release?: string;
  /** Only errors whose first occurrence was in this release. */
  first_release?: string;
  /**
   * Only errors whose first occurrence was in this release of their service, or in a newer one: a higher version where both are
   * versions, else one that appeared later. None for a release that was never seen.
   */
  new_since?: string;
  /** Only errors that came back in this release last. */
  came_back_in?: string;
  /** Only errors of this person; null: of nobody. */
  assigned_to?: string | null;
  /** Only errors of which this was so last at or after `since` (default: a day ago) and before `until`. */
  what?: What;
  /** Only errors that happened at or after this time, milliseconds since 1970. */
  since?: number;
  /**
   * Only errors that happened before this time, milliseconds since 1970. Beside `since`, the first or the last occurrence is in
   * between, or another one in an hour that the range touches.
   */
  until?: number;
  /**
   * Words and `"phrases"` that must all occur in one of its occurrences, among the newest {@linkcode MAX_MATCHES} that match; after
   * a minus what none of these has. If all of them are after a minus: errors of the newest so many occurrences that have one are left out.
   */
  q?: string;
  /** `last_seen` (default), `first_seen` or `count`; the newest or most first. */
  sort?: "last_seen" | "first_seen" | "count";
  /** 1 to 100. */
  limit: number;
  /** From an earlier page's `next`. */
  cursor?: string;
}

/** Which errors a count by state is of: as in {@linkcode ErrorQuery}. */
export type ErrorFilters = Omit<ErrorQuery, "state" | "sort" | "limit" | "cursor">;

/** What to list of the logs, the newest first. */
export interface LogQuery extends FacetFilters {
  /** Words and `"phrases"` that must all occur; after a minus what must not. */
  q?: string;
  /** Only this service. */
  svc_name?: string;
  /** Only this route. */
  route?: string;
  /** This level and worse. */
  level?: Level;
  /** Only this request. */
  request_id?: string;
  /** False leaves out what is Holdfast's own, but for failures. Default true. */
  own?: boolean;
  /** Not before, milliseconds since 1970. */
  since?: number;
  /** Before, milliseconds since 1970. */
  until?: number;
  /** 1 to 100. */
  limit: number;
  /** From an earlier page's `next`. */
  cursor?: string;
}

/** What to follow of the logs. */
export interface TailQuery
  extends
    FacetFilters,
    Pick<LogQuery, "q" | "svc_name" | "route" | "level" | "request_id" | "own"> {
  /** A `position` from an earlier answer. Absent: begin with the newest `limit` rows. */
  after?: string;
  /** 0 to 100. */
  limit: number;
}

/** Log rows in the order in which they came into the store, and how to go on. */
export interface Tail {
  /** The rows, each with the position right after it. */
  items: { position: string; record: LogRecord }[];
  /** Give it back as `after`: nothing is left out and nothing comes twice. */
  position: string;
  /** True when more rows wait already. */
  more: boolean;
}

/** Which of an error's occurrences to list: the newest, where neither `cursor` nor `around` is given. */
export interface OccurrenceQuery {
  /** 1 to 100. */
  limit: number;
  /** From an earlier page's `next`. */
  cursor?: string;
  /** Id of an occurrence: the page with it in its middle. Not looked at beside a cursor; an unknown one gives the newest. */
  around?: string;
}

/** When some of an error's occurrences happened, and where they stand among all that are kept. */
export interface OccurrenceTimes {
  /** The newest first. */
  items: { error_id: string; time: string }[];
  /** How many newer ones are kept, counted up to {@linkcode MAX_TOTAL}. */
  newer: number;
  /** How many are kept in all, counted up to {@linkcode MAX_TOTAL}. */
  total: number;
}

/** By what requests and records are counted. */
export const TRAFFIC_NAMES = ["svc_name", "route", "release", "environment"] as const;

/**
 * Which requests and records to count, and by what. Minutes go back for a day, hours for ninety days, or as long as retention keeps records.
 * @internal
 */
export interface TrafficQuery extends Partial<Record<(typeof TRAFFIC_NAMES)[number], string>> {
  /** Not before, milliseconds since 1970; the minute or hour that it falls into counts as a whole. */
  since: number;
  /** Before, milliseconds since 1970. */
  until: number;
  /** A row for each minute or hour that had records. Absent: one for all the time. */
  step?: "minute" | "hour";
  /** A row for each value of these. */
  by?: readonly (typeof TRAFFIC_NAMES)[number][];
  /** Only what was logged at `ERROR` or `CRITICAL`: far fewer rows are read. Requests are those counted beside it. */
  failed?: boolean;
  /** Only of these routes. */
  routes?: readonly { svc_name: string; route: string }[];
  /** False: none is asked for, which is half of the work. */
  durations?: false;
}

/** What to list of the releases, those that appeared last first. */
export interface ReleaseQuery {
  /** Only of this service. */
  svc_name?: string;
  /** 1 to 100, default 25. */
  limit?: number;
  /** From an earlier page's `next`. */
  cursor?: string;
}

/** A release and when it appeared. */
export type ReleaseAppeared = Pick<Release, "svc_name" | "release" | "first_seen">;

/** Which counts to list. */
export interface CountsQuery {
  /** Of this many days, today's included: 1 to 90. */
  days: number;
  /** Only of this service. */
  service?: string | undefined;
}

/** What is to be deleted: at least one of service and age. */
export interface PurgeQuery {
  /** Errors with their occurrences and history, or log records. */
  what: "errors" | "logs";
  /** Only of this service. */
  svc_name?: string;
  /** Only errors last seen, and log records of, before this time; milliseconds since 1970. */
  before?: number;
}

/** Who does something to an error, for its history. */
export interface Doer {
  /** Their name, at most 128 characters of it. Default `operator`. */
  by?: string;
}

/** What a person does to errors; `note` says why, for the history. What is so already changes nothing. */
export type Change =
  & Doer
  & (
    /** Marks as fixed: by a `release`, by the `next` one that its service has not had yet, or from now on. */
    | { action: "resolve"; release?: string; next?: boolean; note?: string }
    /** Opens again. */
    | { action: "reopen"; note?: string }
    /**
     * Counts in silence from now on: for good, until the first occurrence at or after `until` (milliseconds since 1970), or until
     * it has happened `more` times more (at least 1); whichever comes first.
     */
    | { action: "mute"; until?: number; more?: number; note?: string }
    /** Ends a mute: the error is open. */
    | { action: "unmute"; note?: string }
    /** Says who sees to it; `to` null: nobody. */
    | { action: "assign"; to: string | null; note?: string }
    /** Says where its issue elsewhere is; `url` null: nowhere. */
    | { action: "link"; url: string | null; note?: string }
    /** Writes a note into the history. */
    | { action: "note"; note: string }
  );

/** Which errors are to be changed at once: those with these ids of their own, or all that match. */
export type ErrorsToChange =
  | { ids: readonly string[] }
  | ErrorFilters & Pick<ErrorQuery, "state">;

/** What is to be taken back. */
export interface Undo extends Doer {
  /** `resolve`: errors are open again that were resolved then. `mute`: the same of those that were muted. */
  what: "resolve" | "mute";
  /** The moment, milliseconds since 1970. */
  at: number;
}
