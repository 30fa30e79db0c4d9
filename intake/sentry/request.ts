/** The request during which something happened. */
import type { Report } from "../../store/report.ts";
import { KEPT_HEADERS } from "../../store/kept_headers.ts";
import { cut, MAX_HEADER_CHARS } from "../../store/limits.ts";
import { isObject } from "../../store/is_object.ts";
import { compact, fromPairs, isNothing, type Loose, objectIn, pairsIn, textIn } from "./loose.ts";

/** The request's id has a field of its own. */
const REQUEST_ID = "x-request-id";
const HEADERS: ReadonlySet<string> = new Set([...KEPT_HEADERS, REQUEST_ID]);
const MAX_HEADERS = 200;
const MAX_PATH_CHARS = 2_048;
const MAX_QUERY_PARTS = 100;
/** `GET /cart/:id`, as most name their transactions. */
const METHOD_AND_ROUTE = /^([A-Z]{3,10}) (\/.*)$/;
const METHOD = /^[A-Za-z]{1,20}$/;

type RequestFields = Pick<
  Report,
  "method" | "path" | "route" | "module" | "headers" | "input_json" | "request_id"
>;

/** The request's fields; the transaction is its route, or the name of a function or job. */
export function requestIn(event: Loose): RequestFields {
  const request = objectIn(event.request);
  const transaction = textIn(event.transaction);
  const named = transaction === undefined ? undefined : METHOD_AND_ROUTE.exec(transaction);
  const isPath = transaction?.startsWith("/") ?? false;
  const headers = headersIn(request.headers);
  const method = textIn(request.method) ?? named?.[1];
  return compact<RequestFields>({
    method: method !== undefined && METHOD.test(method) ? method.toUpperCase() : undefined,
    path: pathIn(request),
    route: named?.[2] ?? (isPath ? transaction : undefined),
    module: named || isPath ? undefined : transaction,
    headers,
    request_id: headers?.[REQUEST_ID],
    input_json: inputIn(request.data),
  });
}

function headersIn(value: unknown): Record<string, string> | undefined {
  const kept: [string, string][] = [];
  for (const [name, own] of pairsIn(value, MAX_HEADERS)) {
    const text = textIn(Array.isArray(own) ? joined(own) : own, MAX_HEADER_CHARS);
    const lower = name.toLowerCase();
    if (HEADERS.has(lower) && text !== undefined) kept.push([lower, text]);
  }
  return kept.length === 0 ? undefined : fromPairs(kept);
}

/** Of a header that came several times. What is no text has no part in it: joined as it is, it might throw. */
function joined(values: readonly unknown[]): string {
  return values.slice(0, MAX_HEADERS).map((value) => textIn(value, MAX_HEADER_CHARS))
    .filter((text) => text !== undefined).join(", ");
}

/** Path and query, as records have them: the host is among the headers. */
function pathIn({ url, query_string: query }: Loose): string | undefined {
  if (typeof url !== "string" || url === "") return undefined;
  const text = url.slice(0, 2 * MAX_PATH_CHARS);
  const parsed = URL.parse(text);
  const path = parsed === null || parsed.host === ""
    ? text.replace(/#.*$/, "")
    : parsed.pathname + parsed.search;
  const asked = path.includes("?") ? undefined : queryText(query);
  return cut(asked ? `${path}?${asked}` : path, MAX_PATH_CHARS);
}

function queryText(query: unknown): string | undefined {
  if (typeof query === "string") return query.replace(/^\?/, "");
  const pairs = pairsIn(query, MAX_QUERY_PARTS);
  if (pairs.length === 0) return undefined;
  const texts = pairs.map(([name, value]) => [name, textIn(value, MAX_PATH_CHARS) ?? ""]);
  return new URLSearchParams(texts).toString();
}

/** JSON that came as a text is read, so that names in it tell what is secret. */
function inputIn(data: unknown): unknown {
  if (isNothing(data) || data === "") return undefined;
  if (typeof data !== "string" || !/^\s*[[{]/.test(data)) return data;
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) || Array.isArray(value) ? value : data;
  } catch {
    return data;
  }
}
