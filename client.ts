/**
 * The JSON API, typed: paths, parameters and answers come from the registry of modules, so that a wrong one does not compile.
 *
 * @example
 * ```ts ignore
 * const api = createClient("http://127.0.0.1:8000", { token });
 * const response = await api.errors.$get({ query: { state: "open", limit: 10 } });
 * if (!response.ok) throw new Error((await response.json()).content);
 * const { content } = await response.json();
 * await api.errors[":id"].resolution.$put({ param: { id: content.errors[0].id }, json: { release: "2.0" } });
 * ```
 *
 * @module
 */
import type { Hono } from "hono";
import { hc } from "hono/client";
import type { BlankEnv } from "hono/types";
import type { Envelope } from "./modules/envelope.ts";
import type { Endpoint } from "./modules/module.ts";
import type { modules } from "./modules/registry.ts";

/** An envelope around an answer. */
export interface Answered<Content> extends Envelope {
  /** The answer. */
  content: Content;
  /** Always `return`. */
  content_status: "return";
}

/** An envelope around a failure. */
export interface Failed extends Envelope {
  /** `[Error] <Name>: <sentence>`. */
  content: string;
  /** Always `error`. */
  content_status: "error";
  /** The stable machine code. */
  error_code: string;
}

type Registered = (typeof modules)[number];

/** The `:name`s in a path. */
type ParamsIn<Path> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamsIn<`/${Rest}`>
  : Path extends `${string}:${infer Name}` ? Name
  : never;

/** What a caller writes: path parameters, and the rest as query or body. */
type InputOf<Path, Verb, Input> =
  & (ParamsIn<Path> extends never ? unknown : { param: Record<ParamsIn<Path>, string> })
  & RestOf<Verb, ParamsIn<Path> extends never ? Input : Omit<Input, ParamsIn<Path>>>;

type RestOf<Verb, Input> = Verb extends "GET" | "DELETE"
  ? Record<never, never> extends Input ? { query?: Input } : { query: Input }
  : Record<never, never> extends Input ? { json?: Input }
  : { json: Input };

type Success = 200 | 201 | 202;
type Failure = 400 | 401 | 404 | 405 | 408 | 413 | 415 | 422 | 429 | 500 | 503 | 504;

type Route<Input, Content> =
  | { input: Input; output: Answered<Content>; outputFormat: "json"; status: Success }
  | { input: Input; output: Failed; outputFormat: "json"; status: Failure };

type RoutesOf<M> = M extends Endpoint<infer Path, infer Verb, infer Input, infer Content>
  // A module declared as a plain `Module` has no path that the compiler knows.
  ? string extends Path ? never
  : { [At in Path]: { [Name in `$${Lowercase<Verb>}`]: Route<InputOf<At, Verb, Input>, Content> } }
  : never;

type Intersected<Union> = (Union extends unknown ? (part: Union) => void : never) extends
  (whole: infer Whole) => void ? Whole : never;

/**
 * All routes as Hono's client reads them.
 * @internal
 */
export type Api = Hono<BlankEnv, Intersected<RoutesOf<Registered>>, "/">;

/**
 * What {@linkcode createClient} makes: `client.errors[":id"].mute.$put({ param, json })`.
 * @internal
 */
export type Client = ReturnType<typeof hc<Api>>;

/** Who is called, and as whom. */
export interface ClientOptions {
  /** The operator's token, or an intake key. */
  token?: string;
}

/** A client for the service at `url`. Answers are Responses: `ok` says whether `json()` is an answer or a failure. */
export function createClient(url: string, { token }: ClientOptions = {}): Client {
  return hc<Api>(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}
