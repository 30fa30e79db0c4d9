/**
 * What a person can do to errors, from the list and from one error's page.
 *
 * @module
 */
import type { StoreReads } from "../logging/mod.ts";

const HOUR_MS = 60 * 60 * 1000;
const MAX_NOTE_CHARS = 1_000;
const MAX_RELEASE_CHARS = 128;
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
}

/** One thing that can be done. */
export interface Action {
  /** On the button. */
  title: string;
  /** Afterwards: `3 errors resolved`. */
  done: string;
  /** Does it; null when there is no such error. */
  run(store: StoreReads, id: string, order: Order): Promise<object | null>;
}

/** All actions, by the name forms use. */
export const ACTIONS = {
  resolve: {
    title: "Resolve",
    done: "resolved",
    run: (store, id, { release, note }) => store.resolve(id, { release, note }),
  },
  reopen: {
    title: "Reopen",
    done: "reopened",
    run: (store, id, { note }) => store.reopen(id, { note }),
  },
  mute: {
    title: "Mute",
    done: "muted",
    run: (store, id, { until, note }) => store.mute(id, { until, note }),
  },
  unmute: {
    title: "Unmute",
    done: "unmuted",
    run: (store, id, { note }) => store.unmute(id, { note }),
  },
} as const satisfies Record<string, Action>;

/** The name of an action. */
export type ActionName = keyof typeof ACTIONS;

/** The action of that name, if there is one. */
export function findAction(name: string | null): Action | undefined {
  return name !== null && Object.hasOwn(ACTIONS, name) ? ACTIONS[name as ActionName] : undefined;
}

/** Does what a form says to all errors it names; gives the number it was done to. */
export async function act(
  store: StoreReads,
  action: Action,
  { form, nowMs }: { form: URLSearchParams; nowMs: number },
): Promise<number> {
  const ids = [...new Set(form.getAll("id"))].slice(0, MAX_IDS);
  const order = orderOf(form, nowMs);
  const done = await Promise.all(ids.map((id) => action.run(store, id, order)));
  return done.filter((error) => error !== null).length;
}

function orderOf(form: URLSearchParams, nowMs: number): Order {
  const note = form.get("note")?.trim().slice(0, MAX_NOTE_CHARS);
  const release = form.get("release")?.trim().slice(0, MAX_RELEASE_CHARS);
  const hours = MUTE_TIMES.find(([value]) => value !== "" && value === form.get("for"))?.[0];
  return {
    ...(note && { note }),
    ...(release && { release }),
    ...(hours !== undefined && { until: nowMs + Number(hours) * HOUR_MS }),
  };
}
