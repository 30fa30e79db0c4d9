/** @jsxImportSource hono/jsx */
import { address, filledIn } from "../addresses.ts";
import { Field, Fold, type Html, Select } from "../parts/parts.tsx";
import type { StoreReads } from "../../logging/mod.ts";
import { ValueError } from "../../modules/failure.ts";
import { deleteMany, purgeFilters } from "../../modules/purge.ts";
import { valid } from "../../modules/verbs.ts";
import { MAX_DAYS, MAX_NAME_CHARS } from "../../store/limits.ts";

const KINDS = [["errors", "Errors"], ["logs", "Log records"]] as const;

/** Deletes many errors or log records. Folded, and sent only with a tick: nothing brings them back. */
export function PurgeForm(): Html {
  return (
    <section class="panel">
      <Fold title="Delete by service or age">
        <p class="soft">
          Errors are deleted with their occurrences and history; their log records stay. Name a
          service, an age, or both.
        </p>
        <form class="buttons" method="post" action="/board/purge">
          <Select name="what" label="What" value={undefined} options={KINDS} />
          <Field label="Service (exact name)" wide name="svc_name" maxlength={MAX_NAME_CHARS} />
          <Field label="Older than (days)" name="days" type="number" min={1} max={MAX_DAYS} />
          <label class="check">
            <input type="checkbox" name="sure" value="yes" required /> Delete for good
          </label>
          <button type="submit" class="bad">Delete</button>
        </form>
      </Fold>
    </section>
  );
}

/** Deletes what the form names; gives the page to go to. @throws {Failure} for a form that is not complete. */
export async function purge(store: StoreReads, form: URLSearchParams): Promise<string> {
  const what = form.get("what");
  if (what !== "errors" && what !== "logs") {
    throw new ValueError("what must be errors or logs", { param: "what" });
  }
  if (form.get("sure") !== "yes") {
    throw new ValueError("nothing was deleted: tick the box to confirm", { param: "sure" });
  }
  const { svc_name, days: older_than_days } = filledIn(form, ["svc_name", "days"]);
  const filters = valid(purgeFilters, { svc_name, older_than_days });
  const { removed, more } = await deleteMany(store, { what, ...filters });
  return address("/board/overview", {
    done: "deleted",
    count: String(removed),
    what,
    more: more ? "1" : "",
  });
}
