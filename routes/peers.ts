/**
 * The other processes of the same start, as one of them sees them; and what they ask one another.
 *
 * @module
 */

/** What is asked. */
export type PeerQuestion =
  /** The books of the log: a `LogStats`. */
  | { ask: "stats" }
  /** The last hour by route: a `TrafficCounts`. */
  | { ask: "traffic" }
  /** The text of its own for `/metrics`. */
  | { ask: "metrics" }
  /** To store what was taken so far. */
  | { ask: "flush" }
  /** To know that somebody at this address was wrong about the token. */
  | { ask: "refused"; about: string };

/** What is known of one worker, and what it answered. */
export interface PeerAnswer {
  /** Its number, from 1 on. */
  worker: number;
  /** How often its process was replaced. */
  replaced: number;
  /** Absent where it did not answer in time, and in the entry of the one who asked. */
  value?: unknown;
}

/** The others. */
export interface Peers {
  /** The number of this process, from 1 on. */
  readonly worker: number;
  /** Asks all others, and gives an entry of every worker. */
  askOthers(question: PeerQuestion, options: { withinMs: number }): Promise<PeerAnswer[]>;
  /** Keeps a key for whichever worker takes it first, until a time in milliseconds since 1970. */
  keep(key: string, untilMs: number): void;
  /** Whether the key was kept, and nobody has taken it before. */
  take(key: string): Promise<boolean>;
}
