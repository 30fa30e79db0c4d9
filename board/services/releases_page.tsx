/** @jsxImportSource hono/jsx */
/** What each release of each service brought: requests, failures, errors. */
import type { Page as Rows, Release, ReleaseQuery, RunningCode } from "../../logging/mod.ts";
import { token } from "../../modules/search.ts";
import { address } from "../addresses.ts";
import { CopyText, Empty, type Html, Moment, Pager, Panel } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { type Clock, count, perThousand } from "../parts/times.ts";

const PAGE_ROWS = 25;
/** A release that was seen within this time is active: whether an instance still runs it, nobody knows. */
const ACTIVE_MS = 15 * 60 * 1000;
const MAX_NAME_CHARS = 256;

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
  const q = `${token("svc_name", svc_name)} ${token(field, release)}`;
  return address("/board", { q, state: "all" });
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
  return (
    <>
      <h1 class="unseen">Releases</h1>
      {svc_name !== "" && (
        <p class="crumbs">
          <a href={releasesPath()}>All services</a> /{" "}
          <bdi>{plainLine(svc_name, MAX_NAME_CHARS)}</bdi>
        </p>
      )}
      {rows.items.length === 0
        ? <NoReleases view={view} />
        : (
          <Panel title="Releases" hint="the newest first">
            <ul class="releases">
              {rows.items.map((release) => (
                <Row
                  release={release}
                  isActive={isActive(release, { code, clock })}
                  isOfAll={svc_name === ""}
                  clock={clock}
                />
              ))}
            </ul>
          </Panel>
        )}
      <Pager
        first={cursor !== "" && [releasesPath(svc_name), "Newest"]}
        next={rows.next !== null && [releasesPath(svc_name, rows.next), "Older"]}
      />
    </>
  );
}

/** Of this process, or seen just now: while a deployment rolls, several are. */
function isActive(
  { svc_name, release, last_seen }: Release,
  { code, clock }: Pick<ReleasesProps, "code" | "clock">,
): boolean {
  const isOwn = svc_name === code.service && release === code.release;
  return isOwn || clock.nowMs - Date.parse(last_seen) < ACTIVE_MS;
}

function Row(
  { release: row, isActive, isOfAll, clock }: {
    release: Release;
    isActive: boolean;
    isOfAll: boolean;
    clock: Clock;
  },
) {
  const { svc_name, release, requests, failures, new_errors, came_back } = row;
  const share = perThousand(failures, requests);
  return (
    <li>
      <div class="name">
        <bdi class="code">{plainLine(release, MAX_NAME_CHARS)}</bdi>
        {isActive && (
          <span class="state resolved" title="A record of it came in the last 15 minutes">
            active
          </span>
        )}
        {isOfAll && (
          <a href={releasesPath(svc_name)}>
            <bdi>{plainLine(svc_name, MAX_NAME_CHARS)}</bdi>
          </a>
        )}
      </div>
      <dl>
        <div>
          <dt>First seen</dt>
          <dd>
            <Moment time={row.first_seen} clock={clock} />
          </dd>
        </div>
        <div>
          <dt>Last seen</dt>
          <dd>
            <Moment time={row.last_seen} clock={clock} />
          </dd>
        </div>
        <div>
          <dt>Requests</dt>
          <dd>{count(requests)}</dd>
        </div>
        <div>
          <dt>Failed of 1,000</dt>
          <dd class={failures > 0 ? "bad" : undefined} title={`${count(failures)} failed`}>
            {share}
          </dd>
        </div>
        <div>
          <dt>New errors</dt>
          <dd>
            {new_errors === 0
              ? "0"
              : <a href={errorsOfRelease("first_release", row)}>{count(new_errors)}</a>}
          </dd>
        </div>
        <div>
          <dt>Came back</dt>
          <dd>
            {came_back === 0
              ? "0"
              : <a href={errorsOfRelease("came_back_in", row)}>{count(came_back)}</a>}
          </dd>
        </div>
      </dl>
    </li>
  );
}

function NoReleases({ view }: { view: ReleasesView }) {
  if (view.svc_name !== "") {
    return (
      <Empty title="No release of this service is known">
        <p>
          A release is listed when a record names it. See <a href={releasesPath()}>all services</a>.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <Empty title="No release is known yet">
        <p>
          Say which version or commit runs, then each release shows its requests, its failures and
          the errors that are new in it. Other services say it in their reports:{" "}
          <code>release</code>
          .
        </p>
      </Empty>
      <section class="panel inner howto">
        <CopyText label="Start the service with its release" text={HOW_TO} />
      </section>
    </>
  );
}

const HOW_TO = "HOLDFAST_RELEASE=$(git describe --tags --always) deno task start";
