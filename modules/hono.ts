/** Hono's types, under the names that our own signatures use. */

/**
 * Hono's context of one request.
 * @internal
 */
export type HonoContext = import("hono").Context;

/**
 * A Hono app.
 * @internal
 */
export type HonoApp = import("hono").Hono;

/**
 * What types an app of somebody else: its variables and bindings, its routes.
 * @internal
 */
export type HonoEnv = import("hono").Env;

/**
 * The routes that an app's type knows.
 * @internal
 */
export type HonoSchema = import("hono/types").Schema;

/**
 * A Hono app with types of its own.
 * @internal
 */
export type TypedHonoApp<E extends HonoEnv, S extends HonoSchema, P extends string> =
  import("hono").Hono<E, S, P>;

/**
 * Answers a request.
 * @internal
 */
export type HonoHandler = import("hono").Handler;

/**
 * Stands around whatever answers.
 * @internal
 */
export type HonoMiddleware = import("hono").MiddlewareHandler;
