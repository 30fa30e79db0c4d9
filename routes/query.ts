/**
 * The parameters in a request's address.
 *
 * @module
 */
import { Failure } from "../modules/failure.ts";
import type { Module } from "../modules/module.ts";

/** Parameters of one request, at most: far more than any route has, far less than an address can hold. */
export const MAX_PARAMETERS = 1_000;
const MAX_NAME_CHARS = 80;
const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * A parameter that comes more than once is an array: whether that is right is the schema's to say.
 *
 * @throws {Failure} `many_parameters`
 */
export function readQuery(url: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null);
  const at = url.indexOf("?");
  if (at < 0) return values;
  const query = url.slice(at + 1);
  checkCount(query);
  for (const [name, value] of pairsIn(query)) {
    const earlier = values[name];
    if (earlier === undefined) values[name] = value;
    else if (typeof earlier === "string") values[name] = [earlier, value];
    else earlier.push(value);
  }
  return values;
}

/**
 * The names a module takes in its query; undefined where its schema does not tell them, or takes any. What the path gives is
 * none of them.
 */
export function parametersOf(module: Module, path: string): ReadonlySet<string> | undefined {
  if (!readsQuery(module.method ?? "GET")) {
    // The schema of these is the body's. A public one may look at its query by itself.
    return (module.access ?? "public") === "public" ? undefined : NO_NAMES;
  }
  const { type, entries } = module.input as { type?: unknown; entries?: object };
  if (typeof entries !== "object" || (type !== "object" && type !== "strict_object")) {
    return undefined;
  }
  const inPath = new Set(Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name));
  return new Set(Object.keys(entries).filter((name) => !inPath.has(name)));
}

/** Whether a module of this method is given the query, not a body. */
export function readsQuery(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "DELETE";
}

/**
 * What nobody reads is refused: a filter with a slip in its name would else filter nothing.
 *
 * @throws {Failure} `unknown_parameter`
 */
export function refuseUnknown(
  values: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string> = NO_NAMES,
): void {
  for (const name in values) {
    if (known.has(name)) continue;
    const shown = name.slice(0, MAX_NAME_CHARS);
    // Strangers choose it: a code is one word.
    const param = shown.replace(/[^\x21-\x7e]/g, "_") || "_";
    const takes = known.size === 0 ? "none" : [...known].join(", ");
    throw new Failure(
      "unknown_parameter",
      `${JSON.stringify(shown)} is no parameter of this route, which takes ${takes}`,
      { param },
    );
  }
}

/** Before anything is cut up: counting costs nothing. */
function checkCount(query: string): void {
  let count = 1;
  for (let at = query.indexOf("&"); at >= 0; at = query.indexOf("&", at + 1)) {
    if (++count > MAX_PARAMETERS) {
      throw new Failure(
        "many_parameters",
        `the query must have at most ${MAX_PARAMETERS} parameters`,
      );
    }
  }
}

/** Most queries have nothing to decode: cutting them up costs a tenth of a `URLSearchParams`. */
function pairsIn(query: string): Iterable<[string, string]> {
  if (query.includes("%") || query.includes("+")) return new URLSearchParams(query);
  return query.split("&").filter((pair) => pair !== "").map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
  });
}
