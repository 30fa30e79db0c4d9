/** @jsxImportSource hono/jsx */
/** What is otherwise than yesterday: errors that are new, back, rising, and fixed. */
import { type ErrorSummary, type Logging, MAX_TOTAL } from "../../logging/mod.ts";
import type { What } from "../../store/shapes.ts";
import { DAY_MS } from "../../store/times.ts";
import { address, errorPath } from "../addresses.ts";
import { type Html, Moment } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { type Clock, count, counted } from "../parts/times.ts";

/** Errors that each kind shows. */
const MAX_SHOWN = 5;
const MAX_TYPE_CHARS = 80;
const MAX_MESSAGE_CHARS = 200;
const MAX_RELEASE_CHARS = 40;

/** `none`: what a sentence says of a kind that has none. */
const KINDS = [
  { what: "new", title: "New", state: "open", none: "is new" },
  { what: "back", title: "Back", state: "open", none: "came back" },
  { what: "rising", title: "Rising", state: "open", none: "rises" },
  { what: "fixed", title: "Fixed", state: "resolved", none: "was fixed" },
] as const;

export interface Change {
  what: What;
  errors: readonly ErrorSummary[];
  /** How many there are. */
  total: number;
}

/** In the order in which they are shown. */
export function readChanges(
  store: Pick<Logging["store"], "listErrors">,
  { svc_name, nowMs }: { svc_name: string; nowMs: number },
): Promise<Change[]> {
  return Promise.all(KINDS.map(async ({ what, state }) => {
    const { items, total } = await store.listErrors({
      ...(svc_name !== "" && { svc_name }),
      what,
      state,
      since: nowMs - DAY_MS,
      sort: "last_seen",
      limit: MAX_SHOWN,
    });
    return { what, errors: items, total };
  }));
}

export function Changes(
  { changes, svc_name, clock }: { changes: readonly Change[]; svc_name: string; clock: Clock },
): Html {
  const some = KINDS.map((kind) => ({
    ...kind,
    ...changes.find(({ what }) => what === kind.what)!,
  }));
  const shown = some.filter(({ total }) => total > 0);
  const none = some.filter(({ total }) => total === 0).map(({ none }) => none);
  return (
    <section class="changes">
      <h2>
        What changed <span class="hint">in the last 24 hours</span>
      </h2>
      {shown.map(({ what, title, errors, total }) => (
        <section class={`change ${what}`}>
          <h3>
            <a href={address("/board", { svc_name, what })}>
              <span class={`trait ${what}`}>{title}</span> {count(total, MAX_TOTAL)}
              <span class="unseen">: see all</span>
            </a>
          </h3>
          <ul>
            {errors.map((error) => <Line error={error} what={what} clock={clock} />)}
            {total > errors.length && (
              <li>
                <a href={address("/board", { svc_name, what })}>
                  {`${count(total - errors.length, MAX_TOTAL)} more`}
                </a>
              </li>
            )}
          </ul>
        </section>
      ))}
      {none.length > 0 && <p class="soft">{noneSentence(none)}</p>}
    </section>
  );
}

/** `No error is new, came back, rises or was fixed.` */
export function noneSentence(none: readonly string[]): string {
  const last = none.at(-1)!;
  return none.length === 1
    ? `No error ${last}.`
    : `No error ${none.slice(0, -1).join(", ")} or ${last}.`;
}

function Line({ error, what, clock }: { error: ErrorSummary; what: What; clock: Clock }) {
  const { release, time, title } = whenOf(error, what);
  return (
    <li data-row>
      <a class="cut" href={errorPath(error.id)}>
        <strong>
          <bdi>{plainLine(error.type, MAX_TYPE_CHARS)}</bdi>
        </strong>{" "}
        <bdi>{plainLine(error.message, MAX_MESSAGE_CHARS)}</bdi>
      </a>
      <span class="facts-of">
        {release !== null && (
          <span class="chip" title={`Release ${plainLine(release, MAX_MESSAGE_CHARS)}`}>
            <bdi>{plainLine(release, MAX_RELEASE_CHARS)}</bdi>
          </span>
        )}
        <span class="users">{error.users > 0 && counted(error.users, "user", MAX_TOTAL)}</span>
        <span class="when" title={title}>
          {time !== null && <Moment time={time} clock={clock} />}
        </span>
      </span>
    </li>
  );
}

/** When it became so, and with which release. */
function whenOf(
  error: ErrorSummary,
  what: What,
): { release: string | null; time: string | null; title: string } {
  switch (what) {
    case "new":
      return { release: error.first_release, time: error.first_seen, title: "First seen" };
    case "back":
      return { release: error.came_back_in, time: error.came_back_at, title: "Came back" };
    case "rising":
      return { release: error.last_release, time: error.rising_at, title: "Rose" };
    case "fixed":
      return { release: error.resolved_in, time: error.resolved_at, title: "Resolved" };
  }
}
