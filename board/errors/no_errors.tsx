/** @jsxImportSource hono/jsx */
/** In place of an empty list: why it is empty, and what to do next. */
import { MAX_TOTAL } from "../../logging/mod.ts";
import { address } from "../addresses.ts";
import { Empty, type Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { spanOf } from "../parts/time_range.tsx";
import { type Clock, count, counted } from "../parts/times.ts";
import {
  errorsAddress,
  type ErrorsView,
  type Narrowing,
  NARROWINGS,
  narrowingsOf,
  type Tab,
} from "./errors_view.ts";

const MAX_SHOWN_CHARS = 60;

const TEXTS: Readonly<Record<Tab, string>> = {
  open: "Every error is resolved or muted. When something fails, the error appears here.",
  muted:
    "Muted errors are counted, but not listed under Open. Mute an error from its page or the list.",
  resolved: "Resolve an error once it is fixed. If it happens again, it opens again.",
  all: "Nothing has failed yet. When something fails, the error appears here.",
};

export function NoErrors(
  { view, totals, clock }: {
    view: ErrorsView;
    totals: Readonly<Record<Tab, number>>;
    clock: Clock;
  },
): Html {
  const narrowings = narrowingsOf(view);
  if (narrowings.length > 0) {
    return <NothingMatches view={view} narrowings={narrowings} totals={totals} clock={clock} />;
  }
  return (
    <Empty title={view.tab === "all" ? "No errors" : `No ${view.tab} errors`}>
      <p>{TEXTS[view.tab]}</p>
      <p>
        {view.tab === "open"
          ? <a href="/board/logs">See the logs</a>
          : <a href="/board">View open errors</a>}
        {totals.resolved > 0 && view.tab !== "resolved" && (
          <>
            , or{" "}
            <a href={errorsAddress(view, { tab: "resolved" })}>
              {`${count(totals.resolved, MAX_TOTAL)} resolved`}
            </a>
          </>
        )}.
      </p>
    </Empty>
  );
}

/** Each narrowing as a link that takes it off. */
function NothingMatches(
  { view, narrowings, totals, clock }: {
    view: ErrorsView;
    narrowings: readonly Narrowing[];
    totals: Readonly<Record<Tab, number>>;
    clock: Clock;
  },
) {
  const elsewhere = totals.all - totals[view.tab];
  const all = Object.assign({}, ...narrowings.map((name) => NARROWINGS[name]));
  return (
    <Empty title="Nothing matches">
      <p>An error has to match all of this. Look again without:</p>
      <ul class="loosen">
        {elsewhere > 0 && (
          <li>
            <a href={errorsAddress(view, { tab: "all" })}>
              {view.tab}: {counted(elsewhere, "error", MAX_TOTAL)} in other states
            </a>
          </li>
        )}
        {narrowings.map((name) => (
          <li>
            <a href={errorsAddress(view, NARROWINGS[name])}>
              {SAYS[name](view, clock)}
            </a>
          </li>
        ))}
      </ul>
      <p>
        Or <a href={errorsAddress(view, all)}>clear the search</a>, or{" "}
        <a href={address("/board/logs", { q: view.q, svc_name: view.svc_name })}>
          search the logs
        </a>.
      </p>
    </Empty>
  );
}

const shown = (text: string) => plainLine(text, MAX_SHOWN_CHARS);

const SAYS: Readonly<Record<Narrowing, (view: ErrorsView, clock: Clock) => string>> = {
  q: ({ q }) => `the words ${shown(q)}`,
  svc_name: ({ svc_name }) => `the service ${shown(svc_name)}`,
  environment: ({ environment }) => `the environment ${shown(environment)}`,
  release: ({ release }) => `the release ${shown(release)}`,
  assigned_to: ({ assigned_to }) =>
    assigned_to === "nobody"
      ? "assigned to nobody"
      : `assigned to ${assigned_to === "mine" ? "me" : shown(assigned_to)}`,
  what: ({ what }) => `being ${what}`,
  range: (view, clock) => spanOf(view, clock),
};
