/** @jsxImportSource hono/jsx */
import type { ErrorSummary, Page } from "../../logging/mod.ts";
import type { Delivery } from "../frame/facts.ts";
import { type Html, PageHead } from "../parts/parts.tsx";
import { RangeChart, type RangeChartProps } from "../parts/range_chart.tsx";
import { RangeLinks, stepRange } from "../parts/time_range.tsx";
import type { Clock } from "../parts/times.ts";
import { type Change, Changes } from "./changes.tsx";
import { DeliveryPart, troublesOf } from "./delivery.tsx";
import { Numbers } from "./numbers.tsx";
import { DEFAULT_RANGE, overviewAddress, type OverviewView } from "./overview_view.ts";
import { PurgeForm } from "./purge.tsx";
import { RoutesTable } from "./routes_table.tsx";
import type { Counts, Traffic } from "./traffic.ts";
import { VerdictLine, verdictOf } from "./verdict.tsx";

export interface OverviewProps {
  view: OverviewView;
  delivery: Delivery;
  /** Null while the store does not answer. */
  found: Found | null;
  /** Whether who looks may delete. */
  mayWrite: boolean;
  clock: Clock;
  /** Reports beyond the quota of their key since the start, by service. */
  refused: ReadonlyMap<string, number>;
}

/** What the store has. */
export interface Found {
  traffic: Traffic;
  /** Open errors of the last minutes. */
  recent: Page<ErrorSummary>;
  changes: readonly Change[];
}

export function Overview(props: OverviewProps): Html {
  const { view, delivery, found, clock } = props;
  const troubles = troublesOf(delivery, props.refused);
  return (
    <div class="overview">
      <PageHead title="Overview">
        <RangeLinks
          view={view}
          addressOf={(range) => overviewAddress(view, range)}
          clock={clock}
          byDefault={DEFAULT_RANGE}
          without={["all"]}
        />
      </PageHead>
      {found === null
        ? (
          <div class="verdict bad" role="status">
            <p>
              The store does not answer: whether something is broken cannot be said.{" "}
              <a href={overviewAddress(view)}>Try again</a>
            </p>
          </div>
        )
        : <FoundParts {...props} found={found} troubles={troubles.length} />}
      <DeliveryPart delivery={delivery} troubles={troubles} />
      {props.mayWrite && <PurgeForm />}
    </div>
  );
}

function FoundParts(
  { view, found, clock, troubles }: OverviewProps & { found: Found; troubles: number },
) {
  const { traffic, recent, changes } = found;
  const { firstMs, stepMs } = traffic.chart;
  const { svc_name } = view;
  return (
    <>
      <VerdictLine
        verdict={verdictOf({ recent, now: traffic.now, nowMs: clock.nowMs })}
        hasErrors={recent.total > 0}
        svc_name={svc_name}
        troubles={troubles}
      />
      <Numbers traffic={traffic} />
      <RangeChart
        {...barsOf(traffic)}
        clock={clock}
        firstMs={firstMs}
        stepMs={stepMs}
        releases={traffic.releases}
        steps={traffic.steps.map((step, index) => ({
          values: barsOf(traffic).valuesOf(step),
          href: overviewAddress(view, stepRange(firstMs + index * stepMs, stepMs)),
        }))}
      />
      <Changes changes={changes} svc_name={svc_name} clock={clock} />
      <RoutesTable traffic={traffic} view={view} />
    </>
  );
}

type Bars = Pick<RangeChartProps, "title" | "unit" | "series"> & {
  valuesOf: (step: Counts | undefined) => number[];
};

const OF_REQUESTS: Bars = {
  title: "Requests",
  unit: "request",
  series: [{ name: "failed", tone: "bad" }, { name: "went well", tone: "quiet" }],
  valuesOf: (step) => step === undefined ? [0, 0] : [step.failures, step.requests - step.failures],
};

const OF_ERRORS: Bars = {
  title: "Errors logged",
  unit: "record",
  series: [{ name: "ERROR", tone: "bad" }, { name: "CRITICAL", tone: "critical" }],
  valuesOf: (step) => step === undefined ? [0, 0] : [step.error, step.critical],
};

/** Services that report no requests have errors all the same. */
function barsOf({ total: { requests, error, critical } }: Traffic): Bars {
  return requests === 0 && error + critical > 0 ? OF_ERRORS : OF_REQUESTS;
}
