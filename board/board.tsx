/** @jsxImportSource hono/jsx */
/**
 * The recorded errors and logs for people: pages under `/board`, which all work without script.
 *
 * @module
 */
import { Hono } from "hono";
import type { Html } from "./html.ts";
import {
  BadCursor,
  BadMerge,
  BadSplit,
  type ErrorQuery,
  type Logging,
  MAX_TOTAL,
  StoreBusy,
  TooManyTails,
} from "../logging/mod.ts";
import { Access } from "./access.ts";
import { act, ACTIONS, findAction } from "./actions.ts";
import { readAssets } from "./assets.ts";
import type { Attempts } from "./attempts.ts";
import { ErrorPage } from "./error_page.tsx";
import { errorQueryOf, ErrorsList, type ErrorsProps, readErrorsView } from "./errors_page.tsx";
import { createGate, type Guest, type Visit } from "./gate.tsx";
import { type Delivery, goTo, Page, type PageProps, sendPage } from "./layout.tsx";
import { logQueryOf, LogsList, readLogsView, streamAddress, watchQueryOf } from "./logs_page.tsx";
import { neighboursOf, occurrencePath } from "./occurrences.ts";
import { Overview, type RouteTraffic } from "./overview_page.tsx";
import { Empty } from "./parts.tsx";
import { purge, PurgeFlash, purgeOrderOf } from "./purge.tsx";
import { ownPage } from "./query.ts";

/** A UUID: an error's id, or an occurrence's. */
const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Log lines shown of an occurrence's request. */
const REQUEST_LINES = 50;
const LIVE_REFRESH_SECONDS = 5;
/** What a person asked for and cannot have. */
const REFUSALS = [BadCursor, BadMerge, BadSplit, TooManyTails];

