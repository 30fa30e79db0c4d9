/** What the list of errors shows, as its address says it, and what the store is asked for it. */
import type { ErrorQuery } from "../../logging/mod.ts";
import { type What, WHATS } from "../../store/shapes.ts";
import { assignee } from "../../modules/people.ts";
import { ERROR_FIELDS, readSearch } from "../../modules/search.ts";
import { isOnlyExcluding } from "../../store/search/words.ts";
import { MAX_SEARCH_CHARS } from "../../store/limits.ts";
import { DAY_MS } from "../../store/times.ts";
import type { Person } from "../access/gate.tsx";
import { address } from "../addresses.ts";
import { rangeParameters, readTimeRange, timesOf } from "../parts/time_range.tsx";
import type { Clock } from "../parts/times.ts";

/** Rows on a page: with their charts about 40 KB of HTML. */
export const PAGE_ROWS = 25;
export const TABS = ["open", "muted", "resolved", "all"] as const;
export const SORTS = [
  ["last_seen", "Last seen"],
  ["first_seen", "First seen"],
  ["count", "Most frequent"],
] as const;

export type Tab = (typeof TABS)[number];

/** Leaves out what it does not understand. */
export function readErrorsView(parameters: URLSearchParams, clock: Clock) {
  const read = (name: string) => (parameters.get(name) ?? "").trim();
  // Every link of the page would repeat a longer one.
  const readName = (name: string) => read(name).length > MAX_SEARCH_CHARS ? "" : read(name);
  const what = WHATS.find((name) => name === read("what")) ?? ("" as const);
  return {
    q: read("q"),
    svc_name: readName("svc_name"),
    environment: readName("environment"),
    release: readName("release"),
    assigned_to: readName("assigned_to"),
    what,
    tab: TABS.find((tab) => tab === read("state")) ?? tabOf(what),
    sort: SORTS.find(([name]) => name === read("sort"))?.[0] ?? "last_seen",
    ...readTimeRange(parameters, { clock }),
    cursor: read("cursor"),
  };
}

export type ErrorsView = ReturnType<typeof readErrorsView>;

/** The tab that a list begins with. */
export function tabOf(what: What | ""): Tab {
  return what === "fixed" ? "resolved" : "open";
}

/** @throws {Failure} for a search that is too long, or for one's own errors without a name. */
export function errorQueryOf(
  view: ErrorsView,
  { nowMs, person }: { nowMs: number; person: Person },
): ErrorQuery {
  const { assigned_to, ...search } = readSearch(view.q, ERROR_FIELDS);
  const { svc_name, environment, release, what, tab, cursor } = view;
  return {
    limit: PAGE_ROWS,
    sort: view.sort,
    ...search,
    assigned_to: assignee(view.assigned_to || assigned_to, person),
    ...(svc_name && { svc_name }),
    ...(environment && { environment }),
    ...(release && { release }),
    ...(what && { what }),
    ...timesOf(view, nowMs),
    ...(tab !== "all" && { state: tab }),
    ...(cursor && { cursor }),
  };
}

/** The same page with something else; of another list it is the beginning. */
export function errorsAddress(view: ErrorsView, change: Partial<ErrorsView> = {}): string {
  const { tab, sort, what, cursor, ...rest } = { ...view, cursor: "", ...change };
  const { q, svc_name, environment, release, assigned_to, range, since, until } = rest;
  return address("/board", {
    q,
    svc_name,
    environment,
    release,
    assigned_to,
    what,
    ...rangeParameters({ range, since, until }),
    state: tab === tabOf(what) ? undefined : tab,
    sort: sort === "last_seen" ? undefined : sort,
    cursor,
  });
}

/** What narrows a list beside its tab, each to be taken off alone. */
export const NARROWINGS = {
  q: { q: "" },
  svc_name: { svc_name: "" },
  environment: { environment: "" },
  release: { release: "" },
  assigned_to: { assigned_to: "" },
  what: { what: "" },
  range: { range: "all", since: "", until: "" },
} as const satisfies Record<string, Partial<ErrorsView>>;

export type Narrowing = keyof typeof NARROWINGS;

/** Those in force. */
export function narrowingsOf(view: ErrorsView): Narrowing[] {
  return (Object.keys(NARROWINGS) as Narrowing[])
    .filter((name) => view[name] !== (name === "range" ? "all" : ""));
}

/** Whether all that match can be changed at once: the store refuses a search that only leaves out. */
export function canChangeAll({ q }: ErrorsView): boolean {
  return !isOnlyExcluding(readSearch(q, ERROR_FIELDS).q);
}

/** From when on something is new: the beginning of the range, or a day ago. */
export function newSinceMs(view: ErrorsView, nowMs: number): number {
  return timesOf(view, nowMs).since ?? nowMs - DAY_MS;
}
