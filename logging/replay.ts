/**
 * Brings what dead processes spilled into the store; a spill file is removed only after all of it is stored.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { type Origin, toEntry } from "./entry.ts";
import { Orphan } from "./orphan.ts";
import { pause } from "./pause.ts";
import { MAX_DEATHS, quarantineLine } from "./quarantine.ts";
import type { LogRecord } from "../store/record.ts";
import { ReplayMark } from "./replay_mark.ts";
import type { RunningCode } from "../store/grouping/source.ts";
import { type Entry, StoreBusy, type Written } from "../store/store.ts";

/** A store that is busy is tried again after this. */
const RETRY_AFTER_MS = 500;

/** What came of a spill file. */
export interface Replayed {
  /** The file. */
  path: string;
  /** Records that the store had not seen before. */
  records: number;
  /** Pieces that are no records: torn by the death of their process. */
  torn: number;
  /** Records that ended a process as often as one may, and are in quarantine. */
  aside: number;
}

/** What a replay needs. */
export interface ReplayOptions {
  /** Stores entries. Rejects with `StoreBusy` while it cannot. */
  write: (entries: readonly Entry[]) => Promise<Written>;
  /** Tells which source lines may be read. */
  code: RunningCode;
  /** Ends the replay; the file stays for the next one. */
  signal: AbortSignal;
}

/** The entry of a line of a spill file, grouped for the app that wrote it; nothing when the line is not one. */
export function readSpillLine(text: string, code: RunningCode): Entry | undefined {
  try {
    const { record, origin } = JSON.parse(text) as { record: LogRecord; origin: Origin };
    if (typeof record.boot_id !== "string" || typeof record.seq !== "number") return undefined;
    return toEntry({ record, line: JSON.stringify(record) }, { origin, code });
  } catch {
    return undefined;
  }
}

/**
 * Replays one spill file; nothing when it is gone or in use, or the replay was ended. A record that ended the process twice is
 * set aside. @throws when it cannot be read.
 */
export async function replay(
  path: string,
  { write, code, signal }: ReplayOptions,
): Promise<Replayed | undefined> {
  using orphan = Orphan.open(path);
  if (!orphan) return undefined;
  using mark = new ReplayMark(path);
  const replayed = { path, records: 0, torn: 0, aside: 0 };
  let line = 0;
  for (const { lines, torn } of orphan.pieces()) {
    replayed.torn += torn;
    const first = line;
    const isSuspect = (index: number) =>
      mark.endsAt(first + index) > 0 || mark.isAside(first + index);
    for (const group of groupsOf(lines, isSuspect)) {
      if (mark.isAside(line)) {
        replayed.aside++;
      } else if (mark.endsAt(line) >= MAX_DEATHS) {
        quarantineLine(group[0]!, path);
        mark.setAside(line);
        replayed.aside++;
      } else {
        mark.begin(line, line + group.length);
        const entries = group.map((text) => readSpillLine(text, code)).filter((entry) =>
          entry !== undefined
        );
        replayed.torn += group.length - entries.length;
        const written = await writeInTime(entries, { write, signal });
        if (!written) return undefined;
        replayed.records += written.stored - written.duplicates;
      }
      line += group.length;
    }
    // A turn of the event loop: new records and questions do not wait for old ones.
    await setImmediate();
  }
  orphan.remove();
  return replayed;
}

/** Lines that are stored together; those at which a process ended are alone, to see which of them it was. */
function groupsOf(lines: readonly string[], isAlone: (index: number) => boolean): string[][] {
  const groups: string[][] = [];
  let wasAlone = true;
  for (const [index, line] of lines.entries()) {
    if (wasAlone || isAlone(index)) groups.push([line]);
    else groups.at(-1)!.push(line);
    wasAlone = isAlone(index);
  }
  return groups;
}

/** Stores the entries as soon as the store takes them; nothing when the replay was ended before. */
async function writeInTime(
  entries: readonly Entry[],
  { write, signal }: Pick<ReplayOptions, "write" | "signal">,
): Promise<Written | undefined> {
  while (!signal.aborted) {
    try {
      return await write(entries);
    } catch (error) {
      if (!(error instanceof StoreBusy)) throw error;
      await pause(RETRY_AFTER_MS, signal);
    }
  }
}
