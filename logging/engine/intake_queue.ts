import { setImmediate } from "node:timers/promises";
import { TURN_MS } from "./arrivals.ts";
import { toEntry } from "./entry.ts";
import type { Taken } from "../../intake/intake.ts";
import type { IntakeUpdate, SinkName, WorkerSettings } from "../protocol.ts";
import { Journal, type JournalRecord, MAX_JOURNAL_BYTES } from "../queue/journal.ts";
import { journalLine, journalPrefix } from "../queue/journal_file.ts";
import { readJournalLine } from "../queue/replay.ts";
import type { EncodedLine } from "../records/encode.ts";
import type { SinkFeeds } from "../sinks/sink_feeds.ts";
import { PACKAGE_ROOT } from "../../store/grouping/package_files.ts";
import { FAILURE_SEVERITY } from "../../store/record.ts";
import type { Entry } from "../../store/store.ts";

/** What waits for the store in memory; more is only in the journal. */
const MAX_MEMORY_CHARS = 16 * 1024 * 1024;
/** Given to the sinks and not stored yet, at most: this process's own records wait behind it. */
const MAX_POSTED_CHARS = 4 * 1024 * 1024;
/** The store takes records of one write together: of 5 a time they cost twice as much as of 250 … */
const WRITE_CHARS = 2 * 1024 * 1024;
/** … so a write waits this long for more, as they are on disk already. */
const GATHER_MS = 50;
/** The journal's room for the intake: the other half is this process's own failures'. */
const JOURNAL_PART = 1 / 2;
/** A backlog that could not be read back is tried again after this. */
const READ_AGAIN_MS = 1_000;

/** A delivery that was read. */
export interface Prepared {
  readonly id: number;
  readonly taken: Taken;
  readonly records: readonly EncodedLine[];
  readonly chars: number;
  /** After it nobody waits for the answer. */
  readonly endMs: number;
  readonly reporter: string;
}

/** Records that go to the sinks together. */
interface Batch {
  readonly id: number;
  readonly chars: number;
  /** Deliveries that are answered when the store has them, because no disk does. */
  readonly unwritten: readonly Prepared[];
  /** Made when the sinks get it. */
  readonly makeEntries: () => Iterable<Entry>;
  readonly entries: Entry[];
  /** `seq` of those that the store can never take. */
  readonly rejected: Set<number>;
}

export interface IntakeQueueOptions {
  settings: WorkerSettings;
  bootId: string;
  feeds: Pick<SinkFeeds, "addOfIntake">;
  /** Runs each write, which may wait for the disk. */
  blocking: <Result>(call: () => Result) => Result;
  post: (update: IntakeUpdate) => void;
  onTrouble: (sentence: string) => void;
  onCrash: (error: unknown) => void;
}

/**
 * Records of the intake on their way to the store: in the journal before they are answered, whatever `LOG_SPILL` says, and in
 * memory up to a bound. What is beyond it is only in the journal, and read back in order.
 */
