/**
 * What the main thread writes to disk itself: a second copy of what waits, and what found no room to wait.
 *
 * @module
 */
import { type RawRecord, SPILLED } from "./batch.ts";
import type { Encoder } from "./encode.ts";
import type { Ledger } from "./ledger.ts";
import { PACKAGE_ROOT } from "../store/grouping/package_files.ts";
import { ownerOf } from "./shares.ts";
import { Overflow, Spill, SpillDisk, spillLine, type SpillOptions } from "./spill.ts";

/** What it needs. */
export interface SafetyOptions extends SpillOptions {
  /** Encodes what is written, on this thread. */
  encoder: Encoder;
  /** The app's root folder, ending in a slash. */
  root: string;
  /** Counts what is written, and what should have been. */
  ledger: Ledger;
  /** Bound of what is on disk alone. */
  limitBytes?: number;
}

/** Writes records to disk and counts them. */
export class Safety {
  readonly #options: SafetyOptions;
  readonly #disk: SpillDisk;
  readonly #spill: Spill;
  readonly #overflow: Overflow;

  /** Touches no disk yet. */
  constructor(options: SafetyOptions) {
    this.#options = options;
    this.#disk = new SpillDisk(options);
    this.#spill = new Spill(this.#disk);
    this.#overflow = new Overflow(this.#disk, options.limitBytes);
  }

  /** Whether the disk takes anything; told at once where it does not, rather than at the first failure. */
  check(): boolean {
    return this.#disk.check();
  }

  /** Records on disk alone. */
  get alone(): number {
    return this.#overflow.unread;
  }

  /** Writes a second copy of a record that goes into this batch, and marks it where the disk took it. */
  copy(record: RawRecord, batch: number): void {
    if (this.#count(this.#spill.append(this.#lineOf(record), batch))) record.flags |= SPILLED;
  }

  /** Whether there is room for a record that goes nowhere else: the cheap ones have less, and each service its share. */
  hasRoom(record: RawRecord): boolean {
    return this.#overflow.hasRoom(record.severity, ownerOf(record));
  }

  /** Writes a record that goes nowhere else. False when the disk does not take it. */
  keep(record: RawRecord): boolean {
    return this.#count(this.#overflow.append(this.#lineOf(record), ownerOf(record)));
  }

  /** The next lines that were kept, which are `batch` from now on. */
  read(batch: number): string[] {
    return this.#overflow.read(batch);
  }

  /** Lets go of what belongs to batches before `batch`: they are stored. */
  cut(batch: number): void {
    this.#spill.cut(batch);
    this.#overflow.cut(batch);
  }

  /** Lets go of the files; what belongs to `batch` or later ones is left to the next start. */
  close(batch: number): void {
    this.#spill.close(batch);
    this.#overflow.close(batch);
  }

  #lineOf(record: RawRecord): string {
    const { encoder, root } = this.#options;
    return spillLine(encoder.encode(record), { root, packageRoot: PACKAGE_ROOT });
  }

  #count(isWritten: boolean): boolean {
    if (isWritten) this.#options.ledger.spilled++;
    else this.#options.ledger.unspilled++;
    return isWritten;
  }
}
