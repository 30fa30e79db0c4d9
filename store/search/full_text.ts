/**
 * Full text, the one thing of which the two engines have nothing in common: FTS5 on SQLite, `tsvector` on PostgreSQL.
 *
 * PostgreSQL's own parser takes addresses, paths and versions for single words, so that `carts` would not find `/carts/42`. Its
 * words are therefore split here, as SQLite's `unicode61` does it: letters, digits and private-use characters make words,
 * everything else parts them; case and diacritics do not count. Both engines find the same.
 */
import type { Engine, Statement } from "../drivers/database.ts";
import type { EventKey } from "../errors/events.ts";
import { eventIdIn } from "../ids.ts";
import { MAX_MATCHES } from "../store.ts";
import { exactWord, mayBeId, type Term } from "./words.ts";

/** The errors of the newest occurrences that match. Values: what {@linkcode matchTerms} gives. */
export const OCCURRENCES_BY_WORDS: Record<Engine, string> = {
  sqlite: `
    select error from occurrences where id in (
      select rowid from occurrences_words where occurrences_words match $1
      order by rowid desc limit ${MAX_MATCHES}
    )`,
  postgres: `
    select error from holdfast.occurrences where words @@ $1::tsquery
    order by id desc limit ${MAX_MATCHES}`,
};

/** PostgreSQL's index knows no places of words: it looks for a phrase in so many of the newest rows that have all of its words. */
const MAX_PHRASE_ROWS = 10 * MAX_MATCHES;

/** The same for a match with phrases: rows that have only their words are read one by one. */
const OCCURRENCES_BY_PHRASES = `
  select error from (
    select id, error, words from holdfast.occurrences
    where words @@ replace($1::text, '<->', '&')::tsquery
    order by id desc limit ${MAX_PHRASE_ROWS}
  ) as candidates where words @@ $1::text::tsquery
  order by id desc limit ${MAX_MATCHES}`;

/** The statement for a match. */
export function occurrencesBy(engine: Engine, match: string): string {
  const hasPhrase = engine === "postgres" && match.includes("<->");
  return hasPhrase ? OCCURRENCES_BY_PHRASES : OCCURRENCES_BY_WORDS[engine];
}

export interface NewOccurrence {
  error: number;
  /** Milliseconds since 1970. */
  time: number;
  error_id: string;
  line: string;
  words: string;
  /** Of a client's event. */
  event?: EventKey | undefined;
}

export function keepOccurrences(engine: Engine, rows: readonly NewOccurrence[]): Statement[] {
  if (engine === "sqlite") return rows.flatMap(keepInSqlite);
  const sql = `insert into holdfast.occurrences (
      error, time, error_id, line, words, event_id, event_service
    )
    select error, time, error_id, line, words::tsvector, event_id, event_service from unnest(
      $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]
    ) as given (error, time, error_id, line, words, event_id, event_service)`;
  const values = [
    rows.map(({ error }) => error),
    rows.map(({ time }) => time),
    rows.map(({ error_id }) => error_id),
    rows.map(({ line }) => line),
    rows.map(({ words }) => vectorOf(words)),
    rows.map(({ event }) => event?.id ?? null),
    rows.map(({ event }) => event?.service ?? null),
  ];
  return [{ sql, values }];
}

function keepInSqlite(
  { error, time, error_id, line, words, event }: NewOccurrence,
): Statement[] {
  return [
    {
      sql: `insert into occurrences (error, time, error_id, line, event_id, event_service)
        values ($1, $2, $3, $4, $5, $6)`,
      values: [error, time, error_id, line, event?.id ?? null, event?.service ?? null],
    },
    {
      sql: "insert into occurrences_words (rowid, words) values (last_insert_rowid(), $1)",
      values: [words],
    },
  ];
}

export function changeOccurrence(
  engine: Engine,
  id: number,
  { time, line, words }: Pick<NewOccurrence, "time" | "line" | "words">,
): Statement[] {
  if (engine === "postgres") {
    return [{
      sql:
        `update holdfast.occurrences set time = $2, line = $3, words = $4::tsvector where id = $1`,
      values: [id, time, line, vectorOf(words)],
    }];
  }
  return [
    { sql: "update occurrences set time = $2, line = $3 where id = $1", values: [id, time, line] },
    { sql: "delete from occurrences_words where rowid = $1", values: [id] },
    { sql: "insert into occurrences_words (rowid, words) values ($1, $2)", values: [id, words] },
  ];
}

/** No accents to take off, and private-use characters are those of `exactWord` alone. */
const IS_PLAIN = /^[\0-\x7f\uE000-\uE07F]*$/;
const PLAIN_WORD = /[a-z0-9\uE000-\uE07F]+/g;
const ANY_WORD = /[\p{L}\p{N}\p{Co}]+/gu;

/** PostgreSQL takes 2046 bytes a word; no UTF-16 unit is more than three in UTF-8. */
const MAX_WORD_UNITS = 500;

interface Grammar {
  and: string;
  or: string;
  /** One term of a person may be several words of the index (`foo-bar`): they must follow one another. */
  phrase: (text: string) => string;
  prefix: string;
}

const GRAMMARS: Record<Engine, Grammar> = {
  // In a quoted string FTS5 knows one special character: the quote.
  sqlite: {
    and: " AND ",
    or: " OR ",
    phrase: (text) => `"${text.replaceAll('"', '""')}"`,
    prefix: "*",
  },
  postgres: {
    and: " & ",
    or: " | ",
    phrase: (text) => lexemesOf(text).join(" <-> "),
    prefix: ":*",
  },
};

/** A query that finds what has all of these terms but those that are excluded: at least one. */
export function matchTerms(engine: Engine, terms: readonly Term[]): string {
  return terms.filter(({ isExcluded }) => !isExcluded).map((term) => matchOf(engine, term))
    .join(GRAMMARS[engine].and);
}

/** A query that finds what of this has one of the excluded terms: at least one. */
export function matchExcluded(engine: Engine, terms: readonly Term[]): string {
  const { and, or } = GRAMMARS[engine];
  const excluded = terms.filter(({ isExcluded }) => isExcluded)
    .map((term) => matchOf(engine, term));
  return [matchTerms(engine, terms), `(${excluded.join(or)})`].filter(Boolean).join(and);
}

function matchOf(engine: Engine, term: Term): string {
  const { or, phrase, prefix } = GRAMMARS[engine];
  const { text, isBeginning } = term;
  const typed = `(${phrase(text)}${isBeginning ? prefix : ""})`;
  // An event's id is found with its dashes, too.
  const ids = new Set(mayBeId(term) ? [text, eventIdIn(text) ?? text] : []);
  const wholes = [...ids].map((id) => or + phrase(exactWord("id", id))).join("");
  return wholes === "" ? typed : `(${typed}${wholes})`;
}

/** A `tsvector`: each word with its place. Words hold nothing that would have to be quoted. */
function vectorOf(text: string): string {
  return lexemesOf(text).map((lexeme, i) => `${lexeme}:${i + 1}`).join(" ");
}

function lexemesOf(text: string): string[] {
  const words = IS_PLAIN.test(text)
    ? text.toLowerCase().match(PLAIN_WORD)
    : text.toWellFormed().normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase().match(ANY_WORD);
  return (words ?? []).map((word) => word.slice(0, MAX_WORD_UNITS));
}
