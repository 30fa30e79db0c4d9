/** The address of a new issue elsewhere, with a title and a body that say what is known of an error. */
import type { ErrorDetail, LogRecord } from "../../logging/mod.ts";
import { toMarkdown } from "./exports.ts";
import { plainLine } from "../parts/plain.ts";

/** GitHub and proxies refuse longer addresses. */
const MAX_ADDRESS_CHARS = 8_000;
const MAX_TITLE_CHARS = 200;
/** What GitHub and GitLab read as a person, an issue or a request; titles and fences are left alone. */
const MENTION = /([@#!])(?=[\p{L}\p{N}_])/gu;
/** Takes no room, and stands between a sign and its name. */
const WORD_JOINER = "\u2060";
const FENCE = /^`{3,}/;

export interface IssueOptions {
  /** `ISSUES_URL` */
  issuesUrl: string;
  error: ErrorDetail;
  record: LogRecord;
  /** The address of the error's page. */
  link: string;
}

/** What the request held stays here: an address is kept in histories and in other people's logs. */
export function newIssueAddress({ issuesUrl, error, record, link }: IssueOptions): string {
  const address = formOf(new URL(issuesUrl));
  const [title, body] = address.pathname.includes("/-/")
    ? ["issue[title]", "issue[description]"]
    : ["title", "body"];
  address.searchParams.set(
    title,
    plainLine(`${error.type}: ${error.message}`, MAX_TITLE_CHARS),
  );
  const { user: _user, headers: _headers, input: _input, output: _output, ...rest } = record;
  const lines = withoutMentions(toMarkdown(error, rest as LogRecord)).split("\n");
  const roomChars = MAX_ADDRESS_CHARS - address.href.length - `&${body}=`.length;
  address.searchParams.set(body, fitting(lines, { link, roomChars }));
  return address.href;
}

/** Of a repository of GitHub or GitLab, or of its list of issues, the form for a new one. */
function formOf(address: URL): URL {
  const { hostname, pathname } = address;
  const repository = /^\/[^/]+\/[^/]+(?:\/(?!issues)[^/]+)*(?=(?:\/-)?(?:\/issues)?\/?$)/.exec(
    pathname,
  )?.[0];
  if (repository === undefined) return address;
  const made = new URL(address);
  if (hostname === "github.com") made.pathname = `${repository}/issues/new`;
  if (hostname === "gitlab.com") made.pathname = `${repository}/-/issues/new`;
  return made;
}

/** As many of the first lines as there is room for, encoded; a fence that is cut is closed. */
function fitting(
  lines: readonly string[],
  { link, roomChars }: { link: string; roomChars: number },
): string {
  const where = `\n\n${link}`;
  const more = `\n\nThere is more at ${link}`;
  const whole = lines.join("\n").trimEnd() + where;
  if (encodedChars(whole) <= roomChars) return whole;
  const taken: string[] = [];
  let fence = "";
  let leftChars = roomChars - encodedChars(more);
  for (const line of lines) {
    const [mark] = FENCE.exec(line) ?? [];
    const after = mark === undefined ? fence : fence === "" ? mark : line === fence ? "" : fence;
    const chars = encodedChars(`${line}\n`);
    if (chars + encodedChars(after) > leftChars) break;
    taken.push(line);
    leftChars -= chars;
    fence = after;
  }
  if (fence !== "") taken.push(fence);
  return taken.join("\n").trimEnd() + more;
}

function encodedChars(text: string): number {
  return new URLSearchParams({ "": text }).toString().length - 1;
}

function withoutMentions(markdown: string): string {
  let fence = "";
  return markdown.split("\n").map((line) => {
    const [mark] = FENCE.exec(line) ?? [];
    if (mark !== undefined && (fence === "" || line === fence)) {
      fence = fence === "" ? mark : "";
      return line;
    }
    return fence === "" ? line.replace(MENTION, `$1${WORD_JOINER}`) : line;
  }).join("\n");
}
