/** What full-text search sees of a record, and what it makes of a person's words. */
import { stackText } from "../grouping/stack_lines.ts";
import type { ErrorInfo, LogRecord } from "../record.ts";
import type { Entry, Group } from "../store.ts";

/** Longer parts (an input, a stack) are searchable up to here, in UTF-16 units. */
const MAX_PART_CHARS = 4000;

/** Further terms of a query are ignored. */
const MAX_QUERY_TERMS = 32;

/** Longer words of a query are cut. */
const MAX_WORD_CHARS = 256;

/** The beginning of every tenth word: not looked for as such, because it costs most and finds least. */
const TOO_SHORT = /^[!-~]{1,2}$/;

/** What a request id or an occurrence's id can look like. */
const ID_SHAPE = /^[\w.-]{1,128}$/;

/** Sets what was written as data apart from what the store itself writes into the index. */
const PRIVATE_USE = 0xe000;

/** Every character that {@linkcode exactWord} can write besides a-z and 0-9. */
export const PRIVATE_CHARACTERS: RegExp = /[\uE000-\uE07F]+/g;

/** Values in which only the hyphen has to be written another way. */
const PLAIN_VALUE = /^[a-z0-9-]+$/;
const HYPHEN = inPrivate("-");

/** What a field's words begin with. */
const FIELD_WORDS = {
  id: "id" + inPrivate("="),
  level: "level" + inPrivate("="),
  route: "route" + inPrivate("="),
  svc_name: "svcname" + inPrivate("="),
} as const;

/** A JSON escape: its letters must not stick to the word that follows. */
const JSON_ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;

/** The fields that are found by their whole value. A request's and an occurrence's ids share one. */
export type ExactField = "id" | "level" | "route" | "svc_name";

/** The searchable text of one record with its whole values: what an index of words is given. */
export function wordsOf({ record, group }: Entry): string {
  return textOf(record, group) + exactWords(record);
}

/** The searchable text of one record: what a person remembers of it, without field names. */
export function textOf(
  record: LogRecord,
  group?: Pick<Group, "type" | "title" | "location">,
): string {
  const parts = [
    record.message,
    record.svc_name,
    record.module ?? "",
    record.method ?? "",
    record.path ?? "",
  ];
  if (record.input !== undefined) parts.push(jsonWords(record.input));
  if (record.output !== undefined) parts.push(jsonWords(contentOf(record.output)));
  if (record.attrs !== undefined) parts.push(jsonWords(record.attrs));
  if (record.release !== undefined) parts.push(record.release);
  if (record.environment !== undefined) parts.push(record.environment);
  if (record.user !== undefined) parts.push(jsonWords(record.user));
  if (record.tags !== undefined) parts.push(jsonWords(record.tags));
  if (record.headers !== undefined) parts.push(jsonWords(record.headers));
  if (record.breadcrumbs !== undefined) parts.push(jsonWords(record.breadcrumbs));
  if (record.trace_id !== undefined) parts.push(record.trace_id);
  for (let error = record.error; error !== undefined; error = error.cause) {
    parts.push(errorWords(error));
  }
  if (group !== undefined) parts.push(group.type, group.title, group.location);
  return parts.join(" ").replace(PRIVATE_CHARACTERS, " ");
}

/**
 * One word that stands for a field's whole value. It is made of a-z, 0-9 and private-use characters,
 * which tokenizers keep together and which {@linkcode wordsOf} takes out of everybody's text: nothing
 * that is logged can pass for it.
 */
export function exactWord(field: ExactField, value: string): string {
  // Most are UUIDs, one a request: the long way costs four times as much.
  const word = PLAIN_VALUE.test(value)
    ? value.replaceAll("-", HYPHEN)
    : encodeURIComponent(value.toWellFormed()).replace(/[^a-z0-9]/g, inPrivate);
  return FIELD_WORDS[field] + word;
}

function inPrivate(character: string): string {
  return String.fromCharCode(PRIVATE_USE + character.charCodeAt(0));
}

