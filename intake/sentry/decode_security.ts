/** Reports that browsers send by themselves: what a policy of the page forbade. */
import { cut } from "../../store/limits.ts";
import type { Report } from "../../store/report.ts";
import { decompress } from "../decompress.ts";
import type { Count, Decoded, DecodedReport, Delivery } from "../intake.ts";
import { Undecodable } from "../intake.ts";
import { parse } from "./envelope.ts";
import { MAX_EVENT_BYTES, serviceOf } from "./event.ts";
import { isObject } from "../../store/is_object.ts";
import { compact, type Loose, numberIn, objectIn, shorten, textIn } from "./loose.ts";
import { addUp, damaged, ignored } from "./not_kept.ts";
import { timeIn } from "./times.ts";

/** The Reporting API sends several at once. */
const MAX_REPORTS = 100;
const BODY = { depth: 3, keys: 50, chars: 1_024 };
const MAX_ADDRESS_CHARS = 512;

interface Violation {
  type: string;
  message: string;
  /** What makes it the same error as another: never the page that it happened on. */
  key: string[];
  body: Loose;
  /** The page. */
  page?: unknown;
}

type Reader = (body: Loose) => Violation | undefined;

/** By the key that wraps the old form. */
const WRAPPED: Readonly<Record<string, Reader>> = {
  "csp-report": readCsp,
  "expect-ct-report": (body) => readPin(body, "ExpectCT"),
  "expect-staple-report": (body) => readPin(body, "ExpectStaple"),
};

/** Reads a body of the `security` route. @throws {Undecodable} when it is no report. */
export function decodeSecurity(delivery: Delivery): Decoded {
  const { body, encoding } = delivery;
  const value = parse(decompress(body, { encoding, maxBytes: MAX_EVENT_BYTES }));
  if (!isObject(value) && !Array.isArray(value)) {
    throw new Undecodable(400, "security.unreadable", "the report is no JSON object or list");
  }
  return readSecurity(value, delivery);
}

/** Reads one report of the old form, or a list of the Reporting API's. */
export function readSecurity(value: unknown, delivery: Delivery): Decoded {
  const items = Array.isArray(value) ? value.slice(0, MAX_REPORTS) : [value];
  const reports: DecodedReport[] = [];
  const counts: Count[] = [];
  for (const item of items) {
    const read = isObject(item) ? readOne(item) : undefined;
    if (read === undefined) counts.push(damaged("security"));
    else if ("ignored" in read) counts.push(ignored(read.ignored));
    else reports.push(reportOf(read, { item: objectIn(item), delivery }));
  }
  return { reports, counts: addUp(counts) };
}

function readOne(item: Loose): Violation | { ignored: string } | undefined {
  for (const [name, read] of Object.entries(WRAPPED)) {
    if (isObject(item[name])) return read(item[name]);
  }
  if (item["known-pins"] !== undefined) return readPin(item, "PublicKeyPins");
  if (item.type === "csp-violation" && isObject(item.body)) return readCsp(item.body);
  // Network errors, deprecations and whatever else browsers report by themselves.
  return typeof item.type === "string" ? { ignored: "nel" } : undefined;
}

/** Both forms have the same in other words: `blocked-uri` and `blockedURL`. */
function readCsp(body: Loose): Violation | undefined {
  const directive = textIn(
    body["effective-directive"] ?? body.effectiveDirective ?? body["violated-directive"] ??
      body.violatedDirective,
  )?.split(" ", 1)[0];
  if (directive === undefined) return undefined;
  const blocked = originOf(body["blocked-uri"] ?? body.blockedURL ?? body.blockedURI);
  return {
    type: "ContentSecurityPolicy",
    message: `${directive} forbids ${blocked}`,
    key: ["csp", directive, blocked],
    body,
    page: body["document-uri"] ?? body.documentURL,
  };
}

function readPin(body: Loose, type: string): Violation | undefined {
  const host = textIn(body.hostname);
  if (host === undefined) return undefined;
  const message = `${type} failed for ${host}`;
  return { type, message, key: [type, host], body };
}

/** `https://evil.example` of an address in it; `inline`, `eval` and `data` are words. */
function originOf(blocked: unknown): string {
  const text = textIn(blocked, MAX_ADDRESS_CHARS)?.trim();
  // Browsers leave it empty for what stands in the page itself.
  if (text === undefined || text === "self" || text === "'self'") return "self";
  const url = URL.parse(text);
  if (url === null) return text.split(/[?#]/, 1)[0]!;
  return url.host === "" ? url.protocol.replace(/:$/, "") : `${url.protocol}//${url.host}`;
}

function reportOf(
  { type, message, key, body, page }: Violation,
  { item, delivery }: { item: Loose; delivery: Delivery },
): DecodedReport {
  const address = textIn(page ?? item.url, MAX_ADDRESS_CHARS);
  const url = address === undefined ? null : URL.parse(address);
  const userAgent = textIn(item.user_agent) ?? delivery.userAgent;
  const report = compact<Report>({
    svc_name: serviceOf(delivery),
    level: "ERROR",
    error: { type, message: cut(message, MAX_ADDRESS_CHARS) },
    handled: true,
    release: delivery.release,
    environment: delivery.environment,
    path: url === null ? address : url.pathname + url.search,
    headers: userAgent === undefined ? undefined : { "user-agent": userAgent },
    attrs: { fingerprint: key, report: shorten(body, BODY) },
  });
  return compact<DecodedReport>({ report, timeMs: timeOf(item, body, delivery) });
}

/** The Reporting API says how old a report is, in milliseconds; pins have a time. */
function timeOf(item: Loose, body: Loose, { receivedMs }: Delivery): number | undefined {
  const ageMs = numberIn(item.age);
  if (ageMs !== undefined && ageMs >= 0) return receivedMs - ageMs;
  return timeIn(body["date-time"]);
}
