/**
 * Which lines a search is for. Three sieves, the cheap ones first: the filters of blocks, the header and the bare text of a line,
 * and the record itself, which decides.
 */
import { LEVELS, type LogRecord } from "../record.ts";
import { cleanText } from "../errors/rows.ts";
import type { FacetFilters, LogQuery } from "../store.ts";
import { tagsIn } from "../facets/filter.ts";
import { exactWord, mayBeId, queryTerms, type Term, textOf } from "../search/words.ts";
import { decode } from "./codec.ts";
import { type Probe, probeExact, probesOf } from "./filter.ts";
import { fold, lexemesOf } from "./lexemes.ts";
import { type Line, type LineGroup, linesWith, readLine, splitLines } from "./lines.ts";

/** Further words of a search are not asked of the filters. */
const MAX_PROBES = 8;

/** How a record says that it is Holdfast's own; another's data may hold it too. */
const OWN_MARK = '"own":true';

/** Place in {@linkcode LEVELS} from which on nothing is left out as Holdfast's own. */
const FAILURE = LEVELS.indexOf("ERROR");

/** What a line is asked for. */
type LineQuery =
  & Pick<LogQuery, "q" | "svc_name" | "route" | "level" | "request_id" | "own" | keyof FacetFilters>
  & { error_id?: string; event_id?: string };

/** A term, which may be several words here (`foo-bar`): they must follow one another. */
interface Phrase extends Term {
  lexemes: string[];
}

export class Matcher {
  /** The only service that is asked for. */
  readonly service: string | undefined;
  /** What a block's filter is asked: all of these. The rarest words, as far as can be told, first. */
  readonly probes: readonly Probe[];
  readonly #query: LineQuery;
  readonly #route: string | undefined;
  /** Place in {@linkcode LEVELS} of the mildest that is asked for. */
  readonly leastLevel: number;
  readonly #phrases: readonly Phrase[];
  readonly #excluded: readonly Phrase[];
  readonly #needles: readonly string[];
  /** Of each tag that is asked for, what its name and value may be. */
  readonly #tags: readonly (readonly [name: string, value: string][])[];
  readonly #canMatch: boolean;

  constructor(query: LineQuery) {
    const terms = queryTerms(query.q);
    const phrases = (terms ?? []).map((term) => ({ ...term, lexemes: lexemesOf(term.text) }));
    this.#query = query;
    this.service = query.svc_name === undefined ? undefined : cleanText(query.svc_name);
    this.#route = query.route?.toWellFormed();
    this.leastLevel = LEVELS.indexOf(query.level ?? "DEBUG");
    this.#phrases = phrases.filter(({ isExcluded }) => !isExcluded);
    this.#excluded = phrases.filter(({ isExcluded, lexemes }) => isExcluded && lexemes.length > 0);
    this.#canMatch = terms?.length !== 0 &&
      this.#phrases.every(({ lexemes }) => lexemes.length > 0);
    const ids = [query.request_id, query.error_id, query.event_id]
      .filter((id) => id !== undefined);
    this.#tags = [query.tag ?? []].flat().map(tagsIn);
    // All of them stand in the line, whichever part of a tag is its name.
    const texts = [...ids, query.environment, query.user, query.tag].flat()
      .filter((text) => text !== undefined);
    const sought = [...this.#phrases.map(({ lexemes }) => lexemes), ...texts.map(lexemesOf)].flat();
    this.#needles = sought.toSorted((a, b) => b.length - a.length);
    this.probes = this.#probes(texts);
  }

  /** False: no line matches. */
  get canMatch(): boolean {
    return this.#canMatch;
  }

  /** True: every line matches. */
  get isEverything(): boolean {
    return this.#canMatch && this.#needles.length === 0 && this.service === undefined &&
      this.#route === undefined && this.leastLevel === 0 &&
      this.#excluded.length === 0 && !this.#leavesOutOwn && !this.#asksFields;
  }

  /** The lines of a text from `joinLines()`, those at least that match: where words are asked for, those that hold them. */
  linesOf(bytes: Uint8Array): Line[] {
    const text = decode(bytes);
    if (this.#needles.length === 0) return splitLines(text);
    const isPlain = text.length === bytes.length;
    const numbers = linesWith(isPlain ? text.toLowerCase() : fold(text), this.#needles);
    return numbers.size === 0 ? [] : splitLines(text, numbers);
  }

  /** Whether the query is for this line. */
  matches(line: Line): boolean {
    if (line.level < this.leastLevel) return false;
    if (this.service !== undefined && line.service !== this.service) return false;
    if (this.#route !== undefined && line.route !== this.#route) return false;
    if (!this.#needsText) return true;
    const mayBeOwn = this.#leavesOutOwn && line.level < FAILURE && line.text.includes(OWN_MARK);
    const folded = this.#needles.length + this.#excluded.length > 0 ? fold(line.text) : "";
    if (!this.#needles.every((needle) => folded.includes(needle))) return false;
    const perhapsExcluded = this.#excluded
      .filter(({ lexemes }) => lexemes.every((lexeme) => folded.includes(lexeme)));
    if (!this.#needsRecord && !mayBeOwn && perhapsExcluded.length === 0) return true;
    const { record, group } = readLine(line.text);
    return !(mayBeOwn && record.own) && this.#hasIds(record) && this.#hasFacets(record) &&
      this.#hasWords(record, { group, perhapsExcluded });
  }

  get #needsText(): boolean {
    return this.#needsRecord || this.#leavesOutOwn || this.#excluded.length > 0;
  }

  get #leavesOutOwn(): boolean {
    return this.#query.own === false;
  }

  get #needsRecord(): boolean {
    return this.#phrases.length > 0 || this.#asksFields;
  }

  /** Whether fields are asked for that stand in the record alone. */
  get #asksFields(): boolean {
    const { request_id, error_id, event_id, environment, user } = this.#query;
    return this.#tags.length > 0 ||
      [request_id, error_id, event_id, environment, user].some((value) => value !== undefined);
  }

  #hasFacets({ environment, user = {}, tags = {} }: LogRecord): boolean {
    const query = this.#query;
    if (query.environment !== undefined && environment !== query.environment) return false;
    if (query.user !== undefined && !Object.values(user).includes(query.user)) return false;
    return this.#tags.every((one) =>
      one.some(([name, value]) => Object.hasOwn(tags, name) && tags[name] === value)
    );
  }

  #hasIds({ request_id, error_id, event_id }: LogRecord): boolean {
    const query = this.#query;
    if (query.event_id !== undefined && event_id !== query.event_id) return false;
    if (query.error_id !== undefined && error_id !== query.error_id) return false;
    return query.request_id === undefined || [request_id, error_id].includes(query.request_id);
  }

