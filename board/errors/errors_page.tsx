/** @jsxImportSource hono/jsx */
import {
  type ErrorQuery,
  type ErrorSummary,
  MAX_TOTAL,
  type Page as Rows,
} from "../../logging/mod.ts";
import { type ActionName, ACTIONS, keyOf, MUTE_TIMES } from "../actions.ts";
import { Bars, type Mark } from "../parts/charts.tsx";
import { FixedBy } from "../error/error_forms.tsx";
import {
  type Child,
  Empty,
  type Html,
  LevelMark,
  Moment,
  Pager,
  Pickers,
  Select,
  StateMark,
} from "../parts/parts.tsx";
import { assignee } from "../../modules/people.ts";
import type { Person } from "../access/gate.tsx";
import { AssignMany, type People, PersonSelect } from "../people/people.tsx";
import { FacetsInRow } from "../error/facets.tsx";
import { plainLine } from "../parts/plain.ts";
import { SEARCH_FORM } from "../desk.ts";
import { ERROR_FIELDS, readSearch } from "../../modules/search.ts";
import { address, errorPath } from "../addresses.ts";
import { rangeParameters, readTimeRange, TimeFields, timesOf } from "../parts/time_range.tsx";
import { type Clock, count, counted, sumOf } from "../parts/times.ts";

/** Rows on a page: with their charts about 40 KB of HTML. */
const PAGE_ROWS = 25;
const TABS = ["open", "muted", "resolved", "all"] as const;
const SORTS = [
  ["last_seen", "Last seen"],
  ["first_seen", "First seen"],
  ["count", "Most frequent"],
] as const;

/** Leaves out what it does not understand. */
export function readErrorsView(parameters: URLSearchParams, clock: Clock) {
  const state = parameters.get("state");
  return {
    q: (parameters.get("q") ?? "").trim(),
    environment: (parameters.get("environment") ?? "").trim(),
    assigned_to: (parameters.get("assigned_to") ?? "").trim(),
    tab: TABS.find((tab) => tab === state) ?? "open",
    sort: SORTS.find(([name]) => name === parameters.get("sort"))?.[0] ?? "last_seen",
    ...readTimeRange(parameters, { clock }),
    cursor: parameters.get("cursor") ?? "",
  };
}

type ErrorsView = ReturnType<typeof readErrorsView>;

/** @throws {Failure} for a search that is too long, or for one's own errors without a name. */
export function errorQueryOf(
  view: ErrorsView,
  { nowMs, person }: { nowMs: number; person: Person },
): ErrorQuery {
  const { assigned_to, ...search } = readSearch(view.q, ERROR_FIELDS);
  return {
    limit: PAGE_ROWS,
    sort: view.sort,
    ...search,
    assigned_to: assignee(view.assigned_to || assigned_to, person),
    ...(view.environment && { environment: view.environment }),
    ...timesOf(view, nowMs),
    ...(view.tab !== "all" && { state: view.tab }),
    ...(view.cursor && { cursor: view.cursor }),
  };
}

const NO_SEARCH = {
  q: "",
  environment: "",
  assigned_to: "",
  range: "all",
  since: "",
  until: "",
} as const;

export function errorsAddress(view: ErrorsView, change: Partial<ErrorsView> = {}): string {
  const { q, environment, assigned_to, tab, sort, cursor, ...range } = {
    ...view,
    cursor: "",
    ...change,
  };
  return address("/board", {
    q,
    environment,
    assigned_to,
    ...rangeParameters(range),
    state: tab === "open" ? undefined : tab,
    sort: sort === "last_seen" ? undefined : sort,
    cursor,
  });
}

export interface ErrorsProps {
  view: ErrorsView;
  rows: Rows<ErrorSummary>;
  totals: Readonly<Record<ErrorsView["tab"], number>>;
  /** By error: occurrences in each of the last 24 hours. */
  trends: Readonly<Record<string, readonly number[]>>;
  /** Those that can be chosen. */
  environments: readonly string[];
  people: People;
  clock: Clock;
}

