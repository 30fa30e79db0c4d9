/** Which key a client of Sentry's sends, and where: in the query, or in one of two headers. */
import { readDsn } from "../intake/sentry/dsn.ts";
import { MAX_NAME_CHARS } from "../store/limits.ts";

/** What a request says of its sender. */
export interface SentryAuth {
  readonly key?: string | undefined;
  /** The client and its version: `sentry.javascript.node/11.12.0`. */
  readonly client?: string | undefined;
}

/** Names of the pairs, in the query as in the headers. */
const KEY = "sentry_key";
const CLIENT = "sentry_client";
const SCHEME = /^sentry\s+/i;
const BEARER = /^bearer\s+(\S+)\s*$/i;
const DSN = /^dsn\s+(\S+)\s*$/i;

/** The first place that names a key counts; clients name it in one. */
export function readSentryAuth({ url, headers }: Request): SentryAuth {
  const query = fromQuery(url);
  const pairs = fromPairs(headers.get("x-sentry-auth"));
  const authorization = headers.get("authorization")?.trim() ?? "";
  const key = query.key ?? pairs.key ?? fromAuthorization(authorization);
  const client = query.client ?? pairs.client ?? headers.get("user-agent") ?? undefined;
  return { key, client: client?.slice(0, MAX_NAME_CHARS) };
}

function fromQuery(url: string): SentryAuth {
  const at = url.indexOf("?");
  if (at < 0) return {};
  const query = new URLSearchParams(url.slice(at));
  return { key: query.get(KEY) || undefined, client: query.get(CLIENT) || undefined };
}

/** `Sentry sentry_version=7, sentry_key=…`: the parts in any order, with spaces between them or without. */
function fromPairs(header: string | null): SentryAuth {
  if (header === null) return {};
  const pairs = new Map<string, string>();
  for (const part of header.trim().replace(SCHEME, "").split(",")) {
    const at = part.indexOf("=");
    if (at < 0) continue;
    const value = part.slice(at + 1).trim().replace(/^"(.*)"$/, "$1");
    if (value !== "") pairs.set(part.slice(0, at).trim().toLowerCase(), value);
  }
  return { key: pairs.get(KEY), client: pairs.get(CLIENT) };
}

function fromAuthorization(header: string): string | undefined {
  if (SCHEME.test(header)) return fromPairs(header).key;
  const dsn = DSN.exec(header)?.[1];
  return dsn === undefined ? BEARER.exec(header)?.[1] : readDsn(dsn)?.key;
}