  #hasWords(
    record: LogRecord,
    { group, perhapsExcluded }: {
      group: LineGroup | undefined;
      perhapsExcluded: readonly Phrase[];
    },
  ): boolean {
    if (this.#phrases.length === 0 && perhapsExcluded.length === 0) return true;
    const lexemes = lexemesOf(textOf(record, group));
    const ids = [record.request_id, record.error_id, record.event_id];
    const has = (phrase: Phrase) =>
      isPhraseIn(phrase, lexemes) || mayBeId(phrase) && ids.includes(phrase.text);
    return this.#phrases.every(has) && !perhapsExcluded.some(has);
  }

  #probes(texts: readonly string[]): Probe[] {
    const words = this.#phrases.flatMap(({ lexemes, isBeginning }) =>
      isBeginning ? lexemes.slice(0, -1) : lexemes
    );
    const beginnings = this.#phrases.filter(({ isBeginning }) => isBeginning)
      .map(({ lexemes }) => lexemes.at(-1)!);
    const wholeValues = [
      ...this.#route === undefined ? [] : [exactWord("route", this.#route)],
      ...this.service === undefined ? [] : [exactWord("svc_name", this.service)],
    ];
    const byLength = [...words, ...texts.flatMap(lexemesOf)].toSorted((a, b) =>
      b.length - a.length
    );
    const probes = [
      ...byLength.map((word) => probesOf(word, { isBeginning: false })),
      ...beginnings.map((word) => probesOf(word, { isBeginning: true })),
    ];
    // Of each word the one that says most, then what makes it surer.
    return [
      ...probes.flatMap((ofWord) => ofWord.slice(0, 1)),
      ...wholeValues.map(probeExact),
      ...probes.flatMap((ofWord) => ofWord.slice(1)),
    ].slice(0, MAX_PROBES);
  }
}

function isPhraseIn({ lexemes: sought, isBeginning }: Phrase, lexemes: readonly string[]): boolean {
  const [first] = sought;
  const last = sought.length - 1;
  return lexemes.some((lexeme, at) =>
    (lexeme === first || (last === 0 && isBeginning && lexeme.startsWith(first!))) &&
    sought.every((word, i) => {
      const there = lexemes[at + i];
      return there === word || (i === last && isBeginning && there?.startsWith(word) === true);
    })
  );
}
