/**
 * What parts of a page are made of, as hono/jsx has it.
 *
 * @module
 */

/** Markup whose texts are escaped. */
export type Markup = string & {
  /** Set by hono/jsx alone. */
  isEscaped: true;
};

/** What a part of a page gives back. */
export type Html = Markup | Promise<Markup>;

/** What may stand inside a part: texts are escaped there. */
export type Child = Html | string | number | boolean | null | undefined | Child[];
