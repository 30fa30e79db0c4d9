/** The store on an engine: everything that is the same for both. */
import type { Database } from "./drivers/database.ts";
import { attachNotesOf, noteFeedback } from "./errors/feedback.ts";
import { settleFixes } from "./errors/fix.ts";
import { Answers, findToProve } from "./errors/proof.ts";
import { recordFailures } from "./errors/record_failures.ts";
import { isFailure } from "./log/dated.ts";
import { LogBlocks } from "./log/log_blocks.ts";
import { mergeAfterWrites } from "./retention/merge_words.ts";
import { noteReceivers } from "./errors/note_alerts.ts";
import { settleAlert, takeAlert } from "./errors/outbox.ts";
import type { Blocking } from "./drivers/sqlite.ts";
import { NEW_ERRORS_AN_HOUR } from "./errors/overflow.ts";
import * as questions from "./questions.ts";
import type { Alert, Entry, Store, StoreReads, Written } from "./store.ts";
import { sweep } from "./retention/sweep.ts";
import { nowToKeep } from "./times.ts";
import { foldAfterWrites } from "./traffic/fold.ts";
import { KnownReleases } from "./traffic/releases.ts";
import { WriteTraffic } from "./traffic/write_traffic.ts";

export interface StoreOptions {
  /** New errors of one service within an hour; further ones are one. Default: see errors/overflow.ts. */
  newErrorsAnHour?: number;
  /** How long a search of the log may take, in milliseconds, until it answers with what it has. Default: see log/search.ts. */
  searchMs?: number;
  /** Runs each call of an engine that blocks this thread: SQLite's. */
  blocking?: Blocking;
}

/** An engine with the log that it keeps: what questions are put to. */
export interface Opened extends Database {
  readonly log: LogBlocks;
}

/** The store on a database whose schema is up to date. */
export function storeOn(
  db: Database,
  { newErrorsAnHour = NEW_ERRORS_AN_HOUR, searchMs }: StoreOptions,
): Store {
  const log = new LogBlocks(db, { searchMs });
  const mergeWords = mergeAfterWrites(db);
  const foldCounts = foldAfterWrites(db);
  const knownReleases = new KnownReleases();
  return {
    ...asked(Object.assign(db, { log })),
    write: async (entries) => {
      const written = await write(db, log, { entries, newErrorsAnHour, knownReleases });
      await mergeWords(entries.filter(({ group }) => group !== undefined).length);
      // The records are stored: what cannot be sealed now is sealed by the next write, or by the sweep.
      await log.sealWhatIsEnough().catch(() => {});
      await foldCounts().catch(() => {});
      return written;
    },
    noteFeedback: (note) => noteFeedback(db, note),
    noteReceivers: (receivers, options) => noteReceivers(db, receivers, options),
    takeAlert: (options) => takeAlert(db, options),
    settleAlert: (id, options) => settleAlert(db, id, options),
    sweep: async (limits, now) => {
      const { removed, more } = await sweep(db, log, { limits, now });
      return { removed, more: await log.tend(now) || more };
    },
    close: () => db.close(),
  };
}

/** Whether there is such a question: names come from another thread. */
export function isQuestion(name: string): name is keyof StoreReads {
  return Object.hasOwn(questions, name);
}

/** The questions, put to this store. */
export function asked(store: Opened): StoreReads {
  const bound = Object.entries(questions).map(([name, answer]) => [
    name,
    (...args: unknown[]) =>
      (answer as (store: Opened, ...args: unknown[]) => unknown)(store, ...args),
  ]);
  return Object.fromEntries(bound) as StoreReads;
}

/** Records go into the log and failures become occurrences of errors, in one transaction. */
export async function write(
  db: Database,
  log: LogBlocks,
  { entries, newErrorsAnHour, knownReleases = new KnownReleases() }: {
    entries: readonly Entry[];
    newErrorsAnHour: number;
    knownReleases?: KnownReleases;
  },
): Promise<Written> {
  const { events, releases, ...written } = await db.transaction(async (session) => {
    let alerts: Alert[] = [];
    const nowMs = nowToKeep();
    const traffic = new WriteTraffic(nowMs, knownReleases);
    const { fresh, events } = await log.append(session, entries, {
      reads: (entries) => [
        ...traffic.reads(entries),
        findToProve(traffic.requests),
      ],
      async record(fresh, answers) {
        const releases = await traffic.note(session, fresh, answers.slice(0, -1));
        const appeared = releases.all.filter(({ isNew }) => isNew);
        // Errors that waited for a release are to be proved by what it answers from now on.
        const toProve = await settleFixes(session, appeared, nowMs)
          ? (await session.batch([findToProve(traffic.requests)]))[0]
          : answers.at(-1);
        const failed = await recordFailures(session, fresh.filter(isFailure), {
          newErrorsAnHour,
          rankOf: (name) => releases.get(name)?.id,
          answers: new Answers(fresh, nowMs),
          toProve: (toProve as { id: number }[]).map(({ id }) => id),
        });
        alerts = failed.alerts;
        failed.cameBackIn.forEach((release) => traffic.countReturn(release));
        return { failures: failed.failures, last: traffic.statements() };
      },
    });
    await attachNotesOf(session, events);
    const duplicates = entries.length - fresh;
    const { releases } = traffic;
    return { stored: entries.length, duplicates, alerts, events, releases };
  }, "writing");
  log.recentEvents.remember(events);
  knownReleases.remember(releases);
  return written;
}
