import type { TestApp } from "./start_app.ts";
import { until } from "./until.ts";

/** A record as a test looks at it. */
export interface Stored extends Record<string, unknown> {
  /** What was thrown. */
  error?: { type: string; message: string; stack?: string };
}

/** The record of one occurrence. */
export async function occurrence(app: TestApp, errorId: string): Promise<Stored> {
  await app.logging.flush({ deadlineMs: 30_000 });
  return (await app.logging.store.occurrence(errorId))?.record as unknown as Stored;
}

/** The newest record that a search finds. */
export async function logged(app: TestApp, query: string): Promise<Stored> {
  const search = Object.fromEntries(new URLSearchParams(query));
  return await until(async () => {
    const { items } = await app.logging.store.listLogs({ limit: 10, ...search });
    return items[0] as unknown as Stored | undefined;
  }, { what: `a record with ${query}` });
}
