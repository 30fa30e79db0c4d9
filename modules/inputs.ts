/** Input shapes that several modules share. */
import * as v from "valibot";
import {
  MAX_DAYS,
  MAX_NAME_CHARS,
  MAX_NOTE_CHARS,
  MAX_PAGE_ROWS,
  MAX_SEARCH_CHARS,
  MAX_SEARCH_TAGS,
} from "../store/limits.ts";
import { readTime } from "./iso_time.ts";

const DEFAULT_PAGE_ROWS = 25;

/** A number of rows up to 100, as a number or as the digits a query carries. */
export function rows({ min, byDefault }: { min: number; byDefault: number }) {
  const bound = `must be ${min} to ${MAX_PAGE_ROWS}`;
  return v.optional(
    v.pipe(
      v.union([v.number(), v.string()]),
      // For openapi.json: what the pipe comes to, in place of the two types it begins with.
      v.metadata({ anyOf: undefined, type: "integer", minimum: min, maximum: MAX_PAGE_ROWS }),
      v.transform((value) =>
        typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value
      ),
      v.number("must be a whole number"),
      v.integer("must be a whole number"),
      v.minValue(min, bound),
      v.maxValue(MAX_PAGE_ROWS, bound),
    ),
    byDefault,
  );
}

/** An age in days, as a number or as the digits a query carries. */
export const days = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((value) => typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
  v.number("must be a whole number"),
  v.integer("must be a whole number"),
  v.minValue(1, `must be 1 to ${MAX_DAYS}`),
  v.maxValue(MAX_DAYS, `must be 1 to ${MAX_DAYS}`),
);

/** A whole number in JSON. */
export function wholeNumber(min: number, max: number) {
  const bound = `must be a whole number from ${min} to ${max}`;
  return v.pipe(v.number(bound), v.integer(bound), v.minValue(min, bound), v.maxValue(max, bound));
}

/** Whether Holdfast's own records are wanted. */
export const own = v.pipe(
  v.union([v.boolean(), v.picklist(["true", "false"])], "must be true or false"),
  v.metadata({
    anyOf: undefined,
    type: "boolean",
    description:
      "false leaves out Holdfast's own records: its messages, and requests to its board, its API and its probes; " +
      "not its failures.",
  }),
  v.transform((value) => String(value) === "true"),
);

export const limit = rows({ min: 1, byDefault: DEFAULT_PAGE_ROWS });

export const ids = v.pipe(
  v.array(v.string()),
  v.minLength(1, `must be 1 to ${MAX_PAGE_ROWS} ids`),
  v.maxLength(MAX_PAGE_ROWS, `must be 1 to ${MAX_PAGE_ROWS} ids`),
);

/** The same in a query: separated by commas. */
export const idsInQuery = v.pipe(
  v.string(),
  v.metadata({ minLength: 1, description: `1 to ${MAX_PAGE_ROWS} ids, separated by commas.` }),
  v.transform((text) => text.split(",")),
  ids,
);

export function text(maxChars: number) {
  return v.pipe(v.string(), v.maxLength(maxChars, `must be at most ${maxChars} characters`));
}

/** The name of a service, a release, an environment. */
export const name = v.pipe(text(MAX_NAME_CHARS), v.nonEmpty("must not be empty"));
export const note = text(MAX_NOTE_CHARS);
export const cursor = v.optional(v.string());
export const words = text(MAX_SEARCH_CHARS);

/** What a person searches for: see search.ts. */
export const search = v.pipe(
  words,
  v.metadata({
    description: 'Words that must all occur, `"a phrase"`, and words that must not: `-word`, ' +
      '`-"a phrase"`. Fields may be named: `svc_name:shop`.',
  }),
);

const tag = v.pipe(words, v.includes(":", "must be name:value"));
const tags = v.pipe(
  v.array(tag),
  v.maxLength(MAX_SEARCH_TAGS, `must be at most ${MAX_SEARCH_TAGS} tags`),
);
/** What lists of errors and of log records filter by. */
export const facets = {
  environment: v.optional(words),
  user: v.optional(words),
  tag: v.optional(v.union([tag, tags], `must be name:value, at most ${MAX_SEARCH_TAGS} times`)),
};

/** A moment as ISO 8601, as it came. */
export const isoTime = v.pipe(
  v.string(),
  v.metadata({ format: "date-time", description: "ISO 8601; a date alone is taken as well." }),
  v.check((text) => readTime(text) !== undefined, "must be a time as ISO 8601"),
);

/** A moment as ISO 8601, read as milliseconds since 1970. */
export const moment = v.pipe(isoTime, v.transform((text) => readTime(text)!));
