/** @jsxImportSource hono/jsx */
import {
  type ErrorSummary,
  MAX_TOTAL,
  type Page as Rows,
  type ReleaseAppeared,
} from "../../logging/mod.ts";
import { WHATS } from "../../store/shapes.ts";
import { type Child, type Html, Pager } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { RangeChart } from "../parts/range_chart.tsx";
import { stepRange } from "../parts/time_range.tsx";
import { type Clock, count } from "../parts/times.ts";
import type { People } from "../people/people.tsx";
import { BulkBar } from "./bulk_bar.tsx";
import { ErrorRow } from "./error_row.tsx";
import {
  canChangeAll,
  errorsAddress,
  type ErrorsView,
  newSinceMs,
  type Tab,
  tabOf,
  TABS,
} from "./errors_view.ts";
import type { Failures } from "./failures.ts";
import { NoErrors } from "./no_errors.tsx";
import { Narrowing } from "./narrowing.tsx";

const CHART_HEIGHT = 64;
const MAX_NAME_CHARS = 60;

export interface ErrorsProps {
  view: ErrorsView;
  rows: Rows<ErrorSummary>;
  totals: Readonly<Record<Tab, number>>;
  /** By error: occurrences in each of the last 24 hours. */
  trends: Readonly<Record<string, readonly number[]>>;
  failures: Failures;
  /** Those that can be chosen. */
  environments: readonly string[];
  /** Those of the chosen service that appeared last, the newest first. */
  releases: readonly ReleaseAppeared[];
  people: People;
  clock: Clock;
}

export function ErrorsList(props: ErrorsProps): Html {
  const { view, rows, totals, people, clock, releases } = props;
  return (
    <>
      <h1 class="unseen">Errors</h1>
      <Narrowing {...props} />
      <FailureChart {...props} />
      <div class="cuts">
        <Tabs view={view} totals={totals} />
        <Whats view={view} />
      </div>
      {rows.items.length === 0
        ? <NoErrors view={view} totals={totals} clock={clock} />
        : (
          <Choosing mayWrite={people.person.mayWrite} back={errorsAddress(view, view)}>
            <ListHead mayWrite={people.person.mayWrite}>
              <BulkBar
                tab={view.tab}
                hasRelease={rows.items.some(({ last_release }) => last_release !== null)}
                newer={[...new Set(releases.map(({ release }) => release))].slice(0, MAX_PROPOSED)}
                people={people}
                total={canChangeAll(view) ? totals[view.tab] : 0}
                shown={rows.items.length}
              />
            </ListHead>
            <List {...props} />
          </Choosing>
        )}
      <Pager
        first={view.cursor !== "" && [errorsAddress(view), "First page"]}
        next={rows.next !== null && [errorsAddress(view, { cursor: rows.next }), "Next page"]}
      />
    </>
  );
}

/** Releases that the bulk bar proposes. */
const MAX_PROPOSED = 10;

/** A form around the list, for those who may change something. */
function Choosing(
  { mayWrite, back, children }: { mayWrite: boolean; back: string; children: Child },
) {
  if (!mayWrite) return <div class="choosing">{children}</div>;
  return (
    <form class="choosing" method="post" action="/board/act">
      {/* The first button is what Enter presses: in a box it changes nothing. */}
      <button type="submit" disabled hidden></button>
      <input type="hidden" name="back" value={back} />
      {children}
    </form>
  );
}

/** The bar takes the place of the columns' names: nothing moves when it appears. */
function ListHead({ mayWrite, children }: { mayWrite: boolean; children: Child }) {
  return (
    <div class={mayWrite ? "listhead" : "listhead bare"}>
      {mayWrite && (
        <label class="pick" data-all>
          <input type="checkbox" aria-label="Select all errors on this page" />
        </label>
      )}
      <div class="heads" aria-hidden="true">
        <span>24 hours</span>
        <span>Times</span>
        <span>Users</span>
        <span>Last seen</span>
      </div>
      {mayWrite && children}
    </div>
  );
}

function List({ view, rows, trends, people, clock }: ErrorsProps) {
  const sinceMs = newSinceMs(view, clock.nowMs);
  return (
    <ul class="errors" id="list" tabindex={-1}>
      {rows.items.map((error) => (
        <ErrorRow
          error={error}
          trend={trends[error.id]}
          hasState={view.tab === "all"}
          mayWrite={people.person.mayWrite}
          sinceMs={sinceMs}
          clock={clock}
        />
      ))}
    </ul>
  );
}

/** Of the chosen service, environment and release, whatever else narrows the list. A bar leads to the list of its time. */
function FailureChart({ view, failures, releases, clock }: ErrorsProps) {
  const { firstMs, stepMs, counts, span } = failures;
  const isShown = ({ release }: ReleaseAppeared) => view.release === "" || release === view.release;
  return (
    <RangeChart
      title={`Failures${scopeOf(view)}, ${span}`}
      unit="failure"
      clock={clock}
      firstMs={firstMs}
      stepMs={stepMs}
      series={[{ name: "ERROR", tone: "bad" }, { name: "CRITICAL", tone: "critical" }]}
      steps={counts.map((values, index) => ({
        values,
        href: errorsAddress(view, stepRange(firstMs + index * stepMs, stepMs)),
      }))}
      releases={releases.filter(isShown)}
      height={CHART_HEIGHT}
    />
  );
}

/** ` of shop in production, release 1.5.0` */
function scopeOf({ svc_name, environment, release }: ErrorsView): string {
  const shown = (name: string) => plainLine(name, MAX_NAME_CHARS);
  return [
    svc_name && ` of ${shown(svc_name)}`,
    environment && ` in ${shown(environment)}`,
    release && `, release ${shown(release)}`,
  ].filter(Boolean).join("");
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

/** What happened to errors in the range, or in the last day. The chosen one is a link that takes it off. */
function Whats({ view }: { view: ErrorsView }) {
  return (
    <nav class="whats" aria-label="What happened to them">
      {WHATS.map((what) => {
        const isChosen = what === view.what;
        const change = isChosen ? "" : what;
        return (
          <a
            class={`trait ${what}`}
            href={errorsAddress(view, { what: change, tab: tabOf(change) })}
            aria-current={isChosen ? "true" : undefined}
          >
            {what}
          </a>
        );
      })}
    </nav>
  );
}
