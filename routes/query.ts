import { Failure } from "../modules/failure.ts";
import type { Module } from "../modules/module.ts";

/** Parameters of one request, at most: far more than any route has, far less than an address can hold. */
export const MAX_PARAMETERS = 1_000;
const MAX_NAME_CHARS = 80;
/** Of a route that takes no parameters. */
export const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * A parameter that comes more than once is an array: whether that is right is the schema's to say. What nobody reads is refused:
 * otherwise a filter with a mistake in its name would filter nothing.
 *
 * @param known The names that are read; undefined where any name may be.
 * @throws {Failure} `many_parameters`, `unknown_parameter`
 */
export function readQuery(
  url: string,
  known: ReadonlySet<string> | undefined,
): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null);
  const at = url.indexOf("?");
  if (at < 0) return values;
  const query = url.slice(at + 1);
  checkCount(query);
  const add = (name: string, value: string) => {
    const earlier = values[name];
    if (earlier === undefined) {
      if (known !== undefined && !known.has(name)) throw unknown(name, known);
      values[name] = value;
    } else if (typeof earlier === "string") values[name] = [earlier, value];
    else earlier.push(value);
  };
  // Most queries have nothing to decode: cutting them up costs a tenth of a `URLSearchParams`.
  if (query.includes("%") || query.includes("+")) {
    for (const [name, value] of new URLSearchParams(query)) add(name, value);
    return values;
  }
  for (let from = 0; from <= query.length;) {
    const ampersand = query.indexOf("&", from);
    const to = ampersand < 0 ? query.length : ampersand;
    const pair = query.slice(from, to);
    const sign = pair.indexOf("=");
    if (sign >= 0) add(pair.slice(0, sign), pair.slice(sign + 1));
    else if (pair !== "") add(pair, "");
    from = to + 1;
  }
  return values;
}

/** Before anything is cut up: counting costs nothing. */
function checkCount(query: string): void {
  let count = 1;
  for (let at = query.indexOf("&"); at >= 0; at = query.indexOf("&", at + 1)) {
    if (++count > MAX_PARAMETERS) {
      const sentence = `the query must have at most ${MAX_PARAMETERS} parameters`;
      throw new Failure("many_parameters", sentence);
    }
  }
}

function unknown(name: string, known: ReadonlySet<string>): Failure {
  const shown = name.slice(0, MAX_NAME_CHARS);
  // Strangers choose it: a code is one word.
  const param = shown.replace(/[^\x21-\x7e]/g, "_") || "_";
  const takes = known.size === 0 ? "none" : [...known].join(", ");
  return new Failure(
    "unknown_parameter",
    `${JSON.stringify(shown)} is not a parameter of this route, which accepts ${takes}`,
    { param },
  );
}

/**
 * The names a module takes in its query, without those in its path; undefined where its schema does not list them, or takes any.
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
