/** An open store, and its questions bound to it. */
import type { Database } from "./database.ts";
import type { LogBlocks } from "./log/log_blocks.ts";
import * as questions from "./questions.ts";
import type { StoreReads } from "./store.ts";

export interface Opened extends Database {
  readonly log: LogBlocks;
}

/** Whether there is such a question: names come from another thread. */
export function isQuestion(name: string): name is keyof StoreReads {
  return Object.hasOwn(questions, name);
}

export function asked(store: Opened): StoreReads {
  const bound = Object.entries(questions).map(([name, answer]) => [
    name,
    (...args: unknown[]) =>
      (answer as (store: Opened, ...args: unknown[]) => unknown)(store, ...args),
  ]);
  return Object.fromEntries(bound) as StoreReads;
}
