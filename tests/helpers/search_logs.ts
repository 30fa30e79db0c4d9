import { readEnvelope } from "./read_envelope.ts";
import type { TestApp } from "./start_app.ts";

/** All log records that match. A search that takes long answers with what it has found so far, and is gone on with. */
export async function searchLogs<Shown>(app: TestApp, query: string): Promise<Shown[]> {
  const found: Shown[] = [];
  let cursor = "";
  for (;;) {
    const answer = await app.asOperator(`/logs?limit=100&${query}${cursor}`);
    const { content } = await readEnvelope(answer, { status: 200 });
    const { logs, next } = content as { logs: Shown[]; next: string | null };
    found.push(...logs);
    if (next === null) return found;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}
