/** Where board and API stand, seen from the app's root and without a slash at the end: as its options say, else as its routes do. */
import type { HonoApp } from "../modules/hono.ts";
import { home } from "../modules/home.ts";
import { partOf } from "./check_routes.ts";

const DEFAULT_BOARD = "/board";
/** What no link can name: a place for every value of a parameter. */
const PATTERN = /[:*]/;

export class Places {
  api: string;
  board: string;
  readonly #told = new Set<string>();
  readonly #said: { api: string | undefined; board: string | undefined };

  constructor({ apiPath, boardPath }: { apiPath?: string; boardPath?: string }) {
    this.#said = { api: apiPath, board: boardPath };
    this.api = apiPath ?? "";
    this.board = boardPath ?? DEFAULT_BOARD;
  }

  /** Looks both up in the routes of an app that is served. Gives a sentence for each that its options say wrongly, once. */
  find(app: object): string[] {
    const { api, board } = placesOf(app);
    const { api: saidApi, board: saidBoard } = this.#said;
    if (saidApi === undefined) this.api = api[0] ?? this.api;
    if (saidBoard === undefined) this.board = board[0] ?? this.board;
    const wrong = [
      ...(saidApi === undefined || isAmong(api, saidApi)
        ? []
        : [sentenceOf("api", api[0]!, "DSNs and links to it")]),
      // The log was started with it, before there were routes.
      ...(isAmong(board, saidBoard ?? DEFAULT_BOARD)
        ? []
        : [sentenceOf("board", board[0]!, "links in alerts")]),
    ];
    const untold = wrong.filter((sentence) => !this.#told.has(sentence));
    for (const sentence of untold) this.#told.add(sentence);
    return untold;
  }
}

function sentenceOf(part: "api" | "board", path: string, what: string): string {
  const option = `${part}Path: ${JSON.stringify(path || "/")}`;
  return `hf.${part}() stands at ${
    path || "/"
  }, but ${what} lead elsewhere: set holdfast({ ${option} })`;
}

/** Whether one of the places may be the one said: an app inside another does not know what is before its paths. */
function isAmong(places: readonly string[], said: string): boolean {
  return places.length === 0 || places.some((place) => said.endsWith(place));
}

function placesOf(app: object): { api: string[]; board: string[] } {
  const api: string[] = [];
  const board: string[] = [];
  if (!("routes" in app) || !Array.isArray(app.routes)) return { api, board };
  for (const { path, handler } of (app as HonoApp).routes) {
    const part = partOf(handler);
    if (part === home && path.endsWith(home.name)) api.push(path.slice(0, -home.name.length));
    if (part === "board" && !path.endsWith("*")) board.push(path.replace(/\/$/, ""));
  }
  const isPlain = (path: string) => !PATTERN.test(path);
  return { api: api.filter(isPlain), board: board.filter(isPlain) };
}
