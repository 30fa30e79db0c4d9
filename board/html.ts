/** Markup whose texts are escaped, as hono/jsx has it. */
export type Markup = string & {
  isEscaped: true;
};

export type Html = Markup | Promise<Markup>;

/** Content of an element: texts are escaped there. */
export type Child = Html | string | number | boolean | null | undefined | Child[];