/** What a person looks for: words that follow one another. */
export interface Term {
  text: string;
  /** Whether its last word may be the beginning of one. */
  isBeginning: boolean;
  /** What has it is not looked for. */
  isExcluded: boolean;
}

/**
 * A search in words: `word`, `"a phrase"`, in which a quote is written twice, and either after a minus. A quote that is left open
 * and a minus that stands alone or before another one are part of the text.
 */
const TERM = /(?:(-)(?=[^\s-]))?(?:"((?:[^"]|"")*)"|(\S+))/g;

/**
 * The terms of a person's search, each to be found as it stands; undefined when there is nothing to look for, an empty list when
 * the text holds no word that could ever be found (`***`). The last word outside of quotes may be the beginning of one.
 */
export function queryTerms(q: string | undefined): Term[] | undefined {
  if (q === undefined || q.trim() === "") return undefined;
  const typed = q.toWellFormed().replaceAll("\0", " ").replace(PRIVATE_CHARACTERS, " ");
  const terms = Array.from(typed.matchAll(TERM), ([, minus, quoted, bare = ""]) => ({
    text: quoted === undefined
      ? bare.slice(0, MAX_WORD_CHARS).toWellFormed()
      : unquoted(quoted).trim().replace(/\s+/g, " "),
    isWord: quoted === undefined,
    isExcluded: minus !== undefined,
  })).filter(({ text }) => /[\p{L}\p{N}]/u.test(text)).slice(0, MAX_QUERY_TERMS);
  const last = terms.findLastIndex(({ isWord, isExcluded }) => isWord && !isExcluded);
  return terms.map(({ text, isExcluded }, i) => ({
    text,
    isBeginning: i === last && !TOO_SHORT.test(text),
    isExcluded,
  }));
}

/** Whether a search says only what it does not look for. */
export function isOnlyExcluding(q: string | undefined): boolean {
  const terms = queryTerms(q) ?? [];
  return terms.length > 0 && terms.every(({ isExcluded }) => isExcluded);
}

/** What stands between two quotes. */
export function unquoted(text: string): string {
  return text.replaceAll('""', '"');
}

/** Whether a term may be the id of a request, an occurrence or an event: it is looked up whole, too. */
export function mayBeId({ text }: Term): boolean {
  return ID_SHAPE.test(text);
}

/** Of an envelope what it wraps: its other keys are fields of the record already, and each word costs at every request. */
function contentOf(output: unknown): unknown {
  const isEnvelope = typeof output === "object" && output !== null && "content_status" in output;
  return isEnvelope && "content" in output ? output.content : output;
}

function errorWords(error: ErrorInfo): string {
  const { type, code = "", message } = error;
  return `${type} ${code} ${message} ${stackText(error)?.slice(0, MAX_PART_CHARS) ?? ""}`;
}

function jsonWords(value: unknown): string {
  if (typeof value === "string") return value.slice(0, MAX_PART_CHARS);
  return (JSON.stringify(value) ?? "").slice(0, MAX_PART_CHARS).replace(JSON_ESCAPE, " ");
}

function exactWords(record: LogRecord): string {
  let words = ` ${rememberedWord("level", record.level)} ${
    rememberedWord("svc_name", record.svc_name)
  }`;
  if (record.route !== undefined) words += ` ${rememberedWord("route", record.route)}`;
  if (record.request_id !== undefined) words += ` ${exactWord("id", record.request_id)}`;
  if (record.error_id !== undefined) words += ` ${exactWord("id", record.error_id)}`;
  if (record.event_id !== undefined) words += ` ${exactWord("id", record.event_id)}`;
  return words;
}

/** Levels, services and routes are few and come again with every record. */
const remembered = new Map<string, string>();
const MAX_REMEMBERED = 1000;

function rememberedWord(field: ExactField, value: string): string {
  const name = `${field}=${value}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  // A caller who invents a new service name each time must not fill the memory.
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const word = exactWord(field, value);
  remembered.set(name, word);
  return word;
}
