/** @jsxImportSource hono/jsx */
/** What each release of each service brought: requests, failures, errors. */
import type { Page as Rows, Release, ReleaseQuery, RunningCode } from "../../logging/mod.ts";
import { token } from "../../modules/search.ts";
import { address } from "../addresses.ts";
import { CopyText, Empty, type Html, Moment, PageHead, Pager } from "../parts/parts.tsx";
import { MINUTE_MS } from "../../store/times.ts";
import { plainLine } from "../parts/plain.ts";
import { type Column, Table } from "../parts/table.tsx";
import { type Clock, count, perThousand } from "../parts/times.ts";

const PAGE_ROWS = 25;
/** A release that was seen within this time may run: whether an instance stopped since, nobody says. */
const RUNS_MS = 15 * MINUTE_MS;
/** One whose service was seen in another release this much later was replaced. */
const REPLACED_MS = 5 * MINUTE_MS;
const MAX_NAME_CHARS = 256;
/** Of the small bar, in its own units: the whole, and the least that can be seen. */
const BAR = { width: 100, height: 4, least: 2 };

export function readReleasesView(parameters: URLSearchParams) {
  return {
    svc_name: (parameters.get("svc_name") ?? "").trim(),
    cursor: parameters.get("cursor") ?? "",
  };
}

type ReleasesView = ReturnType<typeof readReleasesView>;

export function releaseQueryOf({ svc_name, cursor }: ReleasesView): ReleaseQuery {
  return {
    limit: PAGE_ROWS,
    ...(svc_name && { svc_name }),
    ...(cursor && { cursor }),
  };
}

export function releasesPath(svc_name = "", cursor = ""): string {
  return address("/board/releases", { svc_name, cursor });
}

/** Errors of a service that have this release in a field of the search. */
export function errorsOfRelease(
  field: "release" | "first_release" | "came_back_in" | "new_since",
  { svc_name, release }: Pick<Release, "svc_name" | "release">,
): string {
  return address("/board", { q: token(field, release), svc_name, state: "all" });
}

export interface ReleasesProps {
  view: ReleasesView;
  rows: Rows<Release>;
  /** What this process runs. */
  code: RunningCode;
  clock: Clock;
}

export function ReleasesList({ view, rows, code, clock }: ReleasesProps): Html {
  const { svc_name, cursor } = view;
  const isOfAll = svc_name === "";
  const service = <bdi>{plainLine(svc_name, MAX_NAME_CHARS)}</bdi>;
  return (
    <>
      <PageHead
        title="Releases"
        says={isOfAll ? "Of all services, the newest first." : (
          <>
            Of {service}, the newest first. <a href={releasesPath()}>All services</a>
          </>
        )}
      />
      {rows.items.length === 0 ? <NoReleases isOfAll={isOfAll} /> : (
        <Table
          caption="Releases, the newest first"
          columns={columnsOf(rows.items, { isOfAll, code, clock })}
          rows={rows.items}
          hasLinks
        />
      )}
      <Pager
        first={cursor !== "" && [releasesPath(svc_name), "Newest"]}
        next={rows.next !== null && [releasesPath(svc_name, rows.next), "Older"]}
      />
    </>
  );
}

function columnsOf(
  releases: readonly Release[],
  { isOfAll, ...known }: Pick<ReleasesProps, "code" | "clock"> & { isOfAll: boolean },
): Column<Release>[] {
  const { clock } = known;
  const worst = Math.max(...releases.map(shareOf));
  return [
    {
      title: "Release",
      cell: (row) => (
        <>
          <a class="code" href={errorsOfRelease("release", row)} title="Its errors">
            <bdi>{plainLine(row.release, MAX_NAME_CHARS)}</bdi>
          </a>{" "}
          {isRunning(row, { ...known, releases }) && (
            <span
              class="state resolved"
              title="A record of it came in the last 15 minutes, and none of a release after it much later"
            >
              running
            </span>
          )}
          {isOfAll && (
            <a class="more" href={releasesPath(row.svc_name)}>
              <bdi>{plainLine(row.svc_name, MAX_NAME_CHARS)}</bdi>
            </a>
          )}
        </>
      ),
    },
    {
      title: "First seen",
      isNumber: true,
      cell: ({ first_seen }) => <Moment time={first_seen} clock={clock} />,
    },
    {
      title: "Last seen",
      isNumber: true,
      cell: ({ last_seen }) => <Moment time={last_seen} clock={clock} />,
    },
    {
      title: "Requests",
      hint: "As far as they were recorded",
      isNumber: true,
      cell: ({ requests }) => count(requests),
    },
    { title: "Failed", isNumber: true, cell: ({ failures }) => count(failures) },
    {
      title: "Of 1,000",
      hint: "How many of 1,000 requests failed; the bar compares the releases on this page",
      isNumber: true,
      cell: (row) => <Share row={row} worst={worst} />,
    },
    {
      title: "New errors",
      hint: "Errors that happened in it for the first time",
      isNumber: true,
      cell: (row) => <Errors count={row.new_errors} path={errorsOfRelease("first_release", row)} />,
    },
    {
      title: "Came back",
      hint: "How often a resolved error came back in it",
      isNumber: true,
      cell: (row) => <Errors count={row.came_back} path={errorsOfRelease("came_back_in", row)} />,
    },
    {
      title: "",
      isNumber: true,
      cell: (row) => (
        <a
          href={errorsOfRelease("new_since", row)}
          title="Errors that are new in it or in a newer release"
        >
          New since<span class="unseen">{` ${plainLine(row.release, MAX_NAME_CHARS)}`}</span>
        </a>
      ),
    },
  ];
}

/** Of this process, or seen about as lately as anything of its service: while a deployment rolls, several run. */
function isRunning(
  { svc_name, release, last_seen }: Release,
  { releases, code, clock }:
    & Pick<ReleasesProps, "code" | "clock">
    & { releases: readonly Release[] },
): boolean {
  if (svc_name === code.service && release === code.release) return true;
  const ofService = releases.filter((other) => other.svc_name === svc_name);
  const newestMs = Math.max(...ofService.map((other) => Date.parse(other.last_seen)));
  const seenMs = Date.parse(last_seen);
  return clock.nowMs - seenMs < RUNS_MS && newestMs - seenMs < REPLACED_MS;
}

function shareOf({ failures, requests }: Release): number {
  return requests === 0 ? 0 : failures / requests;
}

function Share({ row, worst }: { row: Release; worst: number }) {
  const share = shareOf(row);
  const { width, height, least } = BAR;
  const long = Math.max(share / worst * width, least).toFixed(1);
  return (
    <span class={share > 0 ? "share bad" : "share"}>
      {perThousand(row.failures, row.requests)}
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path class="base" d={`M0 ${height - 0.5}H${width}`} />
        {share > 0 && <rect width={long} height={height} />}
      </svg>
    </span>
  );
}

function Errors({ count: many, path }: { count: number; path: string }) {
  return many === 0 ? <span class="soft">0</span> : <a href={path}>{count(many)}</a>;
}

function NoReleases({ isOfAll }: { isOfAll: boolean }) {
  if (!isOfAll) {
    return (
      <Empty title="No release of this service is known">
        <p>
          A release is listed when a record names it. See <a href={releasesPath()}>all services</a>.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No release is known yet">
      <p>
        Say which version or commit runs, then each release shows its requests, its failures and the
        errors that are new in it. Other services say it in their reports: <code>release</code>.
      </p>
      <CopyText label="Start the service with its release" text={HOW_TO} />
    </Empty>
  );
}

const HOW_TO = "HOLDFAST_RELEASE=$(git describe --tags --always) deno task start";
