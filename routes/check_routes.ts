/** What is wrong with the order of an app's routes, reported when the app is served. */
import type { HonoApp, HonoHandler, HonoMiddleware } from "../modules/hono.ts";
import type { Module } from "../modules/module.ts";

/** What stands behind a route of ours: the recorder, a module, the board, or something else that records its requests by itself. */
export type Part = "recorder" | "board" | "other" | Module;

const PART = Symbol("part of Holdfast");
/** Where Hono keeps a handler that it has wrapped for a sub-app with an `onError` of its own. */
const WRAPPED = "__COMPOSED_HANDLER";
const MAX_NAMED = 3;

type PartHandler = HonoHandler & { [PART]?: Part; [WRAPPED]?: HonoHandler };

interface Route {
  method: string;
  path: string;
  part: Part | undefined;
}

export function asPart<H extends HonoHandler | HonoMiddleware>(handler: H, part: Part): H {
  return Object.assign(handler, { [PART]: part });
}

/** What a handler is a part of; undefined where it is the app's own. */
export function partOf(handler: HonoHandler | HonoMiddleware): Part | undefined {
  const { [PART]: part, [WRAPPED]: wrapped } = handler as PartHandler;
  return part ?? (wrapped && partOf(wrapped));
}

/**
 * Reads the routes of an app; others than Hono's have none to read. Gives a sentence for what will not be recorded.
 *
 * @throws {Error} where two modules answer at one path: the second would never be asked.
 */
export function checkRoutes(app: object): string | undefined {
  if (!("routes" in app) || !Array.isArray(app.routes)) return undefined;
  const routes = (app as HonoApp).routes.map(({ method, path, handler }) => ({
    method,
    path,
    part: partOf(handler),
  }));
  const takenBy = new Map<string, Module>();
  for (const { method, path, part: module } of routes) {
    if (typeof module === "object") takePath(`${method} ${path}`, { module, takenBy });
  }
  const missed = missedRoutes(routes);
  if (missed.length === 0) return undefined;
  const shown = missed.slice(0, MAX_NAMED).map(({ method, path }) => `${method} ${path}`);
  const more = missed.length > MAX_NAMED ? ` and ${missed.length - MAX_NAMED} more` : "";
  const named = shown.join(", ") + more;
  return routes.some(({ part }) => part === "recorder")
    ? `hf.middleware() is not the first of the app: what runs before it is not recorded (${named}). Move it up`
    : `The app has no hf.middleware(): ${named} will not be recorded. Put app.use(hf.middleware()) first`;
}

/** Takes a route, `GET /greet`, for a module. @throws {Error} where another module has it. */
export function takePath(
  route: string,
  { module, takenBy }: { module: Module; takenBy: Map<string, Module> },
): void {
  const other = takenBy.get(route);
  if (other !== undefined) {
    const names = [other, module].map(({ name }) => JSON.stringify(name)).join(" and ");
    throw new Error(
      `Two modules answer ${route}: ${names}. Give one of them another name, or paths of its own`,
    );
  }
  takenBy.set(route, module);
}

/** Routes of the app's own that stand before the recorder of their path; all of them, where there is none. */
function missedRoutes(routes: readonly Route[]): Route[] {
  const recorders = routes.filter(({ part }) => part === "recorder");
  return routes.filter((route, index) => {
    if (route.part !== undefined) return false;
    if (recorders.length === 0) return true;
    const covering = recorders.filter(({ path }) => covers(path, route.path));
    // What no recorder covers is left out on purpose.
    return covering.length > 0 && covering.every((recorder) => routes.indexOf(recorder) > index);
  });
}

function covers(pattern: string, path: string): boolean {
  if (!pattern.endsWith("*")) return pattern === path;
  const start = pattern.replace(/\/?\*$/, "");
  return path === start || path.startsWith(`${start}/`);
}
