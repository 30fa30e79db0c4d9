import {
  breadcrumbLines,
  type ErrorDetail,
  type LogRecord,
  saidBeside,
  stackWithSource,
} from "../../logging/mod.ts";
import { shareTexts } from "../../store/facets/share_texts.ts";
import { REDACTED } from "../../store/limits.ts";
import { causesOf } from "./frames.ts";
import { factsIn, plain, plainLine, plainValue } from "../parts/plain.ts";

const METHOD = /^[A-Z]{1,16}$/;
/** Their input is the query, which the path already has. */
const WITHOUT_BODY = /^(?:GET|HEAD|DELETE)$/;
/** Control and bidi characters, which must not reach a terminal. */
// deno-lint-ignore no-control-regex -- these are what we look for
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const MAX_CURL_CHARS = 32 * 1024;

export function toMarkdown(error: ErrorDetail, record: LogRecord): string {
  const facts = [
    ["Where", error.location],
    ["Service", record.svc_name],
    ["Request", record.method && `${record.method} ${record.path ?? record.route ?? ""}`],
    ["Status", record.status],
    ["Release", record.release],
    ["Environment", record.environment],
    ["User", record.user && factsIn(record.user)],
    ["Instance", record.reported && record.instance],
    ["Tags", record.tags && factsIn(record.tags)],
    ["Seen", `${error.count} times, first ${error.first_seen}, last ${error.last_seen}`],
    ...shareTexts(error).map(([name, text]) => [capital(inline(name)), text]),
    ["error_id", record.error_id],
    ["request_id", record.request_id],
    ["trace_id", record.trace_id],
    ["event_id", record.event_id],
  ].filter(([, value]) => value !== undefined && value !== "");
  const said = saidBeside(record);
  const parts = [
    `# ${inline(error.type)}: ${inline(error.message)}`,
    facts.map(([name, value]) => `- ${name}: ${inline(String(value))}`).join("\n"),
    ...said === undefined ? [] : [`## Message\n\n${fenced(said)}`],
    ...causesOf(record.error).map((cause, depth) =>
      `${depth === 0 ? "## Stack" : "## Caused by"}\n\n${
        fenced(stackWithSource(cause) ?? `${cause.type}: ${cause.message}`)
      }`
    ),
  ];
  if (record.breadcrumbs !== undefined) {
    parts.push(
      `## Before it happened\n\n${fenced(breadcrumbLines(record.breadcrumbs).join("\n"))}`,
    );
  }
  if (record.headers !== undefined) {
    parts.push(`## Headers\n\n${fenced(plainValue(record.headers))}`);
  }
  if (record.input !== undefined) parts.push(`## Input\n\n${fenced(plainValue(record.input))}`);
  if (record.output !== undefined) parts.push(`## Answer\n\n${fenced(plainValue(record.output))}`);
  return parts.join("\n\n") + "\n";
}

/** A command that repeats the request; undefined for a record without one of ours. Secrets stay redacted. */
export function toCurl(record: LogRecord, origin: string): string | undefined {
  const { method, path, input } = record;
  if (method === undefined || path === undefined || !METHOD.test(method)) return undefined;
  // Another service answered it.
  if (record.reported) return undefined;
  const body = input === undefined || WITHOUT_BODY.test(method)
    ? undefined
    : typeof input === "string"
    ? input
    : JSON.stringify(input);
  const parts = [
    // With -X HEAD, curl would wait for a body.
    `curl -i ${method === "HEAD" ? "--head" : `-X ${method}`} ${quote(origin + path)}`,
    ...(body === undefined
      ? []
      : [`-H 'content-type: application/json'`, `--data-raw ${quote(body)}`]),
  ];
  const command = parts.join(" \\\n  ");
  if (command.length > MAX_CURL_CHARS) return undefined;
  return command.includes(REDACTED) || command.includes(encodeURIComponent(REDACTED))
    ? `# Replace [redacted] with your own secrets.\n${command}`
    : command;
}

/** For bash and zsh: single quotes, or `$'…'` where a character could act on the terminal. */
function quote(text: string): string {
  const wellFormed = text.toWellFormed();
  if (wellFormed.search(UNSAFE) < 0) return `'${wellFormed.replaceAll("'", `'\\''`)}'`;
  const escaped = wellFormed.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replace(
    UNSAFE,
    escape,
  );
  return `$'${escaped}'`;
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function inline(text: string): string {
  return plainLine(text).replace(/[\\`*_[\]<>|#]/g, (sign) => `\\${sign}`);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const shown = plain(text);
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${shown}\n${fence}`;
}