/** What the board is built from. */
export interface BoardOptions {
  /** The store's reader. */
  logging: Logging;
  /** Opens the board; without it only those whom an app lets in come here. */
  operatorToken?: string;
  /** Who was wrong about the token, and how often. */
  attempts: Attempts;
  /** The last hour by route, the busiest first. */
  traffic: () => RouteTraffic[];
  /** Reports beyond the quota of their key since the start, by service. Default: none. */
  refused?: () => ReadonlyMap<string, number>;
  /** The address people use: links that are copied begin with it. Default: the one a page was asked for at. */
  publicUrl?: string;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** The board. */
export interface Board {
  /** Answers a request below `/board`. What it throws is a failure of ours. */
  fetch(request: Request, visit: Visit): Promise<Response>;
  /** Whether a request comes from somebody who has signed in. `origin` as in {@linkcode Visit}. */
  isSignedIn(request: Request, origin: string): boolean;
  /** The path of a link that signs in once, within a quarter of an hour. */
  newSignInPath(): string;
  /** The page for a request that failed: what happened, and the receipt. */
  failurePage(failure: BoardFailure): Promise<Response>;
}

/** What a person is told of a failure. */
export interface BoardFailure {
  /** HTTP status. */
  status: number;
  /** One sentence. */
  sentence: string;
  /** The receipt, when it was recorded. */
  errorId?: string;
}

/**
 * Builds the board.
 *
 * @example
 * ```ts ignore
 * const board = await createBoard({ logging, operatorToken, attempts: new Attempts(), traffic });
 * const response = await board.fetch(request, visit);
 * ```
 */
export async function createBoard(options: BoardOptions): Promise<Board> {
  const { logging, operatorToken, attempts, traffic, now = Date.now } = options;
  const { refused = () => new Map() } = options;
  const { store, logger, tails } = logging;
  const access = new Access(operatorToken, now);
  const assets = await readAssets();
  const gate = createGate({ access, attempts, logger, assets, tell });
  const hono = new Hono<{ Bindings: Visit }>({ strict: false });

  hono.get("/board/assets/:name", (c) => assets.find(c.req.param("name")) ?? c.notFound());
  hono.get("/board/sign-in", (c) => gate.enter(c.req.raw, c.env));
  hono.post("/board/sign-in", (c) => gate.signIn(c.req.raw, c.env));
  hono.post(
    "/board/sign-out",
    async (c) => await gate.stop(c.req.raw, c.env) ?? gate.signOut(c.env),
  );
  hono.use(async (c, next) => {
    const stopped = await gate.stop(c.req.raw, c.env);
    if (stopped) return stopped;
    await next();
    if (c.env.guest === undefined && access.isAgeing(c.req.raw, c.env.origin)) {
      c.header("set-cookie", access.open(c.env.origin));
    }
  });
  hono.post("/board/act", async (c) => actOn(await c.env.readForm(), c.env.guest));
  hono.get("/board", (c) => showErrors(new URL(c.req.url).searchParams));
  hono.get("/board/errors", () => goTo("/board"));
  hono.get("/board/logs", (c) => showLogs(new URL(c.req.url).searchParams));
  hono.get("/board/logs/stream", (c) => streamLogs(c.req.raw));
  hono.post("/board/purge", async (c) => purgeMany(await c.env.readForm()));
  hono.get("/board/overview", (c) => showOverview(new URL(c.req.url).searchParams));
  hono.get("/board/errors/:id", (c) => showError(c.req.raw, { ...c.env, id: c.req.param("id") }));
  hono.get(
    "/board/errors/:id/occurrences/:occurrence",
    (c) => showError(c.req.raw, { ...c.env, ...c.req.param() }),
  );
  hono.notFound(() => tell({ status: 404, sentence: "There is no such page." }));
  // What is thrown is the caller's to record.
  hono.onError((error) => {
    throw error;
  });

  return {
    fetch: async (request, visit) => {
      try {
        return await hono.fetch(request, visit);
      } catch (error) {
        if (REFUSALS.some((refusal) => error instanceof refusal)) {
          return tell({ status: 422, sentence: `${(error as Error).message}.` });
        }
        throw error;
      }
    },
    isSignedIn: (request, origin) => access.isOpen(request, origin),
    newSignInPath: () => `/board/sign-in?ticket=${access.newTicket()}`,
    failurePage: tell,
  };

  async function showErrors(parameters: URLSearchParams): Promise<Response> {
    const view = readErrorsView(parameters);
    if (ID.test(view.q)) {
      const path = await pathOfId(view.q.toLowerCase());
      if (path !== undefined) return goTo(path);
    }
    const query = errorQueryOf(view);
    const rows = await store.listErrors(query);
    const [totals, trends] = await Promise.all([
      totalsOf(query),
      store.trends(rows.items.map(({ id }) => id)),
    ]);
    return await show(
      { title: "Errors", section: "errors" },
      <>
        <Flash parameters={parameters} />
        <ErrorsList view={view} rows={rows} totals={totals} trends={trends} nowMs={now()} />
      </>,
    );
  }

  /** Where an id that somebody pasted leads. */
  async function pathOfId(id: string): Promise<string | undefined> {
    const occurrence = await store.occurrence(id);
    if (occurrence) return `/board/errors/${occurrence.error}/occurrences/${occurrence.error_id}`;
    const error = await store.error(id);
    return error ? `/board/errors/${error.id}` : undefined;
  }

  /** Of all tabs, for the same search. */
  async function totalsOf(query: ErrorQuery): Promise<ErrorsProps["totals"]> {
    const { state: _state, sort: _sort, limit: _limit, cursor: _cursor, ...filters } = query;
    const counts = await store.stateCounts(filters);
    const all = counts.open + counts.muted + counts.resolved;
    return { ...counts, all: Math.min(all, MAX_TOTAL) };
  }

  async function showError(
    request: Request,
    { origin, id, occurrence: occurrenceId }: {
      origin: string;
      id: string;
      occurrence?: string;
    },
  ): Promise<Response> {
    const error = await store.error(id);
    if (error === null) {
      return tell({ status: 404, sentence: "No error has this id. It may have been removed." });
    }
    const url = new URL(request.url);
    if (error.id !== id) {
      return goTo(await pathOfId(id) ?? `/board/errors/${error.id}`);
    }
    const cursor = url.searchParams.get("cursor");
    const neighbours = await neighboursOf(store, error.id, {
      ...(occurrenceId !== undefined && { occurrence: occurrenceId }),
      ...(cursor && { cursor }),
    });
    const { occurrence } = neighbours;
    // Split off or merged since the address was made.
    if (occurrence && occurrence.error !== error.id) {
      return goTo(occurrencePath(occurrence.error, occurrence.error_id));
    }
    const requestId = occurrence?.record.request_id;
    const logs = requestId === undefined
      ? null
      : await store.listLogs({ request_id: requestId, limit: REQUEST_LINES });
    return await show(
      { title: error.type, section: "errors" },
      <>
        <Flash parameters={url.searchParams} />
        <ErrorPage
          error={error}
          neighbours={neighbours}
          logs={logs}
          code={logging.code}
          origin={options.publicUrl ?? origin}
          nowMs={now()}
        />
      </>,
    );
  }

  async function actOn(form: URLSearchParams, guest: Guest | undefined): Promise<Response> {
    const action = findAction(form.get("action"));
    if (action === undefined) {
      return tell({ status: 422, sentence: "The form names nothing that can be done." });
    }
    const done = await act(store, action, { form, nowMs: now(), by: guest?.name });
    const [first] = done;
    const path = first && action.next?.(first) || ownPage(form.get("back"));
    const back = new URL(path, "http://board.invalid");
    back.searchParams.set("done", action.done);
    back.searchParams.set("count", String(done.length));
    return goTo(back.pathname + back.search);
  }

  async function showLogs(parameters: URLSearchParams): Promise<Response> {
    const view = readLogsView(parameters);
    const query = logQueryOf(view, now());
    // Before the rows: what is stored in between is in both, and the script leaves out what it has.
    const tail = view.live ? await store.logsAfter({ limit: 0 }) : undefined;
    const rows = await store.listLogs(query);
    const stream = tail && streamAddress(query, tail.position);
    return await show(
      {
        title: "Logs",
        section: "logs",
        ...(view.live && { refreshSeconds: LIVE_REFRESH_SECONDS }),
      },
      <LogsList view={view} rows={rows} stream={stream} nowMs={now()} />,
    );
  }

  /** What is shown lives on: the same stream as `GET /logs/stream`, for whoever may see the page. */
  async function streamLogs({ url, headers }: Request): Promise<Response> {
    const stream = await tails.open(watchQueryOf(new URL(url).searchParams, headers));
    return new Response(stream.pipeThrough(new TextEncoderStream()), {
      headers: {
        "cache-control": "no-store",
        "content-type": "text/event-stream",
        // Proxies that collect answers before they pass them on would hold events back.
        "x-accel-buffering": "no",
      },
    });
  }

  async function purgeMany(form: URLSearchParams): Promise<Response> {
    const order = purgeOrderOf(form);
    if (typeof order === "string") return await tell({ status: 422, sentence: order });
    return goTo(await purge(store, order));
  }

  async function showOverview(parameters: URLSearchParams): Promise<Response> {
    const delivery = await readDelivery();
    return await show(
      { title: "Overview", section: "overview", delivery },
      <>
        <PurgeFlash parameters={parameters} />
        <Overview delivery={delivery} traffic={traffic()} refused={refused()} />
      </>,
    );
  }

  async function show(
    frame: Omit<PageProps, "assets" | "children">,
    content: Html,
  ): Promise<Response> {
    const delivery = frame.delivery ?? await readDelivery();
    const props = { ...frame, assets, delivery, canSignOut: operatorToken !== undefined };
    return await sendPage(<Page {...props}>{content}</Page>);
  }

  async function tell({ status, sentence, errorId }: BoardFailure): Promise<Response> {
    return await sendPage(
      <Page title="Not here" assets={assets}>
        <Empty title={sentence}>
          {errorId !== undefined && (
            <p>
              It is recorded as <code>{errorId}</code>.
            </p>
          )}
          <p>
            <a href="/board">To the errors</a>
          </p>
        </Empty>
      </Page>,
      { status },
    );
  }

  async function readDelivery(): Promise<Delivery> {
    const health = await store.health().catch((error: unknown) => {
      if (error instanceof StoreBusy) return null;
      throw error;
    });
    return { stats: logging.stats(), health };
  }
}

/** What was just done, from an address that {@linkcode createBoard} made. */
function Flash({ parameters }: { parameters: URLSearchParams }) {
  const done = Object.values(ACTIONS).find(({ done }) => done === parameters.get("done"))?.done;
  const count = Number(parameters.get("count"));
  if (done === undefined || !Number.isInteger(count)) return null;
  const errors = count === 1 ? "1 error" : `${count} errors`;
  return (
    <p class={count > 0 ? "flash" : "flash bad"} role="status">
      {count > 0 ? `${errors} ${done}.` : "Nothing was selected."}
    </p>
  );
}
