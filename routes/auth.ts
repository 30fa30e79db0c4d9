/**
 * Who may call: bearer tokens, compared without telling by time how much of one was right.
 *
 * @module
 */
import { timingSafeEqual } from "hono/utils/buffer";
import { Failure } from "../modules/failure.ts";

const BEARER = /^Bearer +([^\s]+)\s*$/i;

/** Tokens that open something, and what it is called. */
export interface Lock {
  /** Any of these opens it; none at all: it stays closed. */
  tokens: readonly string[];
  /** What it opens, for people: `operator access`. */
  what: string;
  /** The variable that sets the tokens. */
  variable: string;
}

/** Lets a request with a right bearer token pass. @throws {Failure} `token_missing` or `token_invalid`. */
export async function requireToken(request: Request, lock: Lock): Promise<void> {
  const headers = { "www-authenticate": 'Bearer realm="holdfast"' };
  if (lock.tokens.length === 0) {
    throw new Failure("token_missing", `${lock.what} is closed: ${lock.variable} is not set`, {
      headers,
    });
  }
  const header = request.headers.get("authorization");
  const token = BEARER.exec(header ?? "")?.[1];
  if (token === undefined) {
    throw new Failure("token_missing", `${lock.what} needs a bearer token`, { headers });
  }
  let isRight = false;
  // All are compared, so that the time taken does not tell which one came near.
  for (const right of lock.tokens) {
    if (await timingSafeEqual(right, token)) isRight = true;
  }
  if (!isRight) {
    throw new Failure("token_invalid", `${lock.what}: this token does not open it`, { headers });
  }
}
