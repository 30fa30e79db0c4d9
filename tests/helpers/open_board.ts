import { assert } from "@std/assert";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import {
  type BoardOptions,
  type Holdfast,
  holdfast,
  type HoldfastOptions,
  type HonoMiddleware,
} from "../../holdfast.ts";
import { type PageForm, readPage } from "./read_page.ts";
import { INTAKE_KEY, jsonBody, OPERATOR_TOKEN, ROOT, withToken } from "./start_app.ts";
import { tempFolder } from "./temp_folder.ts";

/** Everything that an address of the board could be taken for, in what strangers write. */
export const HOSTILE =
  ` href="/board/x" data-stream='/board/x' action=/board src="/board" <a href="/board">`;

/** Where a board stands. */
export interface Place {
  /** What is given to `app.route()`. */
  route: string;
  /** The path as people see it. */
  shown: string;
  /** Where there is a proxy before the app. */
  publicUrl?: string;
  /** What the app stands below. */
  basePath?: string;
}

/** How a board differs from the usual one. */
export interface OpenOptions extends BoardOptions {
  /** False for somebody who has not signed in. Default true. */
  isSignedIn?: boolean;
  /** The app's own guard before it. */
  guard?: HonoMiddleware;
  /** How its `holdfast()` differs. */
  holdfast?: HoldfastOptions;
}

/** A board of an app, and somebody who looks at it. */
export interface OpenBoard extends AsyncDisposable {
  /** What the app is made of. */
  readonly hf: Holdfast;
  /** An error that others can be merged into. */
  otherId: string;
  /** Its session. */
  cookie: string;
  /** Asks as a browser does, by the address that people see. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** The same, and goes where the answer leads. */
  follow(path: string): Promise<Response>;
  /** Sends a form. */
  send(
    form: PageForm,
    options?: { button?: string | undefined; fill?: Record<string, string> },
  ): Promise<Response>;
  /** Puts something on every page. */
  fill(): Promise<void>;
}

/** Opens an app of its own with a board, and signs in. */
export async function openBoard(
  { route, shown, publicUrl, basePath = "" }: Place,
  { isSignedIn = true, guard, holdfast: settings, ...options }: OpenOptions = {},
): Promise<OpenBoard> {
  const folder = tempFolder();
  const hf = await holdfast({
    service: "shop",
    storeUrl: `sqlite:${folder.at("holdfast.db")}`,
    logConsole: "off",
    environment: "development",
    operatorToken: OPERATOR_TOKEN,
    intakeKeys: [INTAKE_KEY],
    root: ROOT,
    ...(publicUrl !== undefined && { publicUrl }),
    ...settings,
  });
  await hf.ready;
  const app = new Hono().basePath(basePath);
  app.use(hf.middleware());
  app.get("/shop/*", () => {
    throw new TypeError(`cannot sell ${HOSTILE}`);
  });
  app.onError((error, c) =>
    error instanceof HTTPException ? error.getResponse() : c.text("out of order", 500)
  );
  app.route("/holdfast", hf.api());
  if (guard) app.use(`${route}/*`, guard);
  app.route(route, hf.board(options));
  const { origin, pathname: prefix } = new URL(publicUrl ?? "http://localhost");
  const board: OpenBoard = {
    hf,
    otherId: "",
    cookie: "",
    async ask(path, init = {}) {
      const taken = prefix === "/" ? "" : prefix;
      assert(path.startsWith(`${taken}/`), `${path} does not come through the proxy`);
      const headers = new Headers(init.headers);
      if (board.cookie !== "") headers.set("cookie", board.cookie);
      const request = new Request(origin + path.slice(taken.length), { ...init, headers });
      const answer = await app.fetch(request);
      const setCookie = answer.headers.get("set-cookie");
      if (setCookie !== null) board.cookie = setCookie.split(";")[0]!;
      return answer;
    },
    async follow(path) {
      const answer = await board.ask(path);
      const location = answer.headers.get("location");
      return location === null ? answer : await board.follow(location);
    },
    send({ action, method, fields, buttons }, { button, fill = {} } = {}) {
      const form = new URLSearchParams(fields);
      for (const [name, value] of Object.entries(fill)) form.set(name, value);
      const pressed = buttons.find(([, value]) => value === button);
      if (pressed) form.set(...pressed);
      return board.ask(method === "get" ? `${action}?${form}` : action, {
        method: method.toUpperCase(),
        ...(method === "post" && { body: form, headers: { "sec-fetch-site": "same-origin" } }),
      });
    },
    async fill() {
      for (let call = 0; call < 3; call++) {
        const path = `/shop/${call}${encodeURIComponent(HOSTILE)}`;
        await app.fetch(
          new Request(`${origin}${basePath}${path}?q=${encodeURIComponent(HOSTILE)}`),
        );
      }
      const reports = Array.from({ length: 30 }, (_, index) => ({
        svc_name: `trains${HOSTILE}`,
        message: HOSTILE,
        tags: { line: HOSTILE },
        user: { id: "7" },
        release: HOSTILE,
        error: {
          type: `Late${index < 28 ? index : ""}`,
          message: HOSTILE + "abcdefgh"[index % 8],
          stack: `Late\n    at ${HOSTILE} (/srv/late.ts:3:5)\n    at run (/srv/trains.ts:3:5)`,
        },
      }));
      const path = `${origin}${basePath}/holdfast/errors`;
      await app.fetch(new Request(path, withToken(INTAKE_KEY, jsonBody(reports))));
      await hf.flush();
      const { items } = await hf.store.listErrors({ limit: 40 });
      board.otherId = items.find(({ type }) => type === "Late3")!.id;
      await hf.store.change([items.find(({ type }) => type === "Late4")!.id], { action: "mute" });
      await hf.store.change([items.find(({ type }) => type === "Late5")!.id], {
        action: "resolve",
      });
    },
    async [Symbol.asyncDispose]() {
      await hf.close();
      folder[Symbol.dispose]();
    },
  };
  if (isSignedIn) {
    const [form] = readPage(await (await board.ask(`${shown}/sign-in`)).text()).forms;
    await board.send(form!, { fill: { token: OPERATOR_TOKEN } });
  }
  return board;
}