export function ErrorsList(props: ErrorsProps): Html {
  const { view, rows, totals, trends, people, clock } = props;
  const { mayWrite } = people.person;
  const environments = new Set([...props.environments, view.environment].filter(Boolean));
  return (
    <>
      <h1 class="unseen">Errors</h1>
      <Pickers>
        {view.tab !== "open" && (
          <input type="hidden" name="state" value={view.tab} form={SEARCH_FORM} />
        )}
        {environments.size > 0 && (
          <Select
            form={SEARCH_FORM}
            name="environment"
            label="Environment"
            value={view.environment}
            options={[
              ["", "All environments"],
              ...[...environments].map((name) => [name, plainLine(name, 40)] as const),
            ]}
          />
        )}
        <PersonSelect people={people} value={view.assigned_to} />
        <TimeFields view={view} moments={view.range === "own"} clock={clock} />
        <Select form={SEARCH_FORM} name="sort" label="Sort" value={view.sort} options={SORTS} />
      </Pickers>
      <Tabs view={view} totals={totals} />
      {rows.items.length === 0
        ? <NoErrors view={view} isFirstVisit={totals.all === 0} />
        : (
          <Choosing mayWrite={mayWrite} back={errorsAddress(view, view)}>
            <BulkBar
              tab={view.tab}
              people={people}
              hasRelease={rows.items.some(({ last_release }) => last_release !== null)}
            />
            <ul class="errors" id="list" tabindex={-1}>
              {rows.items.map((error) => (
                <Row
                  error={error}
                  trend={trends[error.id]}
                  tab={view.tab}
                  mayWrite={mayWrite}
                  clock={clock}
                />
              ))}
            </ul>
          </Choosing>
        )}
      <Pager
        first={view.cursor !== "" && [errorsAddress(view), "First page"]}
        next={rows.next !== null && [errorsAddress(view, { cursor: rows.next }), "Next page"]}
      />
    </>
  );
}

/** A form around the list, for those who may change something. */
function Choosing(
  { mayWrite, back, children }: { mayWrite: boolean; back: string; children: Child },
) {
  if (!mayWrite) return <div class="panel">{children}</div>;
  return (
    <form class="panel" method="post" action="/board/act">
      <input type="hidden" name="back" value={back} />
      {children}
    </form>
  );
}

function Tabs({ view, totals }: Pick<ErrorsProps, "view" | "totals">) {
  return (
    <nav class="tabs" aria-label="State">
      {TABS.map((tab) => (
        <a
          href={errorsAddress(view, { tab })}
          aria-current={tab === view.tab ? "page" : undefined}
        >
          {tab[0]!.toUpperCase() + tab.slice(1)} <span>{count(totals[tab], MAX_TOTAL)}</span>
        </a>
      ))}
    </nav>
  );
}

const BULK_ACTIONS: Readonly<Record<ErrorsView["tab"], readonly ActionName[]>> = {
  open: ["resolve", "mute"],
  muted: ["unmute", "resolve"],
  resolved: ["reopen"],
  all: ["resolve", "mute", "reopen"],
};

function BulkBar(
  { tab, hasRelease, people }: {
    tab: ErrorsView["tab"];
    hasRelease: boolean;
    people: People;
  },
) {
  return (
    <div class={people.person.mayWrite ? "bulk" : "bulk bare"}>
      {people.person.mayWrite && (
        <>
          <label class="pick" data-all>
            <input type="checkbox" aria-label="Select all errors on this page" />
          </label>
          <span class="hint">Selected:</span>
          {BULK_ACTIONS[tab].map((name) => (
            <>
              <button type="submit" name="action" value={name} data-key={keyOf(name)}>
                {ACTIONS[name].title}
              </button>
              {name === "resolve" && <FixedBy hasRelease={hasRelease} />}
              {name === "mute" && (
                <Select name="for" label="Mute for" value="" options={MUTE_TIMES} />
              )}
            </>
          ))}
          <AssignMany people={people} />
        </>
      )}
      <div class="heads" aria-hidden="true">
        <span>24 hours</span>
        <span>Times</span>
        <span>Last seen</span>
      </div>
    </div>
  );
}

