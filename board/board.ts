import { type Context, Hono } from "hono";
import type { Logging, StoreReads } from "../logging/mod.ts";
import type { Operator, OperatorToken } from "../store/operator.ts";
import { ownPage } from "./addresses.ts";
import { Access } from "./access/access.ts";
import { readAssets } from "./assets.ts";
import type { Attempts } from "./access/attempts.ts";
import { Gate, type Looking, type Person, type Visit } from "./access/gate.tsx";
import type { BoardFailure, WayOn } from "./frame/failure_page.tsx";
import { readHelp } from "./frame/help.tsx";
import { chooseTimeZone, readTimeZone, zoneOf } from "./frame/time_zone.tsx";
import { goTo } from "./layout.tsx";
import { Pages } from "./pages.tsx";
import type { ReadSheet } from "./desk.ts";
import { readErrors } from "./errors/read_errors.tsx";
import { readLogs, streamLogs } from "./logs/read_logs.tsx";
import { readOverview } from "./overview/read_overview.tsx";
import { readPeople } from "./people/people_page.tsx";
import { connectWithNewKey, readArrived, readConnect } from "./services/read_connect.tsx";
import { makeNewKey, readKeys, revokeKey } from "./services/read_keys.tsx";
import { readReleases } from "./services/read_releases.tsx";

/** What pages ask about keys. */
export type KeyDesk = Pick<StoreReads, "listKeys" | "addKey" | "revokeKey" | "intakeCounts">;

export interface BoardOptions {
  logging: Logging;
  /** Whose tokens open the board; without one only guests of an app get here. */
  operators: readonly OperatorToken[];
  /** Names that errors can be assigned to, beside that of who asks. Default: none. */
  names?: readonly string[];
  /** The address of a new issue elsewhere. Default: none. */
  issuesUrl?: string | undefined;
  attempts: Attempts;
  /** Reports beyond the quota of their key since the start, by service. Default: none. */
  refused?: () => ReadonlyMap<string, number>;
  /** The address people use: commands to copy begin with it. Default: the origin of the request. */
  publicUrl?: string;
  /** The keys of other services: the store's, and those of the environment. */
  keys: KeyDesk;
  /** The first key of a service that only this machine can reach, while it is valid. Default: none. */
  firstKey?: () => Promise<string | undefined>;
  /** Path of the API, without a slash at its end, as it is when a page is made. Default: at the root. */
  apiPath?: () => string;
  /** Whether `/fail` is served. Default: no. */
  canFail?: () => boolean;
  now?: () => number;
}

