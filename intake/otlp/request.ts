/** The request of a report, from the semantic conventions for HTTP and for users: those in force and those before 1.20. */
import type { Report, ReportedUser } from "../../store/report.ts";
import { isObject } from "../../store/is_object.ts";
import { type Attributes, take, takeText } from "./values.ts";

export type RequestFields = Pick<
  Report,
  "method" | "route" | "path" | "status" | "user" | "headers" | "request_id"
>;

const HEADER = "http.request.header.";
/** A method that is not on OpenTelemetry's list. */
const OTHER = "_OTHER";
/** RFC 9110, 15. */
const MIN_STATUS = 100;
const MAX_STATUS = 599;

/** Takes what belongs to a request out of the attributes. */
export function takeRequest(attributes: Attributes): RequestFields {
  // pino-http's; they stay where they are.
  const { req, res } = attributes;
  const { method, url } = isObject(req) ? req : {} as Attributes;
  const { statusCode } = isObject(res) ? res : {} as Attributes;
  return {
    method: methodOf(attributes) ?? firstText(method),
    route: takeText(attributes, "http.route"),
    path: pathOf(attributes) ?? firstText(url),
    status: statusOf(takeText(attributes, "http.response.status_code", "http.status_code")) ??
      statusOf(statusCode),
    user: userOf(attributes),
    headers: headersOf(attributes),
    // Our own export has it there: a list of one.
    request_id: firstText(take(attributes, "http.response.header.x-request-id")),
  };
}

function methodOf(attributes: Attributes): string | undefined {
  const method = takeText(attributes, "http.request.method", "http.method");
  const original = takeText(attributes, "http.request.method_original");
  return method === OTHER ? original ?? method : method;
}

function pathOf(attributes: Attributes): string | undefined {
  const path = takeText(attributes, "url.path");
  const query = takeText(attributes, "url.query");
  if (path !== undefined) return query === undefined ? path : `${path}?${query}`;
  const target = takeText(attributes, "http.target");
  if (target !== undefined) return target;
  const url = takeText(attributes, "url.full", "http.url");
  return url === undefined ? undefined : URL.parse(url)?.pathname.concat(URL.parse(url)!.search);
}

/** Deno has it as text. */
function statusOf(value: unknown): number | undefined {
  const status = Number(value);
  return Number.isInteger(status) && status >= MIN_STATUS && status <= MAX_STATUS
    ? status
    : undefined;
}

function userOf(attributes: Attributes): ReportedUser | undefined {
  const user: ReportedUser = {};
  const id = takeText(attributes, "user.id", "enduser.id");
  const name = takeText(attributes, "user.name", "user.full_name");
  const email = takeText(attributes, "user.email");
  const ip = takeText(attributes, "client.address", "http.client_ip");
  if (id !== undefined) user.id = id;
  if (name !== undefined) user.name = name;
  if (email !== undefined) user.email = email;
  if (ip !== undefined) user.ip = ip;
  return Object.keys(user).length > 0 ? user : undefined;
}

function headersOf(attributes: Attributes): Record<string, string> | undefined {
  let headers: Record<string, string> | undefined;
  for (const key of Object.keys(attributes)) {
    if (!key.startsWith(HEADER)) continue;
    const text = firstText(take(attributes, key));
    if (text !== undefined) (headers ??= {})[key.slice(HEADER.length)] = text;
  }
  return headers;
}

function firstText(value: unknown): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" && first !== "" ? first : undefined;
}
