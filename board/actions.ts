import type { ErrorSummary, StoreReads } from "../logging/mod.ts";
import { ValueError } from "../modules/failure.ts";
import { ids } from "../modules/inputs.ts";
import { errorPath, filledIn, ownPage } from "./addresses.ts";
import { mergeInto, NEXT_RELEASE, resolution, valid, verbs } from "../modules/verbs.ts";
import { HOUR_MS } from "../store/times.ts";

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

const FIELDS = ["note", "release", "when", "into", "variant", "more", "for", "to", "url"] as const;

/** What a form says beside the ids, in the API's words, and the guest who sent it. */
interface Order {
  said: Readonly<Record<string, unknown>>;
  by: string | undefined;
}

export interface Action {
  /** Of the button. */
  title: string;
  /** Afterwards: `3 errors resolved`. */
  done: string;
  /** Gives the errors it changed. @throws {Failure} for input that the API refuses, too. */
  run(store: StoreReads, ids: readonly string[], order: Order): Promise<ErrorSummary[]>;
  /** The page to go to. Default: the one that the form was on. */
  next?(error: ErrorSummary): string;
  /** What takes it back. */
  undo?: "reopen" | "unmute";
}

/** What a person can do to errors, by the name in forms. */
export const ACTIONS = {
  resolve: {
    title: "Resolve",
    done: "resolved",
    undo: "reopen",
    run: (store, ids, { said, by }) =>
      store.change(ids, { ...resolution(valid(verbs.resolve, said)), by }),
  },
  reopen: {
    title: "Reopen",
    done: "reopened",
    run: (store, ids, { said, by }) =>
      store.change(ids, { action: "reopen", ...valid(verbs.reopen, said), by }),
  },
  mute: {
    title: "Mute",
    done: "muted",
    undo: "unmute",
    run: (store, ids, { said, by }) =>
      store.change(ids, { action: "mute", ...valid(verbs.mute, said), by }),
  },
  unmute: {
    title: "Unmute",
    done: "unmuted",
    run: (store, ids, { said, by }) =>
      store.change(ids, { action: "unmute", ...valid(verbs.unmute, said), by }),
  },
  assign: {
    title: "Assign",
    done: "assigned",
    // A choice of nobody sends no name.
    run: (store, ids, { said, by }) =>
      store.change(ids, {
        action: "assign",
        ...(said.to === undefined ? { to: null } : valid(verbs.assign, said)),
        by,
      }),
  },
  unassign: {
    title: "Unassign",
    done: "unassigned",
    run: (store, ids, { by }) => store.change(ids, { action: "assign", to: null, by }),
  },
  link: {
    title: "Link issue",
    done: "linked to an issue",
    run: (store, ids, { said, by }) =>
      store.change(ids, { action: "link", ...valid(verbs.link, said), by }),
  },
  unlink: {
    title: "Remove link",
    done: "without a link now",
    run: (store, ids, { by }) => store.change(ids, { action: "link", url: null, by }),
  },
  note: {
    title: "Add note",
    done: "noted",
    run: (store, ids, { said, by }) =>
      store.change(ids.slice(0, 1), { action: "note", ...valid(verbs.note, said), by }),
  },
  merge: {
    title: "Merge",
    done: "merged",
    run: one((store, id, { said, by }) =>
      mergeInto(store, id, { ...valid(verbs.merge, said), by })
    ),
    next: ({ id }) => errorPath(id),
  },
  split: {
    title: "Split off",
    done: "split",
    run: one((store, id, { said, by }) =>
      store.split(id, { variant: valid(verbs.split, said).variant, by })
    ),
    next: ({ id }) => errorPath(id),
  },
  remove: {
    title: "Delete for good",
    done: "deleted",
    run: one((store, id) => store.remove(id)),
    next: () => "/board",
  },
} as const satisfies Record<string, Action>;

export type ActionName = keyof typeof ACTIONS;

/**
 * Does what a form says to the errors that it names; gives the page to go to.
 *
 * @throws {Failure} for input that the API refuses, too.
 */
export async function act(
  store: StoreReads,
  form: URLSearchParams,
  { nowMs, by }: { nowMs: number; by: string | undefined },
): Promise<string> {
  const name = form.get("action") ?? "";
  if (!Object.hasOwn(ACTIONS, name)) {
    throw new ValueError("the form names no known action", { param: "action" });
  }
  const action: Action = ACTIONS[name as ActionName];
  const named = [...new Set(form.getAll("id"))];
  const done = named.length === 0
    ? []
    : await action.run(store, valid(ids, named), { said: saidBy(form, nowMs), by });
  const path = done[0] && action.next?.(done[0]) || ownPage(form.get("back"));
  const page = new URL(path, "http://board.invalid");
  page.searchParams.set("done", action.done);
  page.searchParams.set("count", String(done.length));
  page.searchParams.delete("id");
  if (action.undo) { for (const { id } of done) page.searchParams.append("id", id); }
  return page.pathname + page.search;
}

/** An action on the first error named. */
function one(
  run: (store: StoreReads, id: string, order: Order) => Promise<ErrorSummary | null>,
): Action["run"] {
  return async (store, [id = ""], order) => {
    const error = await run(store, id, order);
    return error === null ? [] : [error];
  };
}

function saidBy(form: URLSearchParams, nowMs: number): Order["said"] {
  const { for: hours, more, when, ...texts } = filledIn(form, FIELDS);
  if (hours && !MUTE_TIMES.some(([value]) => value === hours)) {
    throw new ValueError("for must be one of the times that the form offers", { param: "for" });
  }
  return {
    ...(when === NEXT_RELEASE && { release: NEXT_RELEASE }),
    ...texts,
    ...(more && { more: Number(more) }),
    ...(hours && { until: new Date(nowMs + Number(hours) * HOUR_MS).toISOString() }),
  };
}
