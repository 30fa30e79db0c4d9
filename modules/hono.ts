/** Hono's types, under the names that our own signatures use. */

/** @internal */
export type HonoContext = import("hono").Context;

/** @internal */
export type HonoApp = import("hono").Hono;

/** @internal */
export type HonoEnv = import("hono").Env;

/** @internal */
export type HonoSchema = import("hono/types").Schema;

/**
 * A Hono app with types of its own: its variables and bindings, its routes.
 * @internal
 */
export type TypedHonoApp<E extends HonoEnv, S extends HonoSchema, P extends string> =
  import("hono").Hono<E, S, P>;

/** @internal */
export type HonoHandler = import("hono").Handler;

/** @internal */
export type HonoMiddleware = import("hono").MiddlewareHandler;