export class IntakeQueue {
  readonly #options: IntakeQueueOptions;
  /** Absent where a journal would outlive the store. */
  readonly #journal: Journal | undefined;
  /** Wait in memory for their turn, the oldest first. */
  readonly #waiting: Batch[] = [];
  /** The sinks have them; the store accepts them in this order. */
  readonly #posted: Batch[] = [];
  #waitingChars = 0;
  #postedChars = 0;
  #lastId = 0;
  #update: IntakeUpdate = nothing();
  #posting: Promise<void> | undefined;
  /** Ends the wait of `#gather()`. */
  #enough: (() => void) | undefined;
  #readAgainTimer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: IntakeQueueOptions) {
    this.#options = options;
    const { settings: { storeUrl, dataDir, spillLimitBytes }, bootId, onTrouble } = options;
    this.#journal = storeUrl.startsWith("memory:") ? undefined : new Journal({
      dir: dataDir,
      prefix: journalPrefix(storeUrl),
      name: bootId,
      limitBytes: (spillLimitBytes ?? MAX_JOURNAL_BYTES) * JOURNAL_PART,
      onState: (_up, sentence) => onTrouble(sentence),
    });
  }

  /** Writes what was read to disk, answers it, and brings it to the sinks. */
  keep(group: readonly Prepared[]): void {
    const full = group.filter(({ records }) => records.length > 0);
    for (const { id, taken, records } of group) if (records.length === 0) this.answer(id, taken);
    if (full.length === 0) return;
    const chars = full.reduce((sum, delivery) => sum + delivery.chars, 0);
    // In order: behind a backlog all is backlog.
    const isBacklog = (this.#journal?.backlog ?? 0) > 0 ||
      this.#waitingChars + chars > MAX_MEMORY_CHARS;
    if (isBacklog) this.#keepOnDisk(full);
    else this.#keepInMemory(full, chars);
    this.#postUpdate();
    if (this.#isEnough) this.#enough?.();
    this.#wake();
  }

  /** Answers with the next update. */
  answer(id: number, taken: Taken): void {
    this.#update.answers.push({ id, taken });
    queueMicrotask(() => this.#postUpdate());
  }

  /** The store can never take this entry. */
  reject(entry: Entry): void {
    const { seq, severity } = entry.record;
    const batch = this.#posted.find(({ entries }) => entries.includes(entry));
    if (!batch || batch.rejected.has(seq)) return;
    batch.rejected.add(seq);
    this.#update.dropped.push({ severity, reason: "store_rejected" });
  }

  /** `lacking`: what sinks beside the store will not get. */
  close(lacking: Partial<Record<SinkName, number>>): void {
    this.#isClosed = true;
    this.#enough?.();
    clearTimeout(this.#readAgainTimer);
    // What they skipped before had another reason.
    this.#postUpdate();
    this.#update.skipped = lacking;
    this.#update.isLast = true;
    this.#postUpdate();
    this.#journal?.close(this.#oldestId);
  }

  /** All before it are stored. */
  get #oldestId(): number {
    return (this.#posted[0] ?? this.#waiting[0])?.id ?? this.#lastId + 1;
  }

  #keepInMemory(group: readonly Prepared[], chars: number): void {
    const id = ++this.#lastId;
    const isWritten = this.#write(group, id);
    const records = group.flatMap((delivery) => delivery.records);
    const origin = this.#origin;
    const code = this.#options.settings;
    this.#waiting.push({
      id,
      chars,
      unwritten: isWritten ? [] : group,
      makeEntries: () => records.values().map((record) => toEntry(record, { origin, code })),
      entries: [],
      rejected: new Set(),
    });
    this.#waitingChars += chars;
    if (isWritten) this.#accept(group);
  }

  #keepOnDisk(group: readonly Prepared[]): void {
    const fitting = group.filter((delivery) => this.#hasRoom(delivery));
    const isWritten = fitting.length > 0 && this.#write(fitting);
    if (isWritten) this.#accept(fitting);
    for (const delivery of group) {
      if (!isWritten || !fitting.includes(delivery)) this.answer(delivery.id, FULL);
    }
  }

  #hasRoom({ records, reporter }: Prepared): boolean {
    return records.every(({ severity, head: { svc_name: service } }) =>
      this.#journal?.hasRoom(severity, { reporter, service })
    );
  }

  /** To disk, all in one write; without a batch it is there alone. */
  #write(group: readonly Prepared[], batch?: number): boolean {
    if (!this.#journal) return false;
    const records = group.flatMap(({ records, reporter }) =>
      records.map((record): JournalRecord => ({
        line: journalLine(record, this.#origin),
        severity: record.severity,
        owner: { reporter, service: record.head.svc_name },
      }))
    );
    const journal = this.#journal;
    const isWritten = this.#options.blocking(() => journal.appendAll(records, batch));
    if (isWritten) this.#update.spilled += records.length;
    return isWritten;
  }

  #accept(group: readonly Prepared[]): void {
    for (const { id, taken, records } of group) {
      this.#update.accepted += records.length;
      this.#update.answers.push({ id, taken });
    }
  }

  get #origin(): { root: string; packageRoot: string } {
    return { root: this.#options.settings.root, packageRoot: PACKAGE_ROOT };
  }

  #wake(): void {
    this.#posting ??= this.#post().catch(this.#options.onCrash);
  }

  /** Gives the sinks what waits, as far as they have kept up. */
  async #post(): Promise<void> {
    await this.#gather();
    while (!this.#isClosed && this.#postedChars < MAX_POSTED_CHARS) {
      const batch = this.#next();
      if (!batch) break;
      this.#posted.push(batch);
      this.#postedChars += batch.chars;
      await fillInTurns(batch);
      // What is on disk is stored by the next process.
      if (this.#isClosed) break;
      const behind = this.#options.feeds.addOfIntake({
        bytes: batch.chars,
        entries: batch.entries,
        onAccepted: () => this.#onStored(batch),
      });
      this.#skip(behind, batch.entries.length);
    }
    this.#posting = undefined;
    // It waits for no sink: the disk refuses to read it.
    if (this.#isClosed || this.#posted.length > 0 || !this.#journal?.backlog) return;
    clearTimeout(this.#readAgainTimer);
    this.#readAgainTimer = setTimeout(() => this.#wake(), READ_AGAIN_MS);
  }

  /** Always awaits: else `#post()` might be over before `#wake()` has noted that it runs. */
  async #gather(): Promise<void> {
    if (this.#isEnough || this.#journal?.backlog) return await undefined;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS);
      this.#enough = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#enough = undefined;
  }

  /** Whether a write need not wait for more, or must not: a client waits for it. */
  get #isEnough(): boolean {
    return this.#waitingChars >= WRITE_CHARS || this.#isClosed ||
      this.#waiting.some(({ unwritten }) => unwritten.length > 0);
  }

  /** As many as make a write. */
  #next(): Batch | undefined {
    const batches: Batch[] = [];
    for (let chars = 0; this.#waiting.length > 0 && chars < WRITE_CHARS;) {
      const batch = this.#waiting.shift()!;
      this.#waitingChars -= batch.chars;
      const { unwritten } = batch;
      // Answered with 503 already, and on no disk: its clients may send it again.
      const isLate = unwritten.length > 0 &&
        unwritten.every(({ endMs }) => endMs < performance.now());
      if (isLate) continue;
      batches.push(batch);
      chars += batch.chars;
    }
    return batches.length === 0 ? this.#readBack() : joined(batches);
  }

  /** Some of what is only on disk. */
  #readBack(): Batch | undefined {
    if (!this.#journal?.backlog) return undefined;
    const id = ++this.#lastId;
    const lines = this.#journal.replay(id);
    for (const severity of this.#journal.takeLost()) this.#lose(severity);
    if (lines.length === 0) {
      this.#postUpdate();
      return undefined;
    }
    const code = this.#options.settings;
    const read = (line: string) => {
      const entry = readJournalLine(line, code);
      // Somebody wrote into the file.
      if (entry === undefined) this.#lose(FAILURE_SEVERITY);
      return entry;
    };
    return {
      id,
      chars: lines.reduce((sum, line) => sum + line.length, 0),
      unwritten: [],
      makeEntries: () => lines.values().map(read).filter((entry) => entry !== undefined),
      entries: [],
      rejected: new Set(),
    };
  }

  #lose(severity: number): void {
    this.#update.dropped.push({ severity, reason: "journal_lost" });
  }

  #onStored(batch: Batch): void {
    this.#posted.splice(this.#posted.indexOf(batch), 1);
    this.#postedChars -= batch.chars;
    this.#accept(batch.unwritten);
    this.#update.stored += batch.entries.length - batch.rejected.size;
    this.#journal?.cut(this.#oldestId);
    this.#postUpdate();
    this.#wake();
  }

  #skip(sinks: readonly SinkName[], records: number): void {
    const { skipped } = this.#update;
    for (const sink of sinks) skipped[sink] = (skipped[sink] ?? 0) + records;
  }

  #postUpdate(): void {
    const update = this.#update;
    const isEmpty = update.answers.length === 0 && update.stored === 0 &&
      update.dropped.length === 0 && Object.keys(update.skipped).length === 0;
    if (isEmpty && !update.isLast) return;
    this.#update = nothing();
    this.#options.post(update);
  }
}

/** The first one's id: the journal keeps what belongs to it and to later ones. */
function joined(batches: readonly Batch[]): Batch {
  return {
    id: batches[0]!.id,
    chars: batches.reduce((sum, { chars }) => sum + chars, 0),
    unwritten: batches.flatMap(({ unwritten }) => unwritten),
    makeEntries: () => batches.values().flatMap(({ makeEntries }) => makeEntries()),
    entries: [],
    rejected: new Set(),
  };
}

const FULL: Taken = {
  status: 503,
  code: "intake.full",
  sentence: "too many reports wait for the store",
};

function nothing(): IntakeUpdate {
  return {
    answers: [],
    accepted: 0,
    spilled: 0,
    stored: 0,
    dropped: [],
    skipped: {},
    isLast: false,
  };
}

/** So that the next deliveries have their turn, too: grouping takes as long as reading. */
async function fillInTurns({ entries, makeEntries }: Batch): Promise<void> {
  let endMs = performance.now() + TURN_MS;
  for (const entry of makeEntries()) {
    entries.push(entry);
    if (performance.now() < endMs) continue;
    await setImmediate();
    endMs = performance.now() + TURN_MS;
  }
  await setImmediate();
}
