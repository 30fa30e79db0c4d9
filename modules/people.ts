/** People and issues elsewhere: to whom errors are assigned, and what they are called in searches. */
import * as v from "valibot";
import { MAX_PERSON_CHARS, MAX_URL_CHARS } from "../store/limits.ts";
import { ValueError } from "./failure.ts";
import { text } from "./inputs.ts";

/** In a search, the name of who asks, and those without a person. */
const MINE = "mine";
const NOBODY = "nobody";

/** Of one line, so that it can stand in a sentence. */
const SEPARATORS = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** The name of a person to whom an error is assigned. */
export const person = v.pipe(
  text(MAX_PERSON_CHARS),
  v.trim(),
  v.nonEmpty("must not be empty"),
  v.check((name) => !SEPARATORS.test(name), "must be one line"),
  v.check(
    (name) => ![MINE, NOBODY].includes(name.toLowerCase()),
    `must not be ${MINE} or ${NOBODY}, which mean something else in a search`,
  ),
);

/** The address of an issue, as a browser writes it: what is shown as a link is never a script. */
export const issueUrl = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(MAX_URL_CHARS, `must be at most ${MAX_URL_CHARS} characters`),
  v.check(isWebAddress, "must be an http:// or https:// address, without a user or a password"),
  v.transform((address) => new URL(address).href),
  v.maxLength(MAX_URL_CHARS, `must be at most ${MAX_URL_CHARS} characters`),
);

/** Whether a link may lead there. */
export function isWebAddress(address: string): boolean {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username === "" && password === "";
}

/** Whose errors a search is for: `mine` is who asks, `nobody` those without a person, given as null. @throws {ValueError} */
export function assignee(
  said: string | undefined,
  asks: { readonly name?: string | undefined } | undefined,
): string | null | undefined {
  if (said === NOBODY) return null;
  if (said !== MINE) return said;
  if (asks?.name !== undefined) return asks.name;
  const sentence = `${MINE} needs a token with a name: write assigned_to and a name`;
  throw new ValueError(sentence, { param: "assigned_to" });
}
