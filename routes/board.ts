/** The board inside the app: its requests are answered, counted and recorded like all others. */
import { Hono } from "hono";
import { isAsset } from "../board/assets.ts";
import type { Board, BoardOptions } from "../board/board.ts";
import type { Guest } from "../board/access/gate.tsx";
import { Mount } from "../board/mount.ts";
import { Failure, Forbidden } from "../modules/failure.ts";
import type { HonoApp, HonoContext, HonoHandler } from "../modules/hono.ts";
import { toFailure } from "../modules/run.ts";
import type { Operator } from "../store/operator.ts";
import { asPart } from "./check_routes.ts";
import { FORM_TYPES, readBody, ReadingBudget } from "./body.ts";
import { unread } from "./body_kinds.ts";
import { named } from "./context.ts";
import type { Exchange } from "./exchange.ts";
import { ownExchange } from "./exchanges.ts";
import { basePath } from "./matched.ts";
import type { Tools } from "./tools.ts";

/** Bytes of a form of the board: a note of the longest kind, each character as nine, and the ids of a whole page. */
const MAX_FORM_BYTES = 32 * 1024;
/** Bytes of all forms that are being read at the same time. Of their own: strangers may send one, to sign in. */
const MAX_FORMS_BYTES = 2 * 1024 * 1024;

/** The board, loaded when it is first needed, so that a service answers sooner after its start. */
export class LazyBoard {
  readonly forms: ReadingBudget = new ReadingBudget(MAX_FORMS_BYTES);
  readonly #options: BoardOptions;
  #board: Promise<Board> | undefined;

  constructor(options: BoardOptions) {
    this.#options = options;
  }

  /** Whether the operator's token opens it; else only an app's own `auth` does. */
  get hasToken(): boolean {
    return this.#options.operators.length > 0;
  }

  /** The same for those whom an app lets in by itself. */
  forGuests(): LazyBoard {
    return new LazyBoard({ ...this.#options, operators: [] });
  }

  load(): Promise<Board> {
    return this.#board ??= import("../board/board.ts")
      .then(({ createBoard }) => createBoard(this.#options))
      .catch((error) => {
        // Styles may come from a registry of addresses, which may answer next time.
        this.#board = undefined;
        throw error;
      });
  }

  async signedIn(
    { request, origin }: { request: Request; origin: string },
  ): Promise<Operator | undefined> {
    return (await this.load()).signedIn(request, origin);
  }
}

/** Who opens the board. */
export interface BoardRoutesOptions {
  /**
   * Says who asks; called for each request, in place of the operator's token, and awaited. `{ name, read? }` opens the board,
   * with `read: true` to look and change nothing; anything else, or a throw, closes it.
   */
  auth?: (c: HonoContext) => unknown;
}

/** The board's routes, for any path. `closed` answers where nothing opens it. */
export function boardRoutes(
  tools: Tools,
  { auth, closed }: BoardRoutesOptions & { closed: HonoHandler },
): HonoApp {
  const hono = new Hono();
  const board = auth === undefined ? tools.board : tools.board.forGuests();
  const isOpen = auth !== undefined || board.hasToken;
  const answer = (c: HonoContext) => serveBoard(c, { board, auth, tools });
  for (const path of ["/", "/*"]) {
    hono.on(["GET", "POST"], path, isOpen ? asPart(answer, "board") : closed);
  }
  return hono;
}

async function serveBoard(
  c: HonoContext,
  { board: lazy, auth, tools }: BoardRoutesOptions & { board: LazyBoard; tools: Tools },
): Promise<Response> {
  const board = await lazy.load();
  const exchange = ownExchange(c, tools);
  exchange.module = "/board";
  exchange.isQuiet = true;
  // A ticket in the address opens the board: it is not written down.
  exchange.hidesQuery = true;
  const limits = {
    maxBytes: MAX_FORM_BYTES,
    boundName: "of a form",
    timeoutMs: tools.requestTimeoutMs,
    types: FORM_TYPES,
    budget: lazy.forms,
  };
  const at = placeOf(c);
  const mount = new Mount({ at, ...(tools.publicUrl && { publicUrl: tools.publicUrl }) });
  let asked: Parameters<Board["failurePage"]>[1];
  try {
    const { address, origin } = exchange;
    if (!tools.isBoardAt(origin)) throw elsewhere(tools, at);
    const request = mount.inward(c.req.raw);
    // Anybody may have assets: the page that refuses a visitor is made of them too.
    const guest = auth && !isAsset(request) ? await guestOf(c, { auth, tools }) : undefined;
    // Read only when the board knows who sends it.
    const readForm = async () => new URLSearchParams(await readBody(await unread(c), limits));
    const base = new URL(tools.publicUrl ?? origin).origin;
    const linkTo = (path: string) => base + mount.shown(path);
    const visit = { address, origin, readForm, linkTo, ...(guest && { guest }) };
    asked = { request, visit };
    return exchange.pass(await mount.outward(await board.fetch(request, visit)));
  } catch (thrown) {
    return await mount.outward(await failurePage(exchange, { board, asked, thrown }));
  }
}

/**
 * The board's path as the browser wrote it: Hono's own has escapes decoded. What is below the board has as many slashes in both,
 * whatever a parameter in the path holds.
 */
function placeOf(c: HonoContext): string {
  const below = c.req.path.slice(basePath(c).replace(/\/+$/, "").length).split("/").length - 1;
  const segments = new URL(c.req.url).pathname.split("/");
  return segments.slice(0, segments.length - below).join("/");
}

async function guestOf(
  c: HonoContext,
  { auth, tools }: { auth: NonNullable<BoardRoutesOptions["auth"]>; tools: Tools },
): Promise<Guest> {
  let guest: unknown;
  try {
    guest = await auth(c);
  } catch (error) {
    tools.logging.ownLogger.warn("hf.board({ auth }) threw, so that the board stays closed", {
      error,
    });
  }
  const { name, read } = (guest ?? {}) as Partial<Record<keyof Guest, unknown>>;
  if (typeof name !== "string" || name === "") throw new Forbidden("the board is not open to you");
  return { name, read: read === true };
}

/** Another host name that leads here could be a page of somebody else's (DNS rebinding). */
function elsewhere({ publicUrl }: Tools, at: string): Failure {
  return new Failure(
    "forbidden",
    `the board is at ${publicUrl}${at}, and answers only to this host`,
  );
}

/** Recorded like any failure, shown as a page. */
async function failurePage(
  exchange: Exchange,
  { board, asked, thrown }: {
    board: Board;
    asked: Parameters<Board["failurePage"]>[1];
    thrown: unknown;
  },
): Promise<Response> {
  const failure = toFailure(named(thrown));
  const answer = exchange.fail(failure, thrown);
  const { error_id } = await answer.json();
  const page = await board.failurePage({
    status: answer.status,
    sentence: `${failure.message[0]?.toUpperCase()}${failure.message.slice(1)}.`,
    ...(typeof error_id === "string" && { errorId: error_id }),
  }, asked);
  page.headers.set("x-request-id", exchange.requestId);
  for (const [name, value] of Object.entries(failure.headers)) page.headers.set(name, value);
  return page;
}
