/**
 * Where a replay is, on disk beside its spill file: a record that ends the process would end every one that starts after it.
 *
 * @module
 */

/** What stands in the mark. Lines count from 0. */
interface State {
  /** The first line in hand. */
  from: number;
  /** The one after the last. */
  to: number;
  /** Processes, or their workers, that ended at these lines. */
  ends: number;
  /** Lines that are in quarantine. */
  aside: number[];
}

/** Remembers which lines a replay has in hand; gone as soon as the replay ends by itself, well or not. */
export class ReplayMark implements Disposable {
  readonly #path: string;
  /** What the last process left that ended in the middle. */
  readonly #left: Readonly<State>;
  readonly #aside: Set<number>;

  /** Reads the mark that a dead process left beside this spill file. */
  constructor(spillPath: string) {
    this.#path = `${spillPath}.at`;
    this.#left = readMark(this.#path);
    this.#aside = new Set(this.#left.aside);
  }

  /** How many processes have ended at this line. */
  endsAt(line: number): number {
    const { from, to, ends } = this.#left;
    return line >= from && line < to ? ends : 0;
  }

  /** Whether this line is in quarantine. */
  isAside(line: number): boolean {
    return this.#aside.has(line);
  }

  /** Says, before these lines are touched, that they are in hand. */
  begin(from: number, to: number): void {
    this.#write({ from, to, ends: this.endsAt(from) });
  }

  /** This line is in quarantine, and is passed over from now on. */
  setAside(line: number): void {
    this.#aside.add(line);
    this.#write({ from: line, to: line, ends: 0 });
  }

  /** The replay has ended by itself. */
  [Symbol.dispose](): void {
    try {
      Deno.removeSync(this.#path);
    } catch {
      // None was made.
    }
  }

  #write(state: Omit<State, "aside">): void {
    try {
      Deno.writeTextFileSync(this.#path, JSON.stringify({ ...state, aside: [...this.#aside] }));
    } catch {
      // A full disk: the replay goes on, and makes room.
    }
  }
}

function readMark(path: string): State {
  try {
    const { from, to, ends, aside } = JSON.parse(Deno.readTextFileSync(path)) as State;
    return { from, to, ends: ends + 1, aside };
  } catch {
    return { from: 0, to: 0, ends: 0, aside: [] };
  }
}
