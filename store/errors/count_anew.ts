import type { Session } from "../drivers/database.ts";
import { recountFacets } from "../facets/move_facets.ts";
import { type ErrorRow, recount } from "./rows.ts";

/** Counts what errors hold after occurrences have changed hands, and gives their rows. Part of a transaction. */
export async function countAnew(session: Session, errors: readonly number[]): Promise<ErrorRow[]> {
  for (const error of errors) await recountFacets(session, error);
  await session.batch(errors.map(recount));
  return await session.all<ErrorRow>("select * from holdfast.errors where id = any ($1)", [errors]);
}