function Row(
  { error, trend, tab, mayWrite, clock }: {
    error: ErrorSummary;
    trend: readonly number[] | undefined;
    tab: ErrorsView["tab"];
    mayWrite: boolean;
    clock: Clock;
  },
) {
  const type = plainLine(error.type, 100);
  const message = plainLine(error.message, 240);
  return (
    <li data-row>
      {mayWrite
        ? (
          <label class="pick">
            <input
              type="checkbox"
              name="id"
              value={error.id}
              aria-label={`Select ${type}: ${message.slice(0, 80)}`}
            />
          </label>
        )
        : <span></span>}
      <div class="what">
        <a href={errorPath(error.id)}>
          <b dir="auto">{type}</b> <bdi>{message}</bdi>
        </a>
        <p class="where">
          {tab === "all" && <StateMark state={error.state} />}
          {error.came_back && <span class="state back">came back</span>}
          {error.worst_level === "CRITICAL" && <LevelMark level={error.worst_level} />}
          <bdi class="code">{plainLine(error.location, 120)}</bdi>
          {error.route !== null && error.route !== error.location && (
            <bdi>{plainLine(error.route, 80)}</bdi>
          )}
          {error.svc_name !== error.route && <bdi>{plainLine(error.svc_name, 80)}</bdi>}
          {error.assigned_to !== null && (
            <span>
              assigned to <bdi>{plainLine(error.assigned_to, 40)}</bdi>
            </span>
          )}
          <FacetsInRow error={error} />
        </p>
      </div>
      <div class="trend">{trend && <Trend trend={trend} />}</div>
      <div class="often" title={counted(error.count, "occurrence")}>
        {count(error.count)} <span class="unseen">times</span>
      </div>
      <div class="when">
        <Moment time={error.last_seen} clock={clock} />
        <span>
          first <Moment time={error.first_seen} clock={clock} />
        </span>
      </div>
    </li>
  );
}

export function Trend(
  { trend, height = 24, marks = [] }: {
    trend: readonly number[];
    height?: number;
    marks?: readonly Mark[];
  },
): Html {
  const label = `${count(sumOf(trend))} in 24 hours, at most ${
    count(Math.max(0, ...trend))
  } an hour`;
  const bars = trend.map((value) => ({ value }));
  return <Bars bars={bars} height={height} label={label} marks={marks} />;
}

function NoErrors({ view, isFirstVisit }: { view: ErrorsView; isFirstVisit: boolean }) {
  const { q, environment, assigned_to, range } = view;
  const hasTime = range !== "all";
  if (q !== "" || environment !== "" || assigned_to !== "" || hasTime) {
    return (
      <Empty title="Nothing matches">
        <p>
          An error has to contain all words{environment !== "" && ", in this environment"}
          {assigned_to !== "" && ", to be assigned as chosen"}
          {hasTime && ", and to have happened in the chosen time"}.{" "}
          <a href={errorsAddress(view, { tab: "all" })}>Search in all states</a>
          , <a href={errorsAddress(view, NO_SEARCH)}>clear the search</a>, or{" "}
          <a href={address("/board/logs", { q })}>search the logs</a>.
        </p>
      </Empty>
    );
  }
  const texts = {
    open: "Every error is resolved or muted. When something fails, the error appears here.",
    muted:
      "Muted errors are counted, but not listed under Open. Mute an error from its page or the list.",
    resolved: "Resolve an error once it is fixed. If it happens again, it opens again.",
    all: "Nothing has failed yet. When something fails, the error appears here.",
  };
  return (
    <Empty title={view.tab === "all" ? "No errors" : `No ${view.tab} errors`}>
      <p>{texts[view.tab]}</p>
      {isFirstVisit && (
        <p>
          <a href="/board/connect">Connect an app</a>{" "}
          to see its first failure arrive: a client of Sentry's or of OpenTelemetry's needs one
          string.
        </p>
      )}
      {view.tab === "open"
        ? (
          <p>
            In development, call <code>/fail?how=throw</code> to see a failure arrive. The{" "}
            <a href="/board/logs">logs</a> show every request.
          </p>
        )
        : (
          <p>
            <a href="/board">View open errors</a>
          </p>
        )}
    </Empty>
  );
}
