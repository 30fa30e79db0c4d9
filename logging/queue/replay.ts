import { setImmediate } from "node:timers/promises";
import { type Origin, toEntry } from "../engine/entry.ts";
import { isThere, JournalFile, MARK_SUFFIX } from "./journal_file.ts";
import { pause } from "../pause.ts";
import { MAX_DEATHS, quarantine } from "./quarantine.ts";
import type { LogRecord } from "../../store/record.ts";
import type { RunningCode } from "../../store/grouping/source.ts";
import { type Entry, StoreBusy, type Written } from "../../store/store.ts";
import { isoTime } from "../../store/times.ts";

const RETRY_AFTER_MS = 500;

export interface Replayed {
  path: string;
  /** Records that the store did not have yet. */
  records: number;
  /** Pieces that are no records: their process died while writing them. */
  torn: number;
  /** Records that ended too many processes, and are in quarantine. */
  aside: number;
}

export interface ReplayOptions {
  /** Rejects with `StoreBusy` while the store takes nothing. */
  write: (entries: readonly Entry[]) => Promise<Written>;
  code: RunningCode;
  /** Ends the replay; the file stays for the next one. */
  signal: AbortSignal;
}

/** The entry of a line of the journal, grouped for the app that wrote it; undefined when it is no record. */
export function readJournalLine(text: string, code: RunningCode): Entry | undefined {
  try {
    const { record, origin } = JSON.parse(text) as { record: LogRecord; origin: Origin };
    if (typeof record.boot_id !== "string" || typeof record.seq !== "number") return undefined;
    const { severity } = record;
    return toEntry({ record, line: JSON.stringify(record), severity }, { origin, code });
  } catch {
    return undefined;
  }
}

/**
 * Stores what a dead process left in a file of its journal, and removes the file only after all of it is stored. Undefined when
 * the file is gone or in use, or the signal came. A record that alone has ended {@linkcode MAX_DEATHS} processes is set aside.
 *
 * @throws when the file cannot be read, or the quarantine cannot be written.
 */
export async function replay(
  path: string,
  { write, code, signal }: ReplayOptions,
): Promise<Replayed | undefined> {
  using file = JournalFile.claim(path);
  if (!file) {
    // Its process died between removing the file and the mark.
    if (!isThere(path)) removeMark(path);
    return undefined;
  }
  using mark = new Mark(path);
  const replayed = { path, records: 0, torn: 0, aside: 0 };
  let line = 0;
  for (let atByte = 0;;) {
    const { lines, nextByte, torn } = file.readLines(atByte);
    if (nextByte === atByte) break;
    atByte = nextByte;
    replayed.torn += torn;
    for (const group of mark.groups(lines, line)) {
      if (mark.isDeadly(line)) {
        mark.setAside(line, group[0]!);
        replayed.aside++;
      } else {
        mark.begin(line, line + group.length);
        const entries = group.map((text) => readJournalLine(text, code))
          .filter((entry) => entry !== undefined);
        replayed.torn += group.length - entries.length;
        const written = await writeInTime(entries, { write, signal });
        if (!written) return undefined;
        replayed.records += written.stored - written.duplicates;
      }
      line += group.length;
    }
    // So that new records and questions do not wait for old ones.
    await setImmediate();
  }
  file.remove();
  return replayed;
}

/** Retries while the store is busy; undefined when the signal came first. */
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

/** The content of a mark. Lines count from 0. */
interface Position {
  from: number;
  to: number;
  /** Processes, or their workers, that ended while they stored this line by itself. */
  ends: number;
  aside: number[];
}

const NOWHERE = { from: 0, to: 0, ends: 0 };

/**
 * Where a replay is, on disk beside its file: without it a record that ends the process would end every one that starts later.
 * It is removed when the replay ends by itself; with a quarantined line it stays as long as the file.
 *
 * A process may be killed at any line, so a line is set aside only after it ended several processes, each time stored by
 * itself.
 */
class Mark implements Disposable {
  readonly #journalPath: string;
  readonly #left: Readonly<Position>;
  readonly #aside: Set<number>;
  /** A deadly line that could not be set aside. */
  #deadly: number | undefined;

  constructor(journalPath: string) {
    this.#journalPath = journalPath;
    this.#left = readPosition(markPath(journalPath));
    this.#aside = new Set(this.#left.aside);
  }

  /** Lines to store together; suspects by themselves, to find out which one ends the process. */
  groups(lines: readonly string[], first: number): string[][] {
    const groups: string[][] = [];
    let wasAlone = true;
    for (const [index, line] of lines.entries()) {
      const isAlone = this.#isSuspect(first + index) || this.#aside.has(first + index);
      if (wasAlone || isAlone) groups.push([line]);
      else groups.at(-1)!.push(line);
      wasAlone = isAlone;
    }
    return groups;
  }

  isDeadly(line: number): boolean {
    return this.#aside.has(line) || this.#endsAt(line) >= MAX_DEATHS;
  }

  /** Notes that these lines are being stored. Call it before they are parsed. */
  begin(from: number, to: number): void {
    this.#write({ from, to, ends: this.#endsAt(from) });
  }

  /** Moves this line, which is redacted already, into quarantine; replays skip it from now on. */
  setAside(line: number, text: string): void {
    if (this.#aside.has(line)) return;
    const at = this.#journalPath.lastIndexOf("/");
    const file = this.#journalPath.slice(at + 1);
    this.#deadly = line;
    quarantine(this.#journalPath.slice(0, at), { time: isoTime(Date.now()), file, line: text });
    this.#deadly = undefined;
    this.#aside.add(line);
    this.#write(NOWHERE);
  }

  [Symbol.dispose](): void {
    const deadly = this.#deadly;
    // The next replay sets it aside at once, without storing it again.
    if (deadly !== undefined) this.#write({ from: deadly, to: deadly + 1, ends: MAX_DEATHS - 1 });
    else if (this.#aside.size > 0 && isThere(this.#journalPath)) this.#write(NOWHERE);
    else removeMark(this.#journalPath);
  }

  #isSuspect(line: number): boolean {
    return line >= this.#left.from && line < this.#left.to;
  }

  #endsAt(line: number): number {
    return this.#isSuspect(line) ? this.#left.ends : 0;
  }

  #write(position: Omit<Position, "aside">): void {
    try {
      const text = JSON.stringify({ ...position, aside: [...this.#aside] });
      Deno.writeTextFileSync(markPath(this.#journalPath), text);
    } catch {
      // A full disk: the replay goes on, which makes room.
    }
  }
}

function markPath(journalPath: string): string {
  return `${journalPath}${MARK_SUFFIX}`;
}

function removeMark(journalPath: string): void {
  try {
    Deno.removeSync(markPath(journalPath));
  } catch {
    // There is none.
  }
}

function readPosition(path: string): Position {
  try {
    const { from, to, ends, aside } = JSON.parse(Deno.readTextFileSync(path)) as Position;
    return { from, to, ends: to - from > 1 ? 0 : ends + 1, aside };
  } catch {
    return { ...NOWHERE, aside: [] };
  }
}
