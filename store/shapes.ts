/**
 * What the store answers, field by field: the types, the JSON API, the client and `openapi.json` are made of these.
 *
 * @module
 */
import type { LogRecord } from "./record.ts";
import type { Shape } from "./shape.ts";

/** The states of an error. `open`: somebody should look at it. */
export const STATES = ["open", "resolved", "muted"] as const;

/** The state of an error. */
export type State = (typeof STATES)[number];

/** What an error did, or what was done to it, by which lists of errors can be cut. */
export const WHATS = ["new", "back", "rising", "fixed"] as const;

/** `new`: it was first seen; `back`: it came back; `rising`: it rose; `fixed`: it was resolved, and is. */
export type What = (typeof WHATS)[number];

/** The rules that make an error's key: what its caller says, its frames, its message; `overflow`: beyond a bound. */
export const RULES = ["caller", "frames", "message", "overflow"] as const;

/** The rule that made a key. */
export type Rule = (typeof RULES)[number];

/** How many errors are in each state; each counted up to {@linkcode MAX_TOTAL}. */
export type StateCounts = Record<State, number>;

/** Fields of {@linkcode Receipt}. */
export const RECEIPT = {
  error_id: ["string", "The occurrence's id."],
  state: ["State", "The state of the error it belongs to."],
  occurred_at: ["time", "When it happened."],
  resolved_at: ["time | null", "Null while its error is not resolved."],
  resolved_in: ["string | null", "The release that fixed it, where one was named or has come."],
  proof: ["Proof | null", "What shows that it is fixed; null without traffic since."],
} as const;

/** Fields of {@linkcode Proof}. */
export const PROOF = {
  requests: ["integer", "Answers of the same route on the release that fixed it, since then."],
  failures: ["integer", "Of these, the ones that failed with this error."],
  since: ["time", "When the first of them was given."],
} as const;

/** What the same route has answered on the release that fixed an error. */
export interface Proof extends Shape<typeof PROOF> {}

/** A client's view of one occurrence. */
export interface Receipt extends Shape<typeof RECEIPT> {}

/** Fields of {@linkcode ErrorSummary}. */
export const ERROR_SUMMARY = {
  id: ["string", "The error's id, not an occurrence's."],
  state: ["State", "`open`: somebody should look at it."],
  type: ["string", "The error's type."],
  message: ["string", "The newest occurrence's message."],
  svc_name: ["string", "The service: this one, or the one that reported."],
  route: ["string | null", "The newest occurrence's route; null outside requests."],
  level: ["Level", "The newest occurrence's level."],
  worst_level: [
    "Level",
    "The worst level of the last 24 hours; if nothing happened in them, that of the newest occurrence.",
  ],
  location: ["string", "The nearest frame of our own code, `function (file)`."],
  count: [
    "integer",
    "Exact number of occurrences, including those that were removed by retention.",
  ],
  first_seen: ["time", "When it happened for the first time."],
  last_seen: ["time", "When it happened for the last time."],
  first_release: ["string | null", "Release of the first occurrence."],
  last_release: ["string | null", "Release of the newest occurrence."],
  resolved_at: ["time | null", "Null while it is not resolved."],
  resolved_in: ["string | null", "The release that fixes it, as a person said or as it came."],
  resolved_next: ["boolean", "True while the next release is to fix it, and none has come."],
  proof: ["Proof | null", "What shows that it is fixed; null without traffic since."],
  proved_at: ["time | null", "When the proof was complete: 100 good answers, no failure of it."],
  came_back: ["boolean", "True when it was resolved once and happened again."],
  came_back_in: ["string | null", "The release in which it came back last."],
  came_back_at: ["time | null", "When it came back last."],
  rising_at: ["time | null", "When it was rising last: ten times as often as in its usual hour."],
  assigned_to: ["string | null", "The person who sees to it."],
  issue_url: ["string | null", "Its issue elsewhere."],
  last_error_id: ["string", "The newest occurrence's id; empty after a split that left none."],
  users: ["integer", "How many different users it hit, counted up to 10,000."],
  environments: ["string[]", "Where it happened, the first 20."],
} as const;

/** A row of the list of errors. */
export interface ErrorSummary extends Shape<typeof ERROR_SUMMARY> {}

/** Fields of {@linkcode ErrorDetail} beside those of {@linkcode ErrorSummary}. */
export const ERROR_DETAIL = {
  keys: ["ErrorKey[]", "Why its occurrences are one error: all of its keys."],
  variants: ["Variant[]", "Masked messages, the most frequent first, at most 20."],
  trend: ["integer[]", "Occurrences an hour for the last 24 hours, the oldest first."],
  tags: ["TagShares[]", "Its tags, the most frequent first, at most 50."],
  environment_shares: ["FacetShare[]", "Its environments, the most frequent first, at most 10."],
  user_shares: [
    "FacetShare[]",
    "The users it hit, as they are counted, the most frequent first, at most 10.",
  ],
  release_shares: ["FacetShare[]", "Its releases, the most frequent first, at most 10."],
  history: ["HistoryEntry[]", "What was done to it, the newest first."],
  muted_until: ["time | null", "The end of the mute, if it is muted until a time."],
  muted_more: [
    "integer | null",
    "How many more occurrences end the mute, if it is muted for a number of them.",
  ],
} as const;

