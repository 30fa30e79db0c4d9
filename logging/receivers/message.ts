/**
 * What an alert says, before a format gives it a form. What strangers wrote stands apart from our own words, so that each format
 * can take away what it would do with it: mention people, make links, change how text looks.
 */
import { cut } from "../../store/limits.ts";
import { framesOf } from "../../store/grouping/stack.ts";
import { oneLine } from "../../store/one_line.ts";
import type { LogRecord } from "../../store/record.ts";
import type { Alert, DueAlert, ErrorSummary } from "../../store/store.ts";

/** Longer texts of strangers are cut. */
const MAX_WHAT_CHARS = 300;
const MAX_VALUE_CHARS = 200;
/** Rows of a summary in formats for people. */
const MAX_ROWS = 10;

export interface AlertMessage {
  /** The same when a message comes twice. */
  readonly id: string;
  /** What kind of news; a summary has several. */
  readonly kind: Alert["kind"] | "summary" | "test";
  /** Our own words. */
  readonly title: string;
  /** What has happened. Strangers' text on one line, as all values below. */
  readonly what: string;
  readonly facts: readonly Fact[];
  /** The first of what a summary is about. */
  readonly rows: readonly Row[];
  /** How many more it is about. */
  readonly more: number;
  /** The page on the board. */
  readonly url: string | undefined;
  /** Of the error, for what belongs together; the message's own in a summary. */
  readonly thread: string;
}

export interface Fact {
  /** Our own word. */
  readonly name: string;
  readonly value: string;
}

export interface Row {
  readonly title: string;
  readonly what: string;
  readonly service: string;
}

export const TITLES: Readonly<Record<Alert["kind"], string>> = {
  new: "New error",
  back: "Error is back",
  rising: "Error is rising",
  proved: "Fixed and proved",
};

export interface Surroundings {
  /** The board's address; links begin with it. */
  boardUrl: string | undefined;
  /** The app's folder: which frames are its own. */
  root?: string | undefined;
}

export function messageOf(due: DueAlert, { boardUrl, root }: Surroundings): AlertMessage {
  const { id, isSummary, count, alerts, newest, rise } = due;
  if (isSummary) {
    return {
      id,
      kind: "summary",
      title: `${count} alerts at once`,
      what: "",
      facts: [],
      rows: alerts.slice(0, MAX_ROWS).map(({ kind, error }) => (
        { title: TITLES[kind], what: whatOf(error), service: value(error.svc_name) }
      )),
      more: count - Math.min(alerts.length, MAX_ROWS),
      url: boardUrl,
      thread: id,
    };
  }
  const { kind, error } = alerts[0]!;
  return {
    id,
    kind,
    title: TITLES[kind],
    what: whatOf(error),
    facts: [
      ...factsOf(kind, error),
      ...(rise === null ? [] : [{
        name: "This hour",
        value: `${rise.count} times, usually ${rise.usual} or fewer`,
      }]),
      ...environmentOf(error, newest),
      ...whereOf(error, { newest, root }),
    ],
    rows: [],
    more: 0,
    url: boardUrl && `${boardUrl}/errors/${error.id}`,
    thread: error.id,
  };
}

/** What `deno task alert` sends. */
export function testMessage(
  { id, service, boardUrl }: { id: string; service: string; boardUrl: string | undefined },
): AlertMessage {
  return {
    id,
    kind: "test",
    title: "Test message",
    what: "Nothing has happened: alerts of Holdfast arrive here",
    facts: [{ name: "Service", value: value(service) }],
    rows: [],
    more: 0,
    url: boardUrl,
    thread: id,
  };
}

/** The release that an alert is about: the one that fixed the error, or that it failed in. */
export function releaseOf(
  kind: Alert["kind"],
  { resolved_in, came_back_in, last_release }: ErrorSummary,
): { name: string; value: string | null } {
  return kind === "proved"
    ? { name: "Fixed in", value: resolved_in }
    : { name: "Release", value: kind === "back" && came_back_in || last_release };
}

function factsOf(kind: Alert["kind"], error: ErrorSummary): Fact[] {
  const { svc_name, level, count, users, first_seen, proof } = error;
  const release = releaseOf(kind, error);
  const proved = kind === "proved" && proof !== null
    ? [{ name: "Proof", value: `${proof.requests} answers, ${proof.failures} failures of it` }]
    : [];
  return [
    { name: "Service", value: value(svc_name) },
    ...(release.value === null ? [] : [{ name: release.name, value: value(release.value) }]),
    ...proved,
    { name: "Level", value: level },
    { name: "Count", value: `${count}, since ${first_seen.slice(0, 16).replace("T", " ")} UTC` },
    ...(users === 0 ? [] : [{ name: "Users", value: String(users) }]),
  ];
}

function environmentOf(error: ErrorSummary, newest: LogRecord | null): Fact[] {
  const names = newest?.environment ?? error.environments.join(", ");
  return names === "" ? [] : [{ name: "Environment", value: value(names) }];
}

/** The first own frame with its line; without one the place that the error is grouped by. */
function whereOf(
  { location }: ErrorSummary,
  { newest, root }: { newest: LogRecord | null; root: string | undefined },
): Fact[] {
  const frames = newest?.error === undefined ? [] : framesOf(newest.error, { root });
  const own = frames.find(({ inApp }) => inApp);
  if (own === undefined) return location === "" ? [] : [{ name: "Where", value: value(location) }];
  const file = root !== undefined && own.file.startsWith(root)
    ? own.file.slice(root.length)
    : own.file;
  const place = own.line === 0 ? file : `${file}:${own.line}`;
  const where = own.function === "" ? place : `${own.function} (${place})`;
  return [{ name: "Where", value: value(where) }];
}

function whatOf({ type, message }: ErrorSummary): string {
  return cut(oneLine(`${type}: ${message}`), MAX_WHAT_CHARS);
}

function value(text: string): string {
  return cut(oneLine(text), MAX_VALUE_CHARS);
}
