/**
 * The compared servers. All do the work of `work.mjs`.
 *
 * @module
 */

/** One server. */
export interface Variant {
  /** For `--variants`. */
  readonly id: string;
  /** For the tables. */
  readonly title: string;
  /** What runs it. */
  readonly runtime: "deno" | "node";
  /** Its module, beside this file, or the address of one in another checkout. */
  readonly module: string;
  /** Its last argument. */
  readonly log: string;
  /** Where its records are counted after a round; absent where it keeps none. */
  readonly records?: RecordPlace;
}

/** Where records are, and how they are counted. */
export interface RecordPlace {
  /** The SQLite file, the log files, or standard output. Several: each must have all. */
  readonly in: readonly ("store" | "file" | "stdout")[];
  /** In each line of a file that is a record of a request. */
  readonly mark: string;
}

const OURS = '"route":"/';

/** All of them; the first two are the control pair. */
export const VARIANTS: readonly Variant[] = [
  { id: "bare", title: "Hono, no log (A)", ...hono("off") },
  { id: "bare-again", title: "Hono, no log (A')", ...hono("off") },
  {
    id: "serve",
    title: "Deno.serve alone, Holdfast's headers and body",
    runtime: "deno",
    module: "deno/serve.ts",
    log: "off",
  },
  { id: "discard", title: "Holdfast, records discarded", ...holdfast("discard") },
  { id: "store", title: "Holdfast, SQLite store", ...holdfast("store"), ...kept("store") },
  {
    id: "file",
    title: "Holdfast, SQLite store and file",
    ...holdfast("file"),
    ...kept("store", "file"),
  },
  {
    id: "spill-all",
    title: "Holdfast, SQLite store, LOG_SPILL=all",
    ...holdfast("spill-all"),
    ...kept("store"),
  },
  {
    id: "hono-logger",
    title: "Hono, hono/logger to a file (no bodies)",
    ...hono("logger"),
    records: { in: ["stdout"], mark: "--> " },
  },
  { id: "empty", title: "Hono, an empty middleware", ...middleware("empty") },
  {
    id: "middleware-failures",
    title: "Hono, hf.middleware(), LOG_LEVEL=ERROR",
    ...middleware("failures"),
  },
  {
    id: "middleware",
    title: "Hono, hf.middleware(), SQLite store",
    ...middleware("store"),
    ...kept("store"),
  },
  {
    id: "sentry",
    title: "Hono, @sentry/hono, tracing off (failures only)",
    runtime: "deno",
    module: "node/sentry.mjs",
    log: "off",
  },
  { id: "fastify", title: "Fastify 5, no log", ...fastify("off") },
  {
    id: "fastify-worker",
    title: "Fastify 5, pino's worker to a file",
    ...fastify("worker"),
    ...kept("file"),
  },
  {
    id: "fastify-stdout",
    title: "Fastify 5, pino's default to a file",
    ...fastify("stdout"),
    ...kept("stdout"),
  },
  { id: "express", title: "Express 5, no log", ...express("off") },
  {
    id: "express-file",
    title: "Express 5, winston to a file",
    ...express("file"),
    ...kept("file"),
  },
];

/** The variant of this id. @throws {Error} when there is none. */
export function variant(id: string): Variant {
  const found = VARIANTS.find((one) => one.id === id);
  if (found) return found;
  const known = VARIANTS.map((one) => one.id).join(", ");
  throw new Error(`No variant is called ${id}; there are ${known}`);
}

/** The same server as it stands in another checkout of this project, where it is one of ours and such a checkout is given. */
export function withBefore(ids: readonly string[], before: string | undefined): Variant[] {
  return ids.map(variant).flatMap((one) => {
    const isOurs = one.module === "deno/holdfast.ts" || one.module === "deno/middleware.ts";
    if (before === undefined || !isOurs || one.id === "empty") return [one];
    const module = `${toFileUrl(before)}/bench/${one.module}`;
    return [{ ...one, id: `${one.id}-before`, title: `${one.title}, before`, module }, one];
  });
}

function toFileUrl(folder: string): string {
  return new URL(`file://${Deno.realPathSync(folder)}`).href;
}

function hono(log: string): Pick<Variant, "runtime" | "module" | "log"> {
  return { runtime: "deno", module: "deno/hono.ts", log };
}

function holdfast(log: string): Pick<Variant, "runtime" | "module" | "log"> {
  return { runtime: "deno", module: "deno/holdfast.ts", log };
}

function middleware(log: string): Pick<Variant, "runtime" | "module" | "log"> {
  return { runtime: "deno", module: "deno/middleware.ts", log };
}

function fastify(log: string): Pick<Variant, "runtime" | "module" | "log"> {
  return { runtime: "node", module: "node/fastify.mjs", log };
}

function express(log: string): Pick<Variant, "runtime" | "module" | "log"> {
  return { runtime: "node", module: "node/express.mjs", log };
}

function kept(...places: RecordPlace["in"]): Pick<Variant, "records"> {
  return { records: { in: places, mark: OURS } };
}
