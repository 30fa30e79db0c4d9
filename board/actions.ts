/**
 * What a person can do to errors, from the list and from one error's page.
 *
 * @module
 */
import { BadMerge, type ErrorSummary, type StoreReads } from "../logging/mod.ts";

const HOUR_MS = 60 * 60 * 1000;
const MAX_NOTE_CHARS = 1_000;
const MAX_RELEASE_CHARS = 128;
const MAX_ID_CHARS = 128;
const MAX_MORE = 1_000_000;
/** Errors in one form: as many as a page of the list can show. */
const MAX_IDS = 100;

/** How long a mute lasts, for the forms. */
export const MUTE_TIMES = [
  ["", "for good"],
  ["1", "1 hour"],
  ["24", "1 day"],
  ["168", "1 week"],
] as const;

/** What an action is told beside the error. */
export interface Order {
  /** For the history. */
  note?: string;
  /** The release that mends it. */
  release?: string;
  /** The end of a mute, milliseconds since 1970. */
  until?: number;
  /** A mute ends after so many more. */
  more?: number;
  /** The error that another is merged into: its id, or one of its receipts. */
  into?: string;
  /** The masked message that is split off. */
  variant?: string;
  /** Who does it, where the app says so; else the operator. */
  by?: string;
}

/** One thing that can be done. */
export interface Action {
  /** On the button. */
  title: string;
  /** Afterwards: `3 errors resolved`. */
  done: string;
  /** Does it; gives those errors that are there. */
  run(store: StoreReads, ids: readonly string[], order: Order): Promise<ErrorSummary[]>;
  /** The page to go to, where it is not the one that the form was on. */
  next?(error: ErrorSummary): string;
}

/** All actions, by the name forms use. */
export const ACTIONS = {
  resolve: {
    title: "Resolve",
    done: "resolved",
    run: (store, ids, { release, note, by }) =>
      store.change(ids, { action: "resolve", release, note, by }),
  },
  reopen: {
    title: "Reopen",
    done: "reopened",
    run: (store, ids, { note, by }) => store.change(ids, { action: "reopen", note, by }),
  },
  mute: {
    title: "Mute",
    done: "muted",
    run: (store, ids, { until, more, note, by }) =>
      store.change(ids, { action: "mute", until, more, note, by }),
  },
  unmute: {
    title: "Unmute",
    done: "unmuted",
    run: (store, ids, { note, by }) => store.change(ids, { action: "unmute", note, by }),
  },
  note: {
    title: "Add note",
    done: "noted",
    run: async (store, ids, { note, by }) =>
      note === undefined ? [] : await store.change(ids.slice(0, 1), { action: "note", note, by }),
  },
  merge: {
    title: "Merge",
    done: "merged",
    run: one(mergeInto),
    next: pageOf,
  },
  split: {
    title: "Split off",
    done: "split",
    run: one((store, id, { variant, by }) => store.split(id, variant ?? "", { by })),
    next: pageOf,
  },
  remove: {
    title: "Delete",
    done: "deleted",
    run: one((store, id) => store.remove(id)),
    next: () => "/board",
  },
} as const satisfies Record<string, Action>;

/** The name of an action. */
export type ActionName = keyof typeof ACTIONS;

/** The action of that name, if there is one. */
export function findAction(name: string | null): Action | undefined {
  return name !== null && Object.hasOwn(ACTIONS, name) ? ACTIONS[name as ActionName] : undefined;
}

/** Does what a form says to all errors it names, in one question to the store; gives those it was done to. */
export function act(
  store: StoreReads,
  action: Action,
  { form, nowMs, by }: { form: URLSearchParams; nowMs: number; by: string | undefined },
): Promise<ErrorSummary[]> {
  const ids = [...new Set(form.getAll("id"))].slice(0, MAX_IDS);
  return action.run(store, ids, { ...orderOf(form, nowMs), ...(by !== undefined && { by }) });
}

/** An action that only the page of one error offers. */
function one(
  run: (store: StoreReads, id: string, order: Order) => Promise<ErrorSummary | null>,
): Action["run"] {
  return async (store, [id], order) => {
    const error = id === undefined ? null : await run(store, id, order);
    return error === null ? [] : [error];
  };
}

/** @throws {BadMerge} when there is no such other error. */
async function mergeInto(
  store: StoreReads,
  id: string,
  { into, by }: Order,
): Promise<ErrorSummary | null> {
  const target = into === undefined ? null : await store.error(into);
  if (target === null) throw new BadMerge("no error has this id");
  return await store.merge(id, target.id, { by });
}

function pageOf({ id }: ErrorSummary): string {
  return `/board/errors/${id}`;
}

function orderOf(form: URLSearchParams, nowMs: number): Order {
  const note = form.get("note")?.trim().slice(0, MAX_NOTE_CHARS);
  const release = form.get("release")?.trim().slice(0, MAX_RELEASE_CHARS);
  const into = form.get("into")?.trim().toLowerCase().slice(0, MAX_ID_CHARS);
  const variant = form.get("variant");
  const more = Math.trunc(Number(form.get("more")));
  const hours = MUTE_TIMES.find(([value]) => value !== "" && value === form.get("for"))?.[0];
  return {
    ...(note && { note }),
    ...(release && { release }),
    ...(more >= 1 && more <= MAX_MORE && { more }),
    ...(into && { into }),
    ...(variant && { variant }),
    ...(hours !== undefined && { until: nowMs + Number(hours) * HOUR_MS }),
  };
}
