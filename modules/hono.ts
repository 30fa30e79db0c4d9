/**
 * Hono's types, under the names that our own signatures use.
 *
 * @module
 */

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
 * Answers a request.
 * @internal
 */
export type HonoHandler = import("hono").Handler;

/**
 * Stands around whatever answers.
 * @internal
 */
export type HonoMiddleware = import("hono").MiddlewareHandler;
