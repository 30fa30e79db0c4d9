/** The way into the log: what was not there yet becomes one row of the tail, or blocks at once where it is enough for them. */
import type { Session, Statement } from "../drivers/database.ts";
import { type DatedEntry, inOrderOfTime, isFailure } from "./dated.ts";
import type { EventKey, RecentEvents } from "../errors/events.ts";
import { type Entry, headOf } from "../store.ts";
import { lineOfEntry } from "./lines.ts";
import type { OldRows } from "./old_rows.ts";
import { blocksIn, insertionOf, shareOut, tailRow } from "./seal.ts";
import { Seen } from "./seen.ts";
import { NEXT_WRITE } from "./writes.ts";

interface AppendOptions {
  /** The instance that seals the row. */
  writer: string;
  nowMs: number;
  /** Whether nothing that it has written waits in the tail: what does goes into the same block. */
  isTailEmpty: boolean;
  oldRows: OldRows;
  recentEvents: RecentEvents;
}

/** What else takes a batch, in the same transaction. */
export interface Companion {
  /** Asked with the first statements, in the round trip that they need. */
  reads(entries: readonly DatedEntry[]): Statement[];
  /**
   * Takes what is new, in the order of their times, and the answers. Gives the failures as the log is to keep them, and what is
   * to be written last.
   */
  record(
    fresh: readonly DatedEntry[],
    answers: readonly unknown[][],
  ): Promise<{ failures: readonly DatedEntry[]; last: readonly Statement[] }>;
}

/** Nothing else takes it. */
export const ALONE: Companion = {
  reads: () => [],
  record: (fresh) => Promise.resolve({ failures: fresh.filter(isFailure), last: [] }),
};

export interface Appended {
  fresh: number;
  /** Events of clients among them. */
  events: readonly EventKey[];
  /** Of these, the ones that wait in the tail. */
  records: number;
  bytes: number;
}

/** Appends entries that are not there yet. Part of a transaction, at most once in it. */
export async function append(
  session: Session,
  entries: readonly Entry[],
  options: AppendOptions & { companion: Companion },
): Promise<Appended> {
  const { writer, nowMs, isTailEmpty, oldRows, recentEvents, companion } = options;
  const dated = inOrderOfTime(entries);
  const records = dated.map(({ entry }) => headOf(entry));
  const { seen, answers } = await Seen.load(session, records, {
    nowMs,
    also: [{ sql: NEXT_WRITE[session.engine] }, ...companion.reads(dated)],
  });
  for (const record of await oldRows.among(session, records)) seen.add(record);
  const unseen = dated.filter(({ entry }) => seen.add(headOf(entry)));
  const { fresh, events } = await recentEvents.sift(session, unseen);
  if (fresh.length === 0) {
    const saving = seen.saving();
    seen.checkSaved(await session.batch(saving));
    return { fresh: 0, events, records: 0, bytes: 0 };
  }
  const [[{ write }], ...known] = answers as [[{ write: number }], ...unknown[][]];
  const { failures, last } = await companion.record(fresh, known);
  const recorded = failures.values();
  const lines = fresh.map((entry, index) =>
    lineOfEntry(isFailure(entry) ? recorded.next().value! : entry, { write, index })
  );
  // Through the tail they would be written, read, removed and written again.
  const { blocks, rest } = isTailEmpty && blocksIn(lines) >= 1
    ? shareOut(lines, false)
    : { blocks: [], rest: lines };
  const row = rest.length === 0 ? undefined : tailRow(rest, { writer, writtenAtMs: nowMs });
  const saving = seen.saving();
  const saved = await session.batch([
    ...saving,
    ...blocks.flatMap((block) => insertionOf(block, session.engine)),
    ...row ? [row.statement] : [],
    ...last,
  ]);
  seen.checkSaved(saved.slice(0, saving.length));
  return { fresh: fresh.length, events, records: rest.length, bytes: row?.bytes ?? 0 };
}
