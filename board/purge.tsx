/** @jsxImportSource hono/jsx */
/**
 * Deleting many errors or log records by service or age: a form that opens first and wants to be confirmed, for nothing brings
 * them back.
 *
 * @module
 */
import type { StoreReads } from "../logging/mod.ts";
import { MAX_DAYS } from "../modules/inputs.ts";
import { deleteMany, type PurgeOrder } from "../modules/purge.ts";
import type { Html } from "./html.ts";
import { count } from "./times.ts";

const MAX_SERVICE_CHARS = 256;
const KINDS = { errors: "Errors", logs: "Log records" } as const;

/** The form. */
export function PurgeForm(): Html {
  return (
    <section class="panel">
      <details>
        <summary>Delete by service or age</summary>
        <div class="inner">
          <p class="soft">
            Errors go with their occurrences and history, and their log records stay; those that
            happen again are new. At least one of service and age is needed.
          </p>
          <form class="buttons" method="post" action="/board/purge">
            <label class="field">
              <span>What</span>
              <select name="what">
                {Object.entries(KINDS).map(([value, title]) => (
                  <option value={value}>{title}</option>
                ))}
              </select>
            </label>
            <label class="field wide">
              <span>Service, exactly</span>
              <input
                name="svc_name"
                maxlength={MAX_SERVICE_CHARS}
                autocomplete="off"
                spellcheck={false}
              />
            </label>
            <label class="field">
              <span>Older than days</span>
              <input name="days" type="number" min={1} max={MAX_DAYS} inputmode="numeric" />
            </label>
            <label class="check">
              <input type="checkbox" name="sure" value="yes" required /> Delete them for good
            </label>
            <button type="submit" class="bad">Delete</button>
          </form>
        </div>
      </details>
    </section>
  );
}

/** What a form orders; a sentence where it may not be done. */
export function purgeOrderOf(form: URLSearchParams): PurgeOrder | string {
  const what = form.get("what");
  if (what !== "errors" && what !== "logs") return "The form names nothing that can be deleted.";
  const service = form.get("svc_name")?.trim().slice(0, MAX_SERVICE_CHARS);
  const days = form.get("days") ? Number(form.get("days")) : undefined;
  if (!service && days === undefined) return "Name a service or an age: everything is not deleted.";
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= MAX_DAYS)) {
    return `The age must be 1 to ${MAX_DAYS} days.`;
  }
  if (form.get("sure") !== "yes") return "Nothing was deleted: it was not confirmed.";
  return { what, ...(service && { svc_name: service }), ...(days && { older_than_days: days }) };
}

/** Does it; gives the page to go to. */
export async function purge(store: StoreReads, order: PurgeOrder): Promise<string> {
  const { removed, more } = await deleteMany(store, order);
  return `/board/overview?deleted=${removed}&what=${order.what}${more ? "&more=1" : ""}`;
}

/** What was just deleted, from an address that {@linkcode purge} made. */
export function PurgeFlash({ parameters }: { parameters: URLSearchParams }): Html | null {
  const removed = Number(parameters.get("deleted") ?? NaN);
  const what = parameters.get("what") === "logs" ? "log record" : "error";
  if (!Number.isInteger(removed) || removed < 0) return null;
  return (
    <p class={removed > 0 ? "flash" : "flash bad"} role="status">
      {removed > 0
        ? `${count(removed)} ${what}${removed === 1 ? "" : "s"} deleted.`
        : "Nothing was there to delete."}
      {parameters.has("more") && " There are more: send the form again."}
    </p>
  );
}
