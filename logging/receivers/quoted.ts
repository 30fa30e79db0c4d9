/** A receiver's own words, as they may stand in a log: it may repeat what is secret of its address. */
import { cut } from "../../store/limits.ts";
import { oneLine } from "../../store/one_line.ts";

const MAX_QUOTED_CHARS = 200;
/** Shorter parts of an address stand in every other word. */
const MIN_SECRET_CHARS = 4;

/** Parts of paths that everyone knows. */
const KNOWN =
  /^(services|workflows|triggers|hooks?|api|v\d+|webhooks|sendMessage|manual|paths|invoke|powerautomate|automations|direct)$/i;

/** The first line, without the secrets, cut. */
export function quoted(words: string, secrets: readonly string[]): string {
  let text = words;
  for (const secret of secrets) text = text.replaceAll(secret, "[redacted]");
  const line = text.split(/[\r\n]/).map((line) => line.trim()).find((line) => line !== "") ?? "";
  return cut(oneLine(line), MAX_QUOTED_CHARS);
}

/** What of an address opens its channel, as it is written and as it is meant; the longest first. */
export function secretsOf(url: URL): string[] {
  const { href, username, password, pathname, searchParams } = url;
  const parts = [
    username,
    password,
    ...pathname.split("/").filter((part) => !KNOWN.test(part)).flatMap((part) => [
      part,
      // Of Telegram's "botID:TOKEN" each alone.
      ...part.replace(/^bot/, "").split(":"),
    ]),
    ...Array.from(searchParams, ([name, value]) => name === "api-version" ? "" : value),
  ];
  return [...new Set([href, ...parts.flatMap((part) => [part, decoded(part)])])]
    .filter((part) => part.length >= MIN_SECRET_CHARS)
    .sort((a, b) => b.length - a.length);
}

/** As `URL` keeps it, a lone "%" may stand in it. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
