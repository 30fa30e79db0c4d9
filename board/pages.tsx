/** @jsxImportSource hono/jsx */
import {
  type ErrorDetail,
  type ErrorQuery,
  type Logging,
  type LogPage,
  MAX_TOTAL,
  type OccurrenceDetail,
  StoreBusy,
} from "../logging/mod.ts";
import type { Reproduction } from "../modules/reproduction.ts";
import { act, type Action, ACTIONS } from "./actions.ts";
import { MAX_PAGE_ROWS } from "../store/limits.ts";
import { errorPath, occurrencePath } from "./addresses.ts";
import type { Assets } from "./assets.ts";
import type { BoardOptions } from "./board.ts";
import { ErrorPage } from "./error/error_page.tsx";
import { errorQueryOf, errorsAddress, ErrorsList, readErrorsView } from "./errors/errors_page.tsx";
import type { Looking } from "./access/gate.tsx";
import { type Delivery, goTo, Page, type PageProps, sendPage } from "./layout.tsx";
import {
  logQueryOf,
  LogsList,
  readLogsView,
  streamAddress,
  watchQueryOf,
} from "./logs/logs_page.tsx";
import { Overview, recentErrors } from "./overview/overview_page.tsx";
import { newIssueAddress } from "./error/new_issue.ts";
import { Empty, type Html } from "./parts/parts.tsx";
import { type People, peopleOf } from "./people/people.tsx";
import { QuotaWatch } from "./services/quota_watch.ts";
import { readReleasesView, releaseQueryOf, ReleasesList } from "./services/releases_page.tsx";
import { counted } from "./parts/times.ts";
import { purge } from "./overview/purge.tsx";
import { type Range, RANGES, readTraffic } from "./overview/traffic.ts";

/** An id of ours, or that of a client's event, which mostly has no dashes. */
const ID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
/** Of the list beside an error. */
const OCCURRENCE_ROWS = 10;
/** Of the log of an occurrence's request. */
const REQUEST_LINES = 50;
const LIVE_REFRESH_SECONDS = 5;

export interface BoardFailure {
  status: number;
  sentence: string;
  errorId?: string;
}

/** Every page behind the gate, and what its forms do. The caller records what is thrown. */
export class Pages {
  readonly #options: BoardOptions;
  readonly #logging: Logging;
  readonly #store: Logging["store"];
  readonly #assets: Assets;
  readonly #now: () => number;
  readonly #quotas: QuotaWatch;

  constructor(options: BoardOptions, assets: Assets) {
    this.#options = options;
    this.#logging = options.logging;
    this.#store = options.logging.store;
    this.#assets = assets;
    this.#now = options.now ?? Date.now;
    this.#quotas = new QuotaWatch(options.keys);
  }

