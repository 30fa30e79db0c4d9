/** Who may call: bearer tokens, compared without telling by time how much of one was right. */
import { timingSafeEqual } from "hono/utils/buffer";
import type { AttemptLimits, Attempts } from "../board/access/attempts.ts";
import { Failure } from "../modules/failure.ts";
import type { Operator, OperatorToken } from "../store/operator.ts";
import type { Exchange } from "./exchange.ts";

const BEARER = /^Bearer +([^\s]+)\s*$/i;
const CHALLENGE = { headers: { "www-authenticate": 'Bearer realm="holdfast"' } };

/**
 * Wrong tokens that programs send: a script with an old one asks often before anybody looks. A token of 16 random characters
 * is as far beyond guessing with a hundred tries as with ten.
 */
export const API_LIMITS: AttemptLimits = { perAddress: 100, overall: 5_000 };

export interface Lock {
  /** Any of these opens it; without one it stays closed. */
  operators: readonly OperatorToken[];
  /** What it opens, for people: `operator access`. */
  what: string;
  variable: string;
  attempts: Attempts;
}

export type Caller = Pick<Exchange, "request" | "address">;

/**
 * Lets a request with a right bearer token pass; gives whose it is. After too many wrong ones from an address even the right one
 * waits, so that a success does not reveal a guess.
 *
 * @throws {Failure} `token_missing`, `token_invalid`, or `too_many` for who was wrong too often.
 */
export async function requireToken(caller: Caller, lock: Lock): Promise<Operator> {
  const { attempts, what } = lock;
  const token = readToken(caller.request, lock);
  const operator = await operatorOf(token, lock.operators);
  const wait = attempts.secondsToWait(caller.address);
  if (wait > 0) {
    throw new Failure("too_many", `${what}: too many wrong tokens, try again in ${wait} s`, {
      headers: { "retry-after": String(wait) },
    });
  }
  if (operator !== undefined) {
    attempts.countSuccess(caller.address);
    return operator;
  }
  attempts.countFailure(caller.address);
  throw new Failure("token_invalid", `${what}: the token is wrong`, CHALLENGE);
}

/** @throws {Failure} `token_missing` */
function readToken(request: Request, { operators, what, variable }: Lock): string {
  if (operators.length === 0) {
    throw new Failure("token_missing", `${what} is closed: ${variable} is not set`, CHALLENGE);
  }
  const token = readBearer(request);
  if (token !== undefined) return token;
  throw new Failure("token_missing", `${what} needs a bearer token`, CHALLENGE);
}

/** The token of `Authorization: Bearer TOKEN`. */
export function readBearer({ headers }: Request): string | undefined {
  return BEARER.exec(headers.get("authorization") ?? "")?.[1];
}

/** All are compared, so that the time taken does not reveal which one came near. */
async function operatorOf(
  token: string,
  operators: readonly OperatorToken[],
): Promise<Operator | undefined> {
  let found: Operator | undefined;
  for (const { token: right, ...operator } of operators) {
    if (await timingSafeEqual(right, token)) found = operator;
  }
  return found;
}
