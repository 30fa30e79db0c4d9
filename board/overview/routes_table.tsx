/** @jsxImportSource hono/jsx */
/** Requests by route. */
import { token } from "../../modules/search.ts";
import { address } from "../addresses.ts";
import { Bars, fewBars } from "../parts/charts.tsx";
import type { Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { type Column, Table } from "../parts/table.tsx";
import { rangeParameters } from "../parts/time_range.tsx";
import { count, counted, milliseconds } from "../parts/times.ts";
import { percent } from "./numbers.tsx";
import { overviewAddress, type OverviewView, type RouteSort } from "./overview_view.ts";
import { MAX_ALL_ROUTES, type RouteCounts, type RouteTraffic, type Traffic } from "./traffic.ts";

const MAX_NAME_CHARS = 80;
/** Of a small chart: each bar is a few characters of the page, of each route. */
const MAX_BARS = 60;

export function RoutesTable({ traffic, view }: { traffic: Traffic; view: OverviewView }): Html {
  const { routes, allRoutes, chart: { span } } = traffic;
  const services = new Set(routes.map(({ svc_name }) => svc_name));
  return (
    <section class="routes">
      <h2>
        Routes <span class="hint">all services and instances, {span}</span>
      </h2>
      {routes.length === 0
        ? (
          <p class="soft">
            No request was recorded in this time. At <code>LOG_LEVEL=INFO</code>{" "}
            or below all are recorded.
          </p>
        )
        : (
          <Table
            caption={`Requests by route, ${span}`}
            columns={columnsOf(view, services.size > 1)}
            rows={routes}
          />
        )}
      {routes.length < allRoutes && (
        <p class="note">
          {counted(allRoutes - routes.length, "further route")}
          {view.isWhole
            ? `: no more than ${MAX_ALL_ROUTES} are shown.`
            : [". ", <a href={overviewAddress(view, { isWhole: true })}>Show all</a>]}
        </p>
      )}
    </section>
  );
}

function columnsOf(view: OverviewView, hasServices: boolean): Column<RouteTraffic>[] {
  const sortedBy = (by: RouteSort) => ({
    isNumber: true,
    sort: { href: overviewAddress(view, { by }), isSorted: view.by === by },
  });
  return [
    {
      title: "Route",
      cell: (route) => (
        <>
          <a class="code" href={leadTo("/board", route, view)}>
            <bdi>{routeName(route, MAX_NAME_CHARS)}</bdi>
          </a>
          {hasServices && " "}
          {hasServices && <bdi class="svc soft">{plainLine(route.svc_name, MAX_NAME_CHARS)}</bdi>}
        </>
      ),
    },
    { title: "Requests", ...sortedBy("requests"), cell: ({ requests }) => count(requests) },
    {
      title: "Failed",
      ...sortedBy("failed"),
      hint: "Answered with a status of 500 or more",
      cell: ({ failures }) => <span class={failures > 0 ? "bad" : "soft"}>{count(failures)}</span>,
    },
    {
      title: "Share",
      ...sortedBy("share"),
      cell: ({ failures, requests }) => (
        <span class={failures > 0 ? undefined : "soft"}>{percent(failures, requests)}</span>
      ),
    },
    {
      title: "p50",
      ...sortedBy("p50"),
      hint: "Half of them took at most so long",
      cell: ({ p50_ms }) => p50_ms === null ? "–" : milliseconds(p50_ms),
    },
    {
      title: "p95",
      ...sortedBy("p95"),
      hint: "95 % of them took at most so long",
      cell: ({ p95_ms }) => p95_ms === null ? "–" : milliseconds(p95_ms),
    },
    { title: "Over time", cell: (route) => <Sparkline route={route} /> },
    {
      title: "",
      cell: (route) => (
        <a href={leadTo("/board/logs", route, view)}>
          Logs<span class="unseen">of {routeName(route, MAX_NAME_CHARS)}</span>
        </a>
      ),
    },
  ];
}

function Sparkline({ route: { steps, requests, failures } }: { route: RouteTraffic }) {
  if (steps.length === 0) return null;
  const bars = fewBars(
    steps.map((step) => ({ value: step?.requests ?? 0, bad: step?.failures ?? 0 })),
    { most: MAX_BARS, isSum: true },
  );
  return <Bars bars={bars} label={`${counted(requests, "request")}, ${count(failures)} failed`} />;
}

/** The errors or the logs of a route in the same time. */
function leadTo(
  path: "/board" | "/board/logs",
  { svc_name, route }: RouteCounts,
  view: OverviewView,
): string {
  const { range, since, until } = view;
  return address(path, {
    q: token("route", route),
    svc_name,
    ...rangeParameters({ range, since, until }),
  });
}

/** `*` stands for what matched no route. */
export function routeName({ route }: Pick<RouteCounts, "route">, maxChars: number): string {
  return route === "*" ? "no matching route" : plainLine(route, maxChars);
}