  /** The list. Searching for the id of an error or an occurrence leads to its page. */
  async errors(parameters: URLSearchParams, { person }: Looking): Promise<Response> {
    const view = readErrorsView(parameters);
    if (ID.test(view.q)) {
      const path = await this.#pathOfId(view.q.toLowerCase());
      if (path !== undefined) return goTo(path);
    }
    const people = this.#people(person);
    const query = errorQueryOf(view, { nowMs: this.#now(), person });
    const rows = await this.#store.listErrors(query);
    const [totals, environments, trends] = await Promise.all([
      this.#totalsOf(query),
      this.#store.environments(),
      this.#store.trends(rows.items.map(({ id }) => id)),
    ]);
    return await this.show(
      { title: "Errors", section: "errors", person },
      <>
        <Done parameters={parameters} back={errorsAddress(view, view)} />
        <ErrorsList
          view={view}
          rows={rows}
          totals={totals}
          trends={trends}
          environments={environments}
          people={people}
          nowMs={this.#now()}
        />
      </>,
    );
  }

  async #pathOfId(id: string): Promise<string | undefined> {
    const occurrence = await this.#store.occurrence(id);
    if (occurrence) return occurrencePath(occurrence.error, occurrence.error_id);
    const error = await this.#store.error(id);
    return error ? errorPath(error.id) : undefined;
  }

  /** How many errors each tab has for the same search. */
  async #totalsOf(query: ErrorQuery) {
    const { state: _state, sort: _sort, limit: _limit, cursor: _cursor, ...filters } = query;
    const counts = await this.#store.stateCounts(filters);
    const all = counts.open + counts.muted + counts.resolved;
    return { ...counts, all: Math.min(all, MAX_TOTAL) };
  }

  async error(
    parameters: URLSearchParams,
    { origin, linkTo, person, id, occurrence: occurrenceId }: Looking & {
      id: string;
      occurrence?: string;
    },
  ): Promise<Response> {
    const error = await this.#store.error(id);
    if (error === null) {
      return this.tell({
        status: 404,
        sentence: "No error has this id. It may have been removed.",
      });
    }
    if (error.id !== id) return goTo(await this.#pathOfId(id) ?? errorPath(error.id));
    const cursor = parameters.get("cursor");
    const rows = await this.#store.occurrences(error.id, {
      limit: OCCURRENCE_ROWS,
      ...(cursor && { cursor }),
      ...(occurrenceId !== undefined && { around: occurrenceId }),
    });
    const shown = occurrenceId ?? rows.items[0]?.error_id;
    const occurrence = shown === undefined ? null : await this.#store.occurrence(shown);
    // It was split off or merged after the link was made, or the link names its event.
    if (occurrence && (occurrence.error !== error.id || occurrence.error_id !== shown)) {
      return goTo(occurrencePath(occurrence.error, occurrence.error_id));
    }
    const { issuesUrl } = this.#options;
    const requestId = occurrence?.record.request_id;
    const [logs, releases] = await Promise.all([
      requestId === undefined
        ? null
        : this.#store.listLogs({ request_id: requestId, limit: REQUEST_LINES }),
      this.#store.releases({ svc_name: error.svc_name, limit: MAX_PAGE_ROWS }),
    ]);
    return await this.show(
      { title: error.type, section: "errors", person },
      <>
        <Done parameters={parameters} back={errorPath(error.id)} />
        <ErrorPage
          error={error}
          occurrence={occurrence}
          rows={rows}
          logs={logs}
          test={occurrence && await reproduction(error, occurrence, logs)}
          releases={releases.items}
          code={this.#logging.code}
          people={this.#people(person)}
          newIssue={issuesUrl && occurrence
            ? newIssueAddress({
              issuesUrl,
              error,
              record: occurrence.record,
              link: linkTo(errorPath(error.id)),
            })
            : undefined}
          origin={this.#options.publicUrl ?? origin}
          nowMs={this.#now()}
        />
      </>,
    );
  }

  #people(person: Looking["person"]): People {
    return peopleOf(person, this.#options.names ?? []);
  }

  async act(form: URLSearchParams, { person }: Looking): Promise<Response> {
    return goTo(await act(this.#store, form, { nowMs: this.#now(), by: person.name }));
  }

  async logs(parameters: URLSearchParams, { person }: Looking): Promise<Response> {
    const view = readLogsView(parameters);
    const query = logQueryOf(view, this.#now());
    // Before the rows: a record stored in between is in both, and the script leaves out what is on the page.
    const tail = view.live ? await this.#store.logsAfter({ limit: 0 }) : undefined;
    const rows = await this.#store.listLogs(query);
    const stream = tail && streamAddress(query, tail.position);
    return await this.show(
      {
        title: "Logs",
        section: "logs",
        person,
        ...(view.live && { refreshSeconds: LIVE_REFRESH_SECONDS }),
      },
      <LogsList view={view} rows={rows} stream={stream} nowMs={this.#now()} />,
    );
  }

  /** The same stream as `GET /logs/stream`, opened by the session in place of a token. */
  async logStream({ url, headers }: Request): Promise<Response> {
    const stream = await this.#logging.tails.open(watchQueryOf(new URL(url).searchParams, headers));
    return new Response(stream.pipeThrough(new TextEncoderStream()), {
      headers: {
        "cache-control": "no-store",
        "content-type": "text/event-stream",
        // Or a proxy that buffers answers would hold events back.
        "x-accel-buffering": "no",
      },
    });
  }

  async purge(form: URLSearchParams): Promise<Response> {
    return goTo(await purge(this.#store, form));
  }

  async overview(parameters: URLSearchParams, { person }: Looking): Promise<Response> {
    const { refused = () => new Map<string, number>() } = this.#options;
    const nowMs = this.#now();
    const asked = parameters.get("range") ?? "";
    const range = Object.hasOwn(RANGES, asked) ? asked as Range : "hour";
    const [delivery, recent, traffic] = await Promise.all([
      this.#readDelivery(),
      recentErrors(this.#store, nowMs),
      readTraffic(this.#store, { range, nowMs }),
    ]);
    return await this.show(
      { title: "Overview", section: "overview", person, delivery },
      <>
        <Done parameters={parameters} />
        <Overview
          delivery={delivery}
          recent={recent}
          traffic={traffic}
          refused={refused()}
          mayWrite={person.mayWrite}
          nowMs={nowMs}
        />
      </>,
    );
  }

  async releases(parameters: URLSearchParams, { person }: Looking): Promise<Response> {
    const view = readReleasesView(parameters);
    const rows = await this.#store.releases(releaseQueryOf(view));
    return await this.show(
      { title: "Releases", section: "releases", person },
      <ReleasesList view={view} rows={rows} code={this.#logging.code} nowMs={this.#now()} />,
    );
  }

  /** A page in its frame. */
  async show(
    frame: Omit<PageProps, "assets" | "children">,
    content: Html,
  ): Promise<Response> {
    const delivery = frame.delivery ?? await this.#readDelivery();
    const props = { ...frame, assets: this.#assets, delivery };
    return await sendPage(<Page {...props}>{content}</Page>);
  }

  /** The page for a request that failed. */
  async tell({ status, sentence, errorId }: BoardFailure): Promise<Response> {
    return await sendPage(
      <Page title={`Error ${status}`} assets={this.#assets}>
        <h1 class="unseen">Error {status}</h1>
        <Empty title={sentence}>
          {errorId !== undefined && (
            <p>
              The failure was recorded. Its receipt is <code>{errorId}</code>.
            </p>
          )}
          <p>
            Go to the <a href="/board">errors</a>, the <a href="/board/logs">logs</a>, or the{" "}
            <a href="/board/overview">overview</a>.
          </p>
        </Empty>
      </Page>,
      { status },
    );
  }

  async #readDelivery(): Promise<Delivery> {
    const health = await this.#store.health().catch((error: unknown) => {
      if (error instanceof StoreBusy) return null;
      throw error;
    });
    return { stats: this.#logging.stats(), health, nearQuota: await this.#quotas.near() };
  }
}

/** What a form has just done, from the address that it led to, and how to take it back. */
function Done({ parameters, back }: { parameters: URLSearchParams; back?: string }) {
  const action = Object.values<Action>(ACTIONS).find(({ done }) => done === parameters.get("done"));
  const count = Number(parameters.get("count"));
  if (action === undefined || !Number.isInteger(count) || count < 0) return null;
  const { done, undo } = action;
  const noun = parameters.get("what") === "logs" ? "log record" : "error";
  const found = parameters.has("what") ? "matched" : "was selected";
  const ids = parameters.getAll("id").filter((id) => ID.test(id)).slice(0, MAX_PAGE_ROWS);
  return (
    <div class={count > 0 ? "flash" : "flash bad"}>
      <p role="status">
        {count > 0 ? `${counted(count, noun)} ${done}.` : `Nothing ${done}: no ${noun} ${found}.`}
        {parameters.has("more") && " There are more: delete again to go on."}
      </p>
      {undo && back !== undefined && ids.length > 0 && (
        <form method="post" action="/board/act">
          {ids.map((id) => <input type="hidden" name="id" value={id} />)}
          <input type="hidden" name="back" value={back} />
          <button type="submit" name="action" value={undo}>Undo</button>
        </form>
      )}
    </div>
  );
}

/** The error's page alone needs it: a start does not read it. */
async function reproduction(
  error: ErrorDetail,
  { error_id, record }: OccurrenceDetail,
  logs: LogPage | null,
): Promise<Reproduction> {
  const { answerOf, reproductionOf } = await import("../modules/reproduction.ts");
  const request = answerOf(record, logs?.items ?? []);
  return reproductionOf({ ...record, error_id }, { error, request });
}
