/** Headers of a request, as far as records keep them. */
import { KEPT_HEADERS } from "../../store/kept_headers.ts";
import { cut, MAX_HEADER_CHARS } from "../../store/limits.ts";

const KEPT: ReadonlySet<string> = new Set(KEPT_HEADERS);

/** Those of a request that records keep; undefined where there are none. */
export function requestHeaders(headers: Headers): Record<string, string> | undefined {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = headers.get(name);
    if (value !== null && value !== "") kept[name] = cut(value, MAX_HEADER_CHARS);
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** The same of headers that a client reports, by names in any case; a header may have several values. */
export function reportedHeaders(headers: unknown): Record<string, string> | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!KEPT.has(lower)) continue;
    // What is no text has no part in it: joined as it is, it might throw.
    const text = (Array.isArray(value) ? value : [value]).filter(isText).join(", ");
    if (text !== "") kept[lower] = cut(text, MAX_HEADER_CHARS);
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function isText(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
