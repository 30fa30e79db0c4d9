import type { ErrorSummary, StoreReads } from "../logging/mod.ts";
import { ValueError } from "../modules/failure.ts";
import { ids } from "../modules/inputs.ts";
import { errorPath, filledIn, ownPage } from "./addresses.ts";
import { mergeInto, NEXT_RELEASE, resolution, takenBack, valid, verbs } from "../modules/verbs.ts";
import type { Change, Changed, ErrorsToChange } from "../store/store.ts";
import { MAX_CHANGED_AT_ONCE } from "../store/limits.ts";
import { HOUR_MS, isoTime, nowToKeep } from "../store/times.ts";

/** Hours. */
export const MUTE_TIMES = [
  ["", "forever"],
  ["1", "1 hour"],
  ["24", "1 day"],
  ["168", "1 week"],
] as const;

/** What fixes an error, where no release is named. */
export const FIXED_BY = [
  [NEXT_RELEASE, "in the next release"],
  ["", "from now on"],
] as const;

const FIELDS = [
  "note",
  "release",
  "newer",
  "when",
  "into",
  "variant",
  "more",
  "for",
  "to",
  "url",
] as const;

/** What a form says beside the errors that it means, in the API's words, and the guest who sent it. */
interface Order {
  said: Readonly<Record<string, unknown>>;
  by: string | undefined;
}

export interface Action {
  /** Of the button. */
  title: string;
  /** Afterwards: `3 errors resolved`. */
  done: string;
  /** What takes back, by its moment, what this did to errors; or the rest of what this took back. */
  undo?: "resolve" | "mute";
  /** Presses its button. */
  key?: "e" | "m";
}

/** Takes back what was done at one moment; its form has the moment as `at`, and as `what` the action. */
export const UNDO = "undo";

/** What is done to every error that a form means. @throws {Failure} for input that the API refuses, too. */
interface ChangeAction extends Action {
  change(order: Order): Change;
}

/** What is done to the first of them. */
interface OneAction extends Action {
  /** Gives the error that it changed; null: there is none. @throws {Failure} for input that the API refuses, too. */
  run(store: StoreReads, id: string, order: Order): Promise<ErrorSummary | null>;
  /** The page to go to. */
  next(error: ErrorSummary): string;
}

/** What a person can do to errors, by the name in forms. */
export const ACTIONS = {
  resolve: {
    title: "Resolve",
    key: "e",
    done: "resolved",
    undo: "resolve",
    change: ({ said }) => resolution(valid(verbs.resolve, said)),
  },
  reopen: {
    title: "Reopen",
    done: "reopened",
    undo: "resolve",
    change: ({ said }) => ({ action: "reopen", ...valid(verbs.reopen, said) }),
  },
  mute: {
    title: "Mute",
    key: "m",
    done: "muted",
    undo: "mute",
    change: ({ said }) => ({ action: "mute", ...valid(verbs.mute, said) }),
  },
  unmute: {
    title: "Unmute",
    done: "unmuted",
    undo: "mute",
    change: ({ said }) => ({ action: "unmute", ...valid(verbs.unmute, said) }),
  },
  assign: {
    title: "Assign",
    done: "assigned",
    // A choice of nobody sends no name.
    change: ({ said }) => ({
      action: "assign",
      ...(said.to === undefined ? { to: null } : valid(verbs.assign, said)),
    }),
  },
  unassign: {
    title: "Unassign",
    done: "unassigned",
    change: () => ({ action: "assign", to: null }),
  },
  link: {
    title: "Link issue",
    done: "linked to an issue",
    change: ({ said }) => ({ action: "link", ...valid(verbs.link, said) }),
  },
  unlink: {
    title: "Remove link",
    done: "without a link now",
    change: () => ({ action: "link", url: null }),
  },
  note: {
    title: "Add note",
    done: "noted",
    change: ({ said }) => ({ action: "note", ...valid(verbs.note, said) }),
  },
  merge: {
    title: "Merge",
    done: "merged",
    run: (store, id, { said, by }) => mergeInto(store, id, { ...valid(verbs.merge, said), by }),
    next: ({ id }) => errorPath(id),
  },
  split: {
    title: "Split off",
    done: "split",
    run: (store, id, { said, by }) =>
      store.split(id, { variant: valid(verbs.split, said).variant, by }),
    next: ({ id }) => errorPath(id),
  },
  remove: {
    title: "Delete for good",
    done: "deleted",
    run: (store, id) => store.remove(id),
    next: () => "/board",
  },
} as const satisfies Record<string, ChangeAction | OneAction>;

export type ActionName = keyof typeof ACTIONS;

/** What presses the button of an action. */
export function keyOf(name: ActionName): Action["key"] {
  const action: Action = ACTIONS[name];
  return action.key;
}

/** Who sent a form, when, and which errors the page shows that it was on. */
interface Sent {
  nowMs: number;
  by: string | undefined;
  /** All errors that the list with these parameters is of. @throws {Failure} for a search that is too long. */
  listed(parameters: URLSearchParams): ErrorsToChange;
}