/** Fields of {@linkcode FacetShare}. */
export const FACET_SHARE = {
  value: ["string", "The value, up to 200 characters of it."],
  count: ["integer", "How many occurrences have it."],
  share: ["number", "Of all occurrences that have a value, from 0 to 1."],
} as const;

/** A value, and how many of an error's occurrences have it. */
export interface FacetShare extends Shape<typeof FACET_SHARE> {}

/** Fields of {@linkcode TagShares}. */
export const TAG_SHARES = {
  name: ["string", "The tag's name."],
  values: ["FacetShare[]", "Its values, the most frequent first, at most 10."],
  others: ["integer", "How many occurrences have another value."],
} as const;

/** A tag, and how often an error's occurrences have which value. */
export interface TagShares extends Shape<typeof TAG_SHARES> {}

/** One error, whole. */
export interface ErrorDetail extends ErrorSummary, Shape<typeof ERROR_DETAIL> {}

/** Fields of {@linkcode ErrorKey}. */
export const ERROR_KEY = {
  key: ["string", "Hex digest of its parts: equal keys are one error."],
  rule: ["Rule", "Which rule made it."],
  parts: ["string[]", "What the key was made of, readable."],
} as const;

/** Why occurrences are one error. */
export interface ErrorKey extends Shape<typeof ERROR_KEY> {}

/** Fields of {@linkcode Variant}. */
export const VARIANT = {
  message: ["string", "A message with ids, numbers and addresses masked."],
  count: ["integer", "How often it occurred."],
} as const;

/** A masked message of an error. */
export interface Variant extends Shape<typeof VARIANT> {}

/** Fields of {@linkcode HistoryEntry}. */
export const HISTORY_ENTRY = {
  time: ["time", "When it was done."],
  action: [
    "string",
    "`opened`, `resolved`, `released` (the next release has come), `proved`, `reopened`, `came_back`, " +
    "`muted`, `unmuted`, `merged`, `split`, `assigned`, `unassigned`, `linked`, `unlinked`, `noted`.",
  ],
  actor: ["string", "Who did it: a name, `operator`, or `holdfast` for automatic changes."],
  note: ["string", "A note or details; empty if there is none."],
  occurrence: ["string?", "The occurrence that user feedback is about."],
} as const;

/** One thing done to an error. */
export interface HistoryEntry extends Shape<typeof HISTORY_ENTRY> {}

/** Occurrences an hour for the last 24 hours, the oldest first, by the error's id. */
export type Trends = Record<string, number[]>;

/** Fields of {@linkcode Occurrence}. */
export const OCCURRENCE = {
  error_id: ["string", "The occurrence's id: `error_id` in the envelope."],
  error: ["string", "The id of the error it belongs to."],
  record: ["LogRecord", "The record as it was stored."],
} as const;

/** One occurrence: its record and where it belongs. */
export interface Occurrence extends Shape<typeof OCCURRENCE> {}

/** Fields of {@linkcode OccurrenceDetail} beside those of {@linkcode Occurrence}. */
export const OCCURRENCE_DETAIL = {
  older: ["string | null", "Id of the next older one that is kept; null at the oldest."],
  newer: ["string | null", "Id of the next newer one; null at the newest."],
} as const;

/** One occurrence and its neighbours among those that are kept of its error. */
export interface OccurrenceDetail extends Occurrence, Shape<typeof OCCURRENCE_DETAIL> {}

/** Fields of {@linkcode Release}. */
export const RELEASE = {
  svc_name: ["string", "The service."],
  release: ["string", "Its name; `(others)` for those beyond the bound."],
  first_seen: ["time", "When a record of it was made for the first time."],
  last_seen: ["time", "When a record of it was made for the last time."],
  requests: ["integer", "Requests that it answered, ever, as far as they were recorded."],
  failures: ["integer", "Of these, the ones that it answered with a status of 500 or more."],
  new_errors: ["integer", "Errors that appeared in it for the first time."],
  came_back: ["integer", "How often a resolved error came back in it."],
} as const;

/** A release of a service. */
export interface Release extends Shape<typeof RELEASE> {}

