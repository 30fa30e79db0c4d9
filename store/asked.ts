/**
 * The questions of questions.ts, bound to an engine.
 *
 * @module
 */
import type { Database } from "./database.ts";
import * as questions from "./questions.ts";
import type { Asked } from "./store.ts";

/** Asks every question of this engine. */
export function asked(db: Database): Asked {
  const bound = Object.entries(questions).map(([name, answer]) => [
    name,
    (...args: unknown[]) => (answer as (db: Database, ...args: unknown[]) => unknown)(db, ...args),
  ]);
  return Object.fromEntries(bound) as Asked;
}