/**
 * Does what a form says to the errors that it means; gives the page to go to. The form's fields:
 * - `action`: a name in {@linkcode ACTIONS}, or `undo`; a button of a menu has fields behind it: `mute?for=24`;
 * - `id`, once for each error: those that are selected, 100 at most; or `all=1`: all that match the search of the list that `back`
 *   is the address of, on all its pages, 10,000 at most;
 * - `back`: where to go then;
 * - what the action takes: `release`, `when`, `for`, `more`, `note`, `to`, `url`, `into`, `variant`; for `undo`: `what` and `at`.
 *
 * The address that it leads to says `done`, `count`, `at`, and `more=1` if there were more.
 *
 * @throws {Failure} for input that the API refuses, too.
 */
export async function act(
  store: StoreReads,
  sentForm: URLSearchParams,
  sent: Sent,
): Promise<string> {
  const form = withButton(sentForm);
  const name = form.get("action") ?? "";
  const back = ownPage(form.get("back"));
  if (name === UNDO) return await takeBack(store, form, sent.by);
  if (!Object.hasOwn(ACTIONS, name)) {
    throw new ValueError("the form names no known action", { param: "action" });
  }
  const action: ChangeAction | OneAction = ACTIONS[name as ActionName];
  const order = { said: saidBy(form, sent.nowMs), by: sent.by };
  if ("change" in action) {
    const change = { ...action.change(order), by: sent.by };
    const errors = errorsIn(form, sent);
    // All at the same moment, by which they are found again.
    const at = nowToKeep();
    const { count, more } = await untilDone((most) =>
      store.changeAll(errors, change, { at, most })
    );
    return pageAfter(back, { action, count, more, ...(name === action.undo && { at }) });
  }
  const [id] = idsIn(form);
  const error = id === undefined ? null : await action.run(store, id, order);
  const page = error === null ? back : action.next(error);
  return pageAfter(page, { action, count: error === null ? 0 : 1 });
}

/** What the button says wins over the fields. */
function withButton(sent: URLSearchParams): URLSearchParams {
  const [action = "", said = ""] = (sent.get("action") ?? "").split("?", 2);
  const form = new URLSearchParams(sent);
  form.set("action", action);
  for (const [name, value] of new URLSearchParams(said)) form.set(name, value);
  return form;
}

async function takeBack(
  store: StoreReads,
  form: URLSearchParams,
  by: string | undefined,
): Promise<string> {
  const { what, at } = valid(takenBack, Object.fromEntries(form));
  const { count, more } = await untilDone(() => store.undo({ what, at, by }));
  const action = what === "resolve" ? ACTIONS.reopen : ACTIONS.unmute;
  // What is left has still that moment.
  return pageAfter(ownPage(form.get("back")), { action, count, more, ...(more && { at }) });
}

/** A form changes for so long at most, in steps between which others are answered. */
const BUDGET_MS = 7_000;

/** Asks again for what was not done in the time of a question. */
async function untilDone(ask: (most: number) => Promise<Changed>): Promise<Changed> {
  const endMs = performance.now() + BUDGET_MS;
  let count = 0;
  while (true) {
    const step = await ask(MAX_CHANGED_AT_ONCE - count);
    count += step.count;
    const isOver = count >= MAX_CHANGED_AT_ONCE || performance.now() > endMs;
    if (!step.more || step.count === 0 || isOver) return { ...step, count };
  }
}

function errorsIn(form: URLSearchParams, { listed }: Sent): ErrorsToChange {
  if (!form.has("all")) return { ids: idsIn(form) };
  const { pathname, searchParams } = new URL(form.get("back") ?? "", "http://board.invalid");
  // A form that names no list would mean all errors there are.
  if (!form.get("back") || pathname !== "/board") {
    throw new ValueError("back must be the address of the list, for all that it shows", {
      param: "back",
    });
  }
  return listed(searchParams);
}

function idsIn(form: URLSearchParams): string[] {
  const named = [...new Set(form.getAll("id"))];
  return named.length === 0 ? [] : valid(ids, named);
}

/** What an earlier form left in the address. */
const OUTCOME = ["done", "count", "at", "more", "id"];

function pageAfter(
  path: string,
  { action, count, more = false, at }: {
    action: Action;
    count: number;
    more?: boolean;
    at?: number;
  },
): string {
  const page = new URL(path, "http://board.invalid");
  for (const name of OUTCOME) page.searchParams.delete(name);
  page.searchParams.set("done", action.done);
  page.searchParams.set("count", String(count));
  if (at !== undefined && count > 0) page.searchParams.set("at", isoTime(at));
  if (more) page.searchParams.set("more", "1");
  return page.pathname + page.search;
}

function saidBy(form: URLSearchParams, nowMs: number): Order["said"] {
  const { for: hours, more, when, newer, ...texts } = filledIn(form, FIELDS);
  if (hours && !MUTE_TIMES.some(([value]) => value === hours)) {
    throw new ValueError("for must be one of the times that the form offers", { param: "for" });
  }
  return {
    ...(when === NEXT_RELEASE && { release: NEXT_RELEASE }),
    // A proposed release has a button of its own; what is typed wins.
    ...(newer && { release: newer }),
    ...texts,
    ...(more && { more: Number(more) }),
    ...(hours && { until: new Date(nowMs + Number(hours) * HOUR_MS).toISOString() }),
  };
}
