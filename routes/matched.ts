/**
 * Which routes a request has matched, asked of Hono's context itself: what `hono/route` reads is under a symbol that each copy
 * of Hono has for itself, and an app may have another version than we do.
 *
 * @module
 */
import type { HonoContext } from "../modules/hono.ts";

/** A route that matched. */
export type MatchedRoute = HonoContext["req"]["matchedRoutes"][number];

/** All of them, in the order in which they are asked. */
export function matchedRoutes(c: HonoContext): MatchedRoute[] {
  return c.req.matchedRoutes;
}

/** The pattern of the route that is at work. */
export function routePath(c: HonoContext): string {
  return c.req.matchedRoutes[c.req.routeIndex]?.path ?? "";
}

/** Where a part was put whose own pattern is `/*` or `/`: as it stands in the request, with what its parameters are. */
export function basePath(c: HonoContext): string {
  const pattern = routePath(c).replace(/\/\*$/, "");
  const depth = pattern.split("/").length;
  return c.req.path.split("/").slice(0, depth).join("/");
}
