/** All that is known of one occurrence and its error, in parts. */
import { causesOf, codeOf, type FrameRun, type RecordCode } from "../../board/error/frames.ts";
import { factsIn } from "../../board/parts/plain.ts";
import {
  breadcrumbLines,
  type ErrorDetail,
  type ErrorInfo,
  type LogRecord,
  type Occurrence,
  type RunningCode,
  saidBeside,
} from "../../logging/mod.ts";
import type { FacetShare, StoreReads } from "../../store/store.ts";
import { logLine } from "./log_lines.ts";
import { clean, cleanJson, cleanLine, cleanValue } from "./quoted_data.ts";
import type { Section } from "./sections.ts";

/** The parts that can be asked for by themselves, and how much of each the overview shows. */
export const PARTS = {
  facts: { title: "Facts", maxChars: 1_500 },
  releases: { title: "Releases", maxChars: 1_000 },
  thrown: { title: "Thrown", maxChars: 6_000 },
  request: { title: "Request", maxChars: 3_000 },
  answer: { title: "Answer", maxChars: 1_200 },
  before: { title: "What the client did before", maxChars: 1_500 },
  log: { title: "Log of the same request", maxChars: 2_500 },
  around: { title: "Log of the service just before", maxChars: 1_500 },
  occurrences: { title: "Occurrences around this one", maxChars: 1_500 },
  data: { title: "Other data", maxChars: 1_500 },
  history: { title: "History", maxChars: 1_500 },
} as const;

export type PartName = keyof typeof PARTS;

const OCCURRENCES_AROUND = 9;
const MAX_REQUEST_RECORDS = 100;
/** Records of the service before the failure: these many, not older. */
const MAX_RECORDS_BEFORE = 20;
const BEFORE_MS = 10_000;
const MAX_RELEASES = 100;
const LOG_DETAIL_CHARS = 300;
const MAX_LIBRARY_FRAMES = 5;
const MAX_VARS_CHARS = 400;
const MAX_VARIANTS = 5;
const MAX_TAGS = 10;
const MAX_VALUES = 3;

interface Known {
  error: ErrorDetail;
  /** Undefined where retention took all of them. */
  occurrence: Occurrence | undefined;
  store: StoreReads;
  code: RunningCode;
}

export async function errorSections(known: Known): Promise<Section<PartName>[]> {
  const { error, occurrence, store } = known;
  const record = occurrence?.record;
  const [releases, log, around, occurrences] = await Promise.all([
    releasesAround(error, store),
    record === undefined ? "" : logOfRequest(record, store),
    record === undefined ? "" : logBefore(record, store),
    occurrence === undefined ? "" : occurrencesAround(occurrence, store),
  ]);
  const texts: Record<PartName, string> = {
    facts: facts(error, record),
    releases,
    thrown: record === undefined ? "" : thrown(record, known.code),
    request: record === undefined ? "" : request(record),
    answer: record?.output === undefined ? "" : cleanValue(record.output),
    before: record?.breadcrumbs === undefined
      ? ""
      : clean(breadcrumbLines(record.breadcrumbs).join("\n")),
    log,
    around,
    occurrences,
    data: record?.attrs === undefined ? "" : cleanValue(record.attrs),
    history: history(error),
  };
  return (Object.keys(PARTS) as PartName[]).map((name) => ({
    name,
    text: texts[name],
    ...PARTS[name],
  }));
}

function facts(error: ErrorDetail, record: LogRecord | undefined): string {
  const { svc_name, route, location, first_release, last_release, release_shares } = error;
  const { environment_shares, variants, tags, keys } = error;
  const said = record === undefined ? undefined : saidBeside(record);
  return lines({
    "type": cleanLine(error.type, 200),
    "message": cleanLine(error.message, 400),
    "said beside it": said && cleanLine(said, 400),
    "service": cleanLine(svc_name, 200),
    "route": route && cleanLine(route, 200),
    "nearest own code": location && cleanLine(location, 200),
    "release of the first occurrence": first_release && cleanLine(first_release, 200),
    "release of the newest": last_release && cleanLine(last_release, 200),
    "releases": shares(release_shares),
    "environments": shares(environment_shares),
    "tags": tags.slice(0, MAX_TAGS)
      .map(({ name, values }) => `${cleanLine(name, 60)} (${shares(values)})`).join("; "),
    "messages, masked": variants.length < 2 ? undefined : variants.slice(0, MAX_VARIANTS)
      .map(({ message, count }) => `${count}× ${cleanLine(message, 160)}`).join("; "),
    "assigned to": error.assigned_to && cleanLine(error.assigned_to, 200),
    "issue": error.issue_url && cleanLine(error.issue_url, 400),
    "fixed in": error.resolved_in && cleanLine(error.resolved_in, 200),
    "came back in": error.came_back_in && cleanLine(error.came_back_in, 200),
    "grouped by": keys[0] && `${keys[0].rule}: ${cleanLine(keys[0].parts.join(" · "), 300)}`,
  });
}

function shares(values: readonly FacetShare[]): string {
  return values.slice(0, MAX_VALUES)
    .map(({ value, count }) => `${cleanLine(value, 80)} ${count}×`).join(", ");
}

