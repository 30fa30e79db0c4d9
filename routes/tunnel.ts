/** A path of free choice for browsers whose blockers know the usual one. Nothing is ever sent on from it. */
import type { Dsn } from "../intake/sentry/dsn.ts";
import type { HonoContext } from "../modules/hono.ts";
import type { Tools } from "./tools.ts";

/** The service that a DSN names: the last name before the project that is no part of our own address, else the project. */
export function nameInTunnel(
  { prefix, project }: Pick<Dsn, "prefix" | "project">,
  { c, tools: { publicUrl, tunnelPath = "" } }: { c: HonoContext; tools: TunnelTools },
): string {
  const here = namesIn(c.req.path).slice(0, -namesIn(tunnelPath).length);
  const before = publicUrl === undefined ? [] : namesIn(new URL(publicUrl).pathname);
  const names = without(without(namesIn(prefix), before), here);
  return names.at(-1) ?? project;
}

type TunnelTools = Pick<Tools, "publicUrl" | "tunnelPath">;

function namesIn(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}

function without(names: string[], start: readonly string[]): string[] {
  return start.every((name, index) => names[index] === name) ? names.slice(start.length) : names;
}
