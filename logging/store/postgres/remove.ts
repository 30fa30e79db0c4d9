/**
 * Forgets an error.
 *
 * @module
 */
import { cleanText, type ErrorRow, summaryOf } from "../rows.ts";
import type { ErrorSummary } from "../store.ts";
import type { Database } from "./database.ts";
import { reshape } from "./reshape.ts";

/** {@linkcode Store.remove}. */
export function remove(db: Database, id: string): Promise<ErrorSummary | null> {
  return reshape(db, async (session) => {
    const row = await session.get<ErrorRow>(
      "select * from holdfast.errors where uid = $1 for update",
      [cleanText(id)],
    );
    if (row === undefined) return null;
    await session.all("delete from holdfast.errors where id = $1", [row.id]);
    return summaryOf(row);
  });
}
