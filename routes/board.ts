/**
 * The board inside the app: its requests are answered, counted and recorded like all others.
 *
 * @module
 */
import type { Board, BoardOptions } from "../board/board.tsx";
import { Failure } from "../modules/failure.ts";
import { toFailure } from "../modules/run.ts";
import { FORM_TYPES, readBody } from "./body.ts";
import { Exchange, type ExchangeTools } from "./exchange.ts";

/** The board, loaded when it is first needed: a service that starts shall answer first. */
export class LazyBoard {
  readonly #options: BoardOptions;
  #board: Promise<Board> | undefined;

  /** Keeps what the board will be built from. */
  constructor(options: BoardOptions) {
    this.#options = options;
  }

  /** The board. */
  load(): Promise<Board> {
    return this.#board ??= import("../board/board.tsx").then(({ createBoard }) =>
      createBoard(this.#options)
    );
  }

  /** Whether a request comes from somebody who has signed in. */
  async isSignedIn(request: Request): Promise<boolean> {
    return request.headers.has("cookie") && (await this.load()).isSignedIn(request);
  }
}

/** What serving the board needs of the app. */
export interface BoardTools extends ExchangeTools {
  /** Bytes of a form, at most. */
  maxBodyBytes: number;
  /** The time a form may take to arrive, in milliseconds. */
  requestTimeoutMs: number;
}

/** One request, and where it comes from. */
export interface BoardRequest {
  /** The request. */
  request: Request;
  /** The route's pattern. */
  route: string;
  /** What `Deno.serve` knows of the connection; absent in tests without a port. */
  info?: Partial<Deno.ServeHandlerInfo>;
}

/** Answers a request to the board. */
export async function serveBoard(
  { request, route, info }: BoardRequest,
  { board: lazy, tools }: { board: LazyBoard; tools: BoardTools },
): Promise<Response> {
  const board = await lazy.load();
  const exchange = new Exchange(request, tools);
  exchange.info = info;
  exchange.route = route;
  exchange.module = "/board";
  // A ticket in the address opens the board: it is not written down.
  exchange.hidesQuery = true;
  try {
    const form = new URLSearchParams(await readForm(request, tools));
    return exchange.pass(await board.fetch(request, { address: exchange.address, form }));
  } catch (thrown) {
    return await failurePage(exchange, { board, thrown });
  }
}

async function readForm(request: Request, tools: BoardTools): Promise<string> {
  if (request.method !== "POST") return "";
  const limits = { maxBytes: tools.maxBodyBytes, timeoutMs: tools.requestTimeoutMs };
  return await readBody(request, { ...limits, types: FORM_TYPES });
}

/** Recorded like any failure, told as a page. */
async function failurePage(
  exchange: Exchange,
  { board, thrown }: { board: Board; thrown: unknown },
): Promise<Response> {
  const failure = isBusy(thrown)
    ? new Failure("unavailable", "the store does not answer just now", {
      code: "store.unavailable",
      cause: thrown,
    })
    : toFailure(thrown);
  const answer = exchange.fail(failure, thrown);
  const { error_id } = await answer.json();
  const page = await board.failurePage({
    status: answer.status,
    sentence: `${failure.message[0]?.toUpperCase()}${failure.message.slice(1)}.`,
    ...(typeof error_id === "string" && { errorId: error_id }),
  });
  page.headers.set("x-request-id", exchange.requestId);
  return page;
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "StoreBusy";
}