/** `name: value`, a line each; what has no value is left out. */
function lines(values: Record<string, string | null | undefined>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${name}: ${value}`).join("\n");
}

/** Where to look: between the release it began in and the one before, which did not have it. */
async function releasesAround(
  { svc_name, first_release }: ErrorDetail,
  store: StoreReads,
): Promise<string> {
  const { items } = await store.releases({ svc_name, limit: MAX_RELEASES });
  const began = items.findIndex(({ release }) => release === first_release);
  const before = began < 0 ? undefined : items[began + 1];
  return [
    ...(before === undefined ? [] : [
      `It began in ${cleanLine(items[began]!.release, 200)}; the release before, ${
        cleanLine(before.release, 200)
      }, did not have it in ${before.requests} requests. What changed between the two is where to look.`,
    ]),
    ...(items.length === 0 ? [] : ["The service's releases, the newest first:"]),
    ...items.map(({ release, first_seen, last_seen, requests, failures, new_errors }) =>
      `${
        cleanLine(release, 200)
      }: ${first_seen} to ${last_seen}, ${requests} requests, ${failures} failed, errors new in it: ${new_errors}`
    ),
  ].join("\n");
}

function thrown(record: LogRecord, running: RunningCode): string {
  const code = codeOf(record, running);
  return causesOf(record.error)
    .map((error, index) => (index === 0 ? "" : "Caused by ") + oneThrown(error, code))
    .join("\n\n");
}

function oneThrown(error: ErrorInfo, code: RecordCode): string {
  const title = clean(`${error.type}: ${error.message}`) +
    (error.code === undefined ? "" : ` (code ${cleanLine(error.code, 100)})`);
  const runs = code.runsOf(error);
  if (runs.length === 0) return `${title}\nThere is no stack.`;
  return [title, ...runs.map((run) => run.isOwn ? ownFrames(run, code) : libraryFrames(run, code))]
    .join("\n");
}

function ownFrames({ frames }: FrameRun, code: RecordCode): string {
  return frames.map((frame) => {
    const source = code.sourceAround(frame).map(({ number, text, isHit }) =>
      `  ${isHit ? ">" : " "} ${String(number).padStart(4)} | ${cleanLine(text, 240)}`
    );
    const vars = frame.recorded?.vars;
    return [
      `at ${place(frame, code)}`,
      ...source,
      ...(vars === undefined ? [] : [`    variables: ${cleanJson(vars, MAX_VARS_CHARS)}`]),
    ].join("\n");
  }).join("\n");
}

function libraryFrames({ frames }: FrameRun, code: RecordCode): string {
  const shown = frames.slice(0, MAX_LIBRARY_FRAMES).map((frame) => place(frame, code));
  const more = frames.length - shown.length;
  return `at library code: ${shown.join(" ← ")}${more > 0 ? ` ← ${more} more` : ""}`;
}

function place(
  { function: name, file, line }: FrameRun["frames"][number],
  code: RecordCode,
): string {
  return cleanLine(`${name || "(anonymous)"} (${code.shortFile(file)}:${line})`, 300);
}

function request(record: LogRecord): string {
  const { method, path, status, duration_ms, headers, user, tags } = record;
  const took = duration_ms === undefined ? "" : ` in ${duration_ms} ms`;
  const about = lines({
    "asked": path && `${method ?? ""} ${cleanLine(path, 600)}`.trim(),
    "answered": status === undefined ? undefined : `${status}${took}`,
    "time": record.time,
    "request id": record.request_id && cleanLine(record.request_id, 128),
    "trace": record.trace_id && cleanLine(record.trace_id, 64),
    "user": user && cleanLine(factsIn(user), 300),
    "tags": tags && cleanLine(factsIn(tags), 600),
    "headers": headers && cleanLine(factsIn(headers), 800),
    "cut when it was recorded": record.truncated?.join(", "),
  });
  return record.input === undefined ? about : `${about}\ninput:\n${cleanValue(record.input)}`;
}

async function logOfRequest(record: LogRecord, store: StoreReads): Promise<string> {
  const { request_id } = record;
  if (request_id === undefined) return "";
  const page = await store.listLogs({ request_id, limit: MAX_REQUEST_RECORDS });
  return page.items.filter((other) => !isSame(other, record)).toReversed()
    .map((other) => logLine(other, { detailChars: LOG_DETAIL_CHARS })).join("\n");
}

async function logBefore(record: LogRecord, store: StoreReads): Promise<string> {
  const until = Date.parse(record.time) + 1;
  const { items } = await store.listLogs({
    svc_name: record.svc_name,
    since: until - BEFORE_MS,
    until,
    limit: MAX_RECORDS_BEFORE,
  });
  const others = items.filter((other) =>
    !isSame(other, record) &&
    (record.request_id === undefined || other.request_id !== record.request_id)
  );
  return others.toReversed().map((other) => logLine(other)).join("\n");
}

function isSame(one: LogRecord, other: LogRecord): boolean {
  return one.boot_id === other.boot_id && one.seq === other.seq;
}

async function occurrencesAround(
  { error, error_id: around }: Occurrence,
  store: StoreReads,
): Promise<string> {
  const { items } = await store.occurrences(error, { limit: OCCURRENCES_AROUND, around });
  if (items.length < 2) return "";
  return items.map(({ error_id, record }) => {
    const { time, release, environment, user, path, error } = record;
    const message = error === undefined ? record.message : error.message;
    const about = lines({
      release: release && cleanLine(release, 80),
      environment: environment && cleanLine(environment, 80),
      user: user?.id && cleanLine(user.id, 80),
      path: path && cleanLine(path, 120),
    }).replaceAll("\n", ", ");
    const mark = error_id === around ? " (this one)" : "";
    return `${time} ${error_id}${mark} ${about} ${cleanLine(message, 120)}`;
  }).join("\n");
}

function history({ history }: ErrorDetail): string {
  return history.map(({ time, action, actor, note }) =>
    `${time} ${action} by ${cleanLine(actor, 128)}${note === "" ? "" : `: ${cleanLine(note, 600)}`}`
  ).join("\n");
}