/** Fields of {@linkcode TrafficRow}. */
export const TRAFFIC_ROW = {
  at: ["time | null", "When the minute or hour begins; null if it is not asked by time."],
  svc_name: ["string | null", "The service; null if it is not asked by it."],
  route: [
    "string | null",
    "The route; null if it is not asked by it, and for records that are of no answered request.",
  ],
  release: ["string | null", "The release; null if there is none, or it is not asked by it."],
  environment: [
    "string | null",
    "The environment; null if there is none, or it is not asked by it.",
  ],
  requests: ["integer", "Requests that were answered, as far as they were recorded."],
  failures: ["integer", "Of these, the ones that were answered with a status of 500 or more."],
  debug: ["integer", "Records of this level, those of requests among them."],
  info: ["integer", "The same of this level."],
  warn: ["integer", "The same of this level."],
  error: ["integer", "The same of this level: failures."],
  critical: ["integer", "The same of this level: failures."],
  p50_ms: ["number | null", "Half of them took at most so long; null if no duration is known."],
  p95_ms: ["number | null", "95 % of them took at most so long; null if no duration is known."],
} as const;

/** What was asked and answered. */
export interface TrafficRow extends Shape<typeof TRAFFIC_ROW> {}

/** Fields of {@linkcode Page} beside its rows. */
export const PAGE = {
  total: ["integer", "How many match in all, counted up to 10,000."],
  next: ["string | null", "Send it as `cursor` to get the next rows; null at the end."],
} as const;

/** A page of a long list. */
export interface Page<T> extends Shape<typeof PAGE> {
  /** The rows. */
  items: T[];
}

/** Fields of {@linkcode LogPage} beside its rows. */
export const LOG_PAGE = {
  total: [
    "integer | null",
    "How many match in all, counted up to 10,000; null: unknown, because counting would take too long.",
  ],
  next: ["string | null", "Send it as `cursor` to go on; null at the end."],
  searched_back_to: [
    "time?",
    "Present if the search ran out of time before the page was full: it has not looked at older records.",
  ],
  damaged: ["string?", "What of the log could not be read, in one sentence."],
} as const;

/** A page of log records, the newest first. */
export interface LogPage extends Shape<typeof LOG_PAGE> {
  /** The records. */
  items: LogRecord[];
}

/** Fields of {@linkcode Removed}. */
export const REMOVED = {
  removed: ["integer", "How many were deleted."],
  more: ["boolean", "True if more are left: repeat the request."],
} as const;

/** What a step of deleting did. */
export interface Removed extends Shape<typeof REMOVED> {}

/** Fields of {@linkcode Changed}. */
export const CHANGED = {
  count: ["integer", "How many errors were changed: not those that were so already."],
  at: ["time", "When: what undoes it names this moment."],
  more: ["boolean", "True if more match: ask again."],
} as const;

/** What became of many errors at once. */
export interface Changed extends Shape<typeof CHANGED> {}

/** Fields of {@linkcode KeySummary}. */
export const KEY_SUMMARY = {
  id: ["string", "The key's id: not what is sent."],
  service: ["string | null", "The service that reports with it; null: reports name their own."],
  is_public: [
    "boolean",
    "True for one that may stand in a browser's code: it opens the event routes of Sentry alone.",
  ],
  beginning: ["string", "Its first characters, to recognise it."],
  key: ["string | null", "The key itself, if it is public; a secret one is shown when it is made."],
  note: ["string", "What it is for; empty if nobody has said."],
  quota: ["integer", "Records a second, at most."],
  created_at: ["time | null", "When it was made; null for a key of the environment."],
  created_by: ["string", "Who made it; `INTAKE_KEYS` for a key of the environment."],
  last_used_at: ["time | null", "When it brought something last; null: never."],
  revoked_at: ["time | null", "Null while it is valid."],
  revoked_by: ["string | null", "Who revoked it."],
  taken_today: ["integer", "Records taken since midnight, UTC."],
  refused_today: ["integer", "Records refused since midnight, UTC."],
  peak_today: ["integer", "The most records taken in one second since midnight, UTC."],
} as const;

/** A key of other services, and what it brought today. */
export interface KeySummary extends Shape<typeof KEY_SUMMARY> {}

/** What became of what a client sent. */
export const OUTCOMES = ["taken", "ignored", "damaged", "dropped", "refused"] as const;

/** What became of what a client sent: `ignored`: such things are not kept; `dropped`: by the client itself. */
export type Outcome = (typeof OUTCOMES)[number];

/** Fields of {@linkcode IntakeCount}. */
export const INTAKE_COUNT = {
  service: ["string", "The service."],
  client: ["string", "The client as it names itself; empty if it does not."],
  outcome: ["Outcome", "What became of it."],
  category: ["string", "What was sent: `error`, `log_item`, `transaction`, `session`, `span`, …"],
  reason: ["string", "Why it was not taken; empty if there is nothing to say."],
  quantity: ["integer", "How many."],
} as const;

/** How many of what a client sent, and what became of it. */
export interface IntakeCount extends Shape<typeof INTAKE_COUNT> {}
