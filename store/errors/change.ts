/**
 * What a person does to errors: resolve, reopen, mute, unmute, assign, link, note. Doing what is already so changes nothing and leaves no
 * history.
 */
import type { Database, Session } from "../drivers/database.ts";
import {
  actorOf,
  cleanOrNull,
  cleanText,
  type ErrorRow,
  historyEntries,
  NOT_MUTED,
  NOT_RESOLVED,
  rowsChange,
  summaryOf,
} from "./rows.ts";
import { type KnownRelease, seenReleases } from "./fix.ts";
import type { Change, ErrorSummary } from "../store.ts";
import { isoTime, nowToKeep } from "../times.ts";

/** Does something to errors, to all in one transaction. Gives those that are there, in the order of `ids`. */
export function change(
  db: Database,
  ids: readonly string[],
  change: Change,
): Promise<ErrorSummary[]> {
  const uids = ids.map(cleanText);
  return db.transaction(async (session) => {
    // In the order of their numbers, as writers lock them.
    const rows = await session.all<ErrorRow>(
      "select * from holdfast.errors where uid = any ($1) order by id for update",
      [uids],
    );
    const effects = await changeRows(session, rows, { change, atMs: nowToKeep() });
    const summaries = new Map(
      effects.map(({ before, changes }) => [before.uid, summaryOf({ ...before, ...changes })]),
    );
    return uids.flatMap((uid) => summaries.get(uid) ?? []);
  });
}

/** What becomes of an error. */
interface Effect {
  before: ErrorRow;
  /** Undefined when it is so already. */
  changes: Partial<ErrorRow> | undefined;
}

/** Does something to errors that are locked, and writes it into their histories. */
export async function changeRows(
  session: Session,
  rows: readonly ErrorRow[],
  { change, atMs }: { change: Change; atMs: number },
): Promise<Effect[]> {
  const fixes = await fixesOf(session, rows, change);
  const effects = rows.map((before) => ({
    before,
    changes: changesOf(before, change, { nowMs: atMs, fix: fixes.get(before.svc_name) }),
  }));
  const deed = {
    timeMs: atMs,
    action: pastOf(change),
    actor: actorOf(change.by),
    note: noteOf(change),
  };
  const changed = effects.filter(({ changes }) => changes !== undefined);
  const alike = Map.groupBy(changed, ({ changes }) => JSON.stringify(changes));
  await session.batch([
    ...historyEntries(changed.map(({ before: { id } }) => ({ error: id, ...deed }))),
    ...[...alike.values()].flatMap((same) =>
      rowsChange(same.map(({ before: { id } }) => id), same[0]!.changes!)
    ),
  ]);
  return effects;
}

/** As the history says it. */
const PAST = {
  resolve: "resolved",
  reopen: "reopened",
  mute: "muted",
  unmute: "unmuted",
  assign: "assigned",
  link: "linked",
  note: "noted",
} as const satisfies Record<Change["action"], string>;

function pastOf(change: Change): string {
  const isUndone = change.action === "assign" && change.to === null ||
    change.action === "link" && change.url === null;
  return (isUndone ? "un" : "") + PAST[change.action];
}

/** Which release a person means, by service, as far as it has been seen. */
async function fixesOf(
  session: Session,
  rows: readonly ErrorRow[],
  change: Change,
): Promise<Map<string, KnownRelease>> {
  const release = change.action === "resolve" && !change.next && cleanOrNull(change.release);
  if (!release || rows.length === 0) return new Map();
  return await seenReleases(session, [...new Set(rows.map(({ svc_name }) => svc_name))], release);
}

function changesOf(
  { state, count, resolved_in, resolved_next, muted_until, muted_count, assigned_to, issue_url }:
    ErrorRow,
  change: Change,
  { nowMs, fix }: { nowMs: number; fix: KnownRelease | undefined },
): Partial<ErrorRow> | undefined {
  switch (change.action) {
    case "resolve": {
      const isNext = change.next ? 1 : 0;
      // As its service calls it: what it answers is counted by that name.
      const release = change.next ? null : fix?.release ?? (cleanOrNull(change.release) || null);
      if (state === "resolved" && resolved_in === release && resolved_next === isNext) {
        return undefined;
      }
      return {
        state: "resolved",
        ...NOT_RESOLVED,
        resolved_at: nowMs,
        resolved_in: release,
        resolved_rank: fix?.id ?? null,
        resolved_next: isNext,
        ...NOT_MUTED,
      };
    }
    case "reopen":
      if (state === "open") return undefined;
      return { state: "open", ...NOT_RESOLVED, ...NOT_MUTED };
    case "mute": {
      const { untilMs, more } = boundsOf(change);
      const until = { muted_until: untilMs, muted_count: more === null ? null : count + more };
      const isSame = muted_until === until.muted_until && muted_count === until.muted_count;
      if (state === "muted" && isSame) return undefined;
      return { state: "muted", ...NOT_RESOLVED, muted_at: nowMs, ...until };
    }
    case "unmute":
      return state === "muted" ? { state: "open", ...NOT_MUTED } : undefined;
    case "assign": {
      const to = cleanOrNull(change.to ?? undefined);
      return to === assigned_to ? undefined : { assigned_to: to };
    }
    case "link": {
      const url = cleanOrNull(change.url ?? undefined);
      return url === issue_url ? undefined : { issue_url: url };
    }
    case "note":
      return {};
  }
}

function boundsOf(
  { until, more }: Change & { action: "mute" },
): { untilMs: number | null; more: number | null } {
  return {
    untilMs: until === undefined ? null : Math.floor(until),
    more: more === undefined ? null : Math.floor(more),
  };
}

function noteOf(change: Change): string {
  return [detailOf(change), change.note ?? ""].filter(Boolean).join(": ");
}

function detailOf(change: Change): string {
  if (change.action === "resolve") {
    if (change.next) return "in the next release";
    return change.release ? `in release ${change.release}` : "";
  }
  if (change.action === "assign") return change.to === null ? "" : `to ${change.to}`;
  if (change.action === "link") return change.url ?? "";
  if (change.action !== "mute") return "";
  const { untilMs, more } = boundsOf(change);
  return [
    untilMs === null ? "" : `until ${isoTime(untilMs)}`,
    more === null ? "" : `until it has happened ${more} times more`,
  ].filter(Boolean).join(" or ");
}
