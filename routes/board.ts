/**
 * The board inside the app: its requests are answered, counted and recorded like all others.
 *
 * @module
 */
import type { Board, BoardOptions } from "../board/board.tsx";
import { Failure } from "../modules/failure.ts";
import { toFailure } from "../modules/run.ts";
import { FORM_TYPES, readBody, ReadingBudget } from "./body.ts";
import { Exchange, type ExchangeTools } from "./exchange.ts";

/** Bytes of a form of the board: a note of the longest kind, and the ids of a whole page. */
const MAX_FORM_BYTES = 16 * 1024;
/** Bytes of all forms that are being read at the same time. Of their own: strangers may send one, to sign in. */
const MAX_FORMS_BYTES = 2 * 1024 * 1024;

/** The board, loaded when it is first needed: a service that starts shall answer first. */
export class LazyBoard {
  /** Shared by all of its forms. */
  readonly forms: ReadingBudget = new ReadingBudget(MAX_FORMS_BYTES);
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
  async isSignedIn({ request, origin }: { request: Request; origin: string }): Promise<boolean> {
    return (await this.load()).isSignedIn(request, origin);
  }
}

/** What serving the board needs of the app. */
export interface BoardTools extends ExchangeTools {
  /** Whether people use the board under this address. */
  isBoardAt: (origin: string) => boolean;
  /** The address people use. */
  publicUrl?: string;
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
  const limits = {
    maxBytes: MAX_FORM_BYTES,
    boundName: "of a form",
    timeoutMs: tools.requestTimeoutMs,
    types: FORM_TYPES,
    budget: lazy.forms,
  };
  const exchange = new Exchange(request, tools);
  exchange.info = info;
  exchange.route = route;
  exchange.module = "/board";
  exchange.isQuiet = true;
  // A ticket in the address opens the board: it is not written down.
  exchange.hidesQuery = true;
  try {
    const { address, origin } = exchange;
    if (!tools.isBoardAt(origin)) throw elsewhere(tools);
    // Read when the board knows who sends it, and not before.
    const readForm = async () => new URLSearchParams(await readBody(request, limits));
    return exchange.pass(await board.fetch(request, { address, origin, readForm }));
  } catch (thrown) {
    return await failurePage(exchange, { board, thrown });
  }
}

/** A name that leads here and is not ours could be a page of somebody else's (DNS rebinding). */
function elsewhere({ publicUrl }: BoardTools): Failure {
  return new Failure(
    "forbidden",
    `the board is at ${publicUrl}/board, and answers to no other host`,
  );
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
  for (const [name, value] of Object.entries(failure.headers)) page.headers.set(name, value);
  return page;
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "StoreBusy";
}
