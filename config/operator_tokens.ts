import type { OperatorToken } from "../store/operator.ts";
import { atLeast, isSecret, itemsOf, type Mode } from "./checks.ts";

/** Tokens that may be valid at once: each is compared with what a caller sends. */
const MAX_OPERATORS = 50;
/** Characters of an operator's name. */
const MAX_OPERATOR_NAME_CHARS = 64;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]*$/u;
/** Behind a token that changes nothing. */
const READ = "read";

/**
 * One token, or several with names: `ana:TOKEN,ben:TOKEN:read`.
 *
 * @throws {RangeError} that names every mistake by its place in the list, and no part of a token.
 */
export function operatorTokens(text: string, mode: Mode): readonly OperatorToken[] {
  const items = itemsOf(text);
  const tokens = items.map(toOperator);
  const mistakes = items.length > MAX_OPERATORS
    ? [`there are ${items.length}, and ${MAX_OPERATORS} is the most`]
    : tokens.flatMap((operator, at) => mistakesOf(operator, { at, tokens, mode }));
  if (items.length > 0 && mistakes.length === 0) {
    return tokens.map(({ rest: _, ...token }) => token);
  }
  const bound = `a token of ${
    atLeast(mode)
  }ASCII characters without spaces, commas and colons, or several, each name:TOKEN or name:TOKEN:read`;
  throw new RangeError([bound, ...mistakes].join("; "));
}

type Written = OperatorToken & { rest: string | undefined };

function toOperator(item: string): Written {
  const [first = "", token, use, ...more] = item.split(":");
  if (token === undefined) return { token: first, mayWrite: true, rest: undefined };
  const rest = use === READ ? more[0] : use;
  return { name: first.trim(), token, mayWrite: use !== READ, rest };
}

function mistakesOf(
  { name, token, rest }: Written,
  { at, tokens, mode }: { at: number; tokens: readonly Written[]; mode: Mode },
): string[] {
  const place = `number ${at + 1}`;
  const before = tokens.findIndex((other) => other.token === token);
  // `TOKEN:read` has no name: more likely a mistake than a token called "read".
  const isNameless = name === undefined ? tokens.length > 1 : name === "" || token === READ;
  return [
    ...(isNameless ? [`${place} has no name`] : []),
    ...(name && !isNameless && !isName(name)
      ? [
        `the name of ${place} is not 1 to ${MAX_OPERATOR_NAME_CHARS} letters, digits, spaces, -, _, ., + or @`,
      ]
      : []),
    ...(isNameless || isSecret(token, mode)
      ? []
      : [`the token of ${place} is not made of ${atLeast(mode)}ASCII characters`]),
    ...(rest === undefined
      ? []
      : [`behind the token of ${place} stands something other than :read`]),
    ...(before < at ? [`number ${before + 1} and ${place} have the same token`] : []),
  ];
}

function isName(text: string): boolean {
  return text.length <= MAX_OPERATOR_NAME_CHARS && NAME.test(text);
}