/** The recorded errors and logs for people: pages below `/board`, which all work without script. */
export async function createBoard(options: BoardOptions) {
  const { logging, operators, attempts, now = Date.now } = options;
  const access = new Access(operators, now);
  const assets = await readAssets();
  const pages = new Pages(options, assets);
  const gate = new Gate({
    access,
    attempts,
    logger: logging.ownLogger,
    assets,
    tell: (failure, asked) => failurePage(failure, asked),
  });
  const hono = new Hono<Env>({ strict: false });
  const lookingAt = (person: Person, request: Request, visit: Visit): Looking => ({
    origin: visit.origin,
    linkTo: visit.linkTo,
    person,
    clock: { nowMs: now(), zone: zoneOf(request) },
    from: cameFrom(request, visit),
  });
  const lookingOf = (c: Context<Env>) => lookingAt(c.var.person, c.req.raw, c.env);
  const show = (read: ReadSheet, c: Context<Env>) =>
    pages.show(read, parametersOf(c.req.raw), lookingOf(c));
  const submit = async (take: ReadSheet, c: Context<Env>) =>
    pages.show(take, await c.env.readForm(), lookingOf(c));

  hono.get(
    "/board/assets/:name",
    (c) => assets.find(c.req.param("name"), c.req.raw) ?? c.notFound(),
  );
  hono.get("/board/sign-in", (c) => gate.enter(c.req.raw, c.env));
  hono.post("/board/sign-in", (c) => gate.signIn(c.req.raw, c.env));
  hono.post(
    "/board/sign-out",
    async (c) => await gate.stop(c.req.raw, c.env) ?? gate.signOut(c.req.raw, c.env),
  );
  hono.use(async (c, next) => {
    const stopped = await gate.stop(c.req.raw, c.env);
    if (stopped) return stopped;
    c.set("person", gate.personOf(c.req.raw, c.env)!);
    await next();
    if (c.req.method === "POST") pages.forget();
    const session = c.env.guest ? undefined : access.sessionOf(c.req.raw, c.env.origin);
    if (session?.isAgeing) c.header("set-cookie", access.open(c.env.origin, session.operator));
  });
  hono.get("/board", (c) => show(readErrors, c));
  hono.get("/board/errors", () => goTo("/board"));
  hono.on("GET", ["/board/errors/:id", "/board/errors/:id/occurrences/:occurrence"], (c) => {
    const { id, occurrence } = c.req.param() as { id: string; occurrence?: string };
    return pages.error(parametersOf(c.req.raw), { ...lookingOf(c), id, occurrence });
  });
  hono.post("/board/act", async (c) => pages.act(await c.env.readForm(), lookingOf(c)));
  hono.get("/board/logs", (c) => show(readLogs, c));
  hono.get("/board/logs/stream", (c) => streamLogs(pages, c.req.raw));
  hono.get("/board/overview", (c) => show(readOverview, c));
  hono.get("/board/releases", (c) => show(readReleases, c));
  hono.post("/board/purge", async (c) => pages.purge(await c.env.readForm()));
  hono.get("/board/keys", (c) => show(readKeys, c));
  hono.post("/board/keys", (c) => submit(makeNewKey, c));
  hono.post("/board/keys/revoke", (c) => submit(revokeKey, c));
  hono.get("/board/connect", (c) => show(readConnect, c));
  hono.post("/board/connect", (c) => submit(connectWithNewKey, c));
  hono.get("/board/connect/arrived", (c) => show(readArrived, c));
  hono.get("/board/people", (c) => show(readPeople, c));
  hono.get("/board/help", (c) => show(readHelp, c));
  hono.get("/board/time-zone", (c) => show(readTimeZone, c));
  hono.post(
    "/board/time-zone",
    async (c) => chooseTimeZone(await c.env.readForm(), c.env.origin),
  );
  hono.notFound((c) =>
    failurePage({ status: 404, sentence: "There is no page at this address." }, {
      request: c.req.raw,
      visit: c.env,
    })
  );
  // The caller records it.
  hono.onError((error) => {
    throw error;
  });

  return {
    /** Answers a request below `/board`. The caller records what it throws. */
    fetch: async (request: Request, visit: Visit): Promise<Response> =>
      await hono.fetch(request, visit),
    /** `origin` as in {@linkcode Visit}. */
    signedIn(request: Request, origin: string): Operator | undefined {
      const { token: _, ...operator } = access.sessionOf(request, origin)?.operator ?? {};
      return "mayWrite" in operator ? operator : undefined;
    },
    /** The path of a link that signs in once, within a quarter of an hour. */
    newSignInPath: (): string => `/board/sign-in?ticket=${access.newTicket()}`,
    /** The page for a request that failed. */
    failurePage,
  };

  /** Without what was asked it leads nowhere else. */
  function failurePage(failure: BoardFailure, asked?: Asked): Promise<Response> {
    const person = asked && gate.personOf(asked.request, asked.visit);
    if (!person) return pages.tell(failure);
    const looking = lookingAt(person, asked.request, asked.visit);
    return pages.tell(failure, { ...looking, ...wayOn(asked.request, looking) });
  }
}

export type Board = Awaited<ReturnType<typeof createBoard>>;

/** What somebody asked for, as {@linkcode createBoard} gets it. */
interface Asked {
  request: Request;
  visit: Visit;
}

interface Env {
  Bindings: Visit;
  Variables: { person: Person };
}

function wayOn({ method, url }: Request, { from }: Looking): WayOn {
  if (method === "POST") return { back: from };
  const { pathname, search } = new URL(url);
  return { again: pathname + search };
}

/** By the path alone: a proxy that ends TLS need not say so. */
function cameFrom({ headers }: Request, { linkTo }: Visit): string {
  const referer = headers.get("referer") ?? "";
  const shown = new URL(linkTo("/board")).pathname.replace(/\/$/, "");
  if (!URL.canParse(referer)) return "/board";
  const { pathname, search } = new URL(referer);
  return pathname.startsWith(shown)
    ? ownPage("/board" + pathname.slice(shown.length) + search)
    : "/board";
}

/** Without what a form left in the address, where a link from elsewhere leads to it: nobody has done that. */
function parametersOf({ url, headers }: Request): URLSearchParams {
  const { searchParams } = new URL(url);
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") searchParams.delete("done");
  return searchParams;
}
