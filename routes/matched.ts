/**
 * Which routes a request has matched, asked of Hono's context itself: `hono/route` reads a symbol that each copy of Hono has for
 * itself, and an app may have another version than we do.
 */
import type { HonoContext } from "../modules/hono.ts";

/** Beside `/`, for an app that is put at a path: `/holdfast/` is asked for as well as `/holdfast`. */
export const ROOT_WITH_SLASH = "/:end{.{0}}";

/** The pattern of the route that is at work. */
export function routePath(c: HonoContext): string {
  const path = c.req.matchedRoutes[c.req.routeIndex]?.path ?? "";
  return path.endsWith(ROOT_WITH_SLASH) ? path.slice(0, -ROOT_WITH_SLASH.length) || "/" : path;
}

/** Where a part was put whose own pattern is `/*` or `/`: as it stands in the request, with what its parameters are. */
export function basePath(c: HonoContext): string {
  const pattern = routePath(c).replace(/\/\*$/, "");
  const depth = pattern.split("/").length;
  return c.req.path.split("/").slice(0, depth).join("/");
}
