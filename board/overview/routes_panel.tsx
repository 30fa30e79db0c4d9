/** @jsxImportSource hono/jsx */
/** Requests by route, with the releases that appeared meanwhile. */
import type { Release } from "../../logging/mod.ts";
import { Bars, marksOf } from "../parts/charts.tsx";
import { type Html, Moment, Panel } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { releasesPath } from "../services/releases_page.tsx";
import { type Clock, count, milliseconds } from "../parts/times.ts";
import { address } from "../addresses.ts";
import { MAX_ROUTES, type Range, RANGES, type RouteTraffic, type Traffic } from "./traffic.ts";

/** Releases that are named above the chart. */
const RELEASES_NAMED = 5;
const MAX_NAME_CHARS = 60;

/** The roles are those of the elements; on a phone, where rows are no table's rows, browsers forget them. */
export function Routes({ traffic, clock }: { traffic: Traffic; clock: Clock }): Html {
  const { range, routes } = traffic;
  const { title, step } = RANGES[range];
  const columns = ["Route", "Requests", "Failed", "p95", `Requests by ${step}`, `p95 by ${step}`];
  return (
    <section class="charts">
      <Ranges range={range} />
      <Panel title={`${title} by route`} hint="all services and instances; failures in red">
        <NewReleases releases={traffic.releases} clock={clock} />
        {routes.length === 0
          ? (
            <p class="inner soft">
              No request was recorded in this time. At <code>LOG_LEVEL=INFO</code>{" "}
              or below all are recorded.
            </p>
          )
          : (
            <div class="scroll" tabindex={0} role="region" aria-label="Routes">
              <table class="routes" role="table">
                <thead role="rowgroup">
                  <tr role="row">
                    {columns.map((title) => <th scope="col" role="columnheader">{title}</th>)}
                  </tr>
                </thead>
                <tbody role="rowgroup">
                  {routes.map((route) => <Route route={route} traffic={traffic} clock={clock} />)}
                </tbody>
              </table>
            </div>
          )}
        {routes.length >= MAX_ROUTES && (
          <p class="note">These are the {MAX_ROUTES} routes with most requests.</p>
        )}
      </Panel>
    </section>
  );
}

function Ranges({ range }: { range: Range }) {
  return (
    <nav class="tabs" aria-label="Time">
      {Object.entries(RANGES).map(([name, { title }]) => (
        <a
          href={address("/board/overview", { range: name === "hour" ? undefined : name })}
          aria-current={name === range ? "page" : undefined}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}

/** What the marks in the charts say, for those who cannot hover. */
function NewReleases({ releases, clock }: { releases: readonly Release[]; clock: Clock }) {
  if (releases.length === 0) return null;
  const more = releases.length - RELEASES_NAMED;
  return (
    <p class="note appeared">
      New releases:{" "}
      {releases.slice(0, RELEASES_NAMED).map(({ svc_name, release, first_seen }) => (
        <span>
          <a href={releasesPath(svc_name)}>
            <bdi>{plainLine(release, MAX_NAME_CHARS)}</bdi>
          </a>{" "}
          of <bdi>{plainLine(svc_name, MAX_NAME_CHARS)}</bdi>{" "}
          <Moment time={first_seen} clock={clock} />
        </span>
      ))}
      {more > 0 && <a href={releasesPath()}>{`${more} more`}</a>}
    </p>
  );
}

function Route(
  { route, traffic, clock }: { route: RouteTraffic; traffic: Traffic; clock: Clock },
) {
  const { requests, failures, p95Ms, steps, svc_name } = route;
  const { stepMs, step } = RANGES[traffic.range];
  const most = Math.max(...steps.map((step) => step.requests));
  const slowest = Math.max(...steps.map((step) => step.p95Ms ?? 0));
  const own = traffic.releases.filter((release) => release.svc_name === svc_name);
  const marks = marksOf(own, { firstMs: traffic.firstMs, stepMs, steps: steps.length, clock });
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        <bdi>{routeName(route, MAX_NAME_CHARS)}</bdi>
        {!isOneService(traffic.routes) && (
          <bdi class="soft svc">{plainLine(svc_name, MAX_NAME_CHARS)}</bdi>
        )}
      </th>
      <td role="cell">{count(requests)}</td>
      <td role="cell" class={failures > 0 ? "bad" : "soft"}>{count(failures)}</td>
      <td role="cell">{p95Ms === null ? "" : milliseconds(p95Ms)}</td>
      <td role="cell">
        <Bars
          bars={steps.map((step) => ({ value: step.requests, bad: step.failures }))}
          label={`${count(requests)} requests, at most ${count(most)} in one ${step}, ${
            count(failures)
          } failed`}
          marks={marks}
        />
      </td>
      <td role="cell">
        <Bars
          bars={steps.map((step) => ({ value: step.p95Ms ?? 0 }))}
          tone="quiet"
          label={p95Ms === null
            ? "No duration is known"
            : `p95 at most ${milliseconds(slowest)} in any ${step}`}
          marks={marks}
        />
      </td>
    </tr>
  );
}

/** `*` stands for what matched no route. */
export function routeName({ route }: Pick<RouteTraffic, "route">, maxChars: number): string {
  return route === "*" ? "no matching route" : plainLine(route, maxChars);
}

export function isOneService(routes: readonly Pick<RouteTraffic, "svc_name">[]): boolean {
  return routes.every(({ svc_name }) => svc_name === routes[0]!.svc_name);
}
