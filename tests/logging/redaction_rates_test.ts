import { assert, assertStrictEquals } from "@std/assert";
import { createRedactor } from "../../logging/redact/redact.ts";
import { FRESH_HARMLESS } from "./corpus/fresh_harmless.ts";
import { FRESH_SECRETS } from "./corpus/fresh_secrets.ts";
import { HARMLESS } from "./corpus/harmless.ts";
import { MORE_HARMLESS } from "./corpus/more_harmless.ts";
import { MORE_SECRETS } from "./corpus/more_secrets.ts";
import { type SecretCase, SECRETS } from "./corpus/secrets.ts";

const ALL_SECRETS = [...SECRETS, ...MORE_SECRETS, ...FRESH_SECRETS];
const redactor = createRedactor();
/** Of each hundred inputs: secrets that may stay, harmless ones that may be masked. */
const MAX_LEAKS_PERCENT = 1;
const MAX_MASKED_PERCENT = 1;
const MIN_CASES = 200;
/** What is left of a secret counts from so many characters on. */
const PART_CHARS = 4;

Deno.test("of the secrets met in the field at most one in a hundred is kept in clear", () => {
  const leaks = ALL_SECRETS.filter(isKept);
  const percent = rate("Secrets kept", leaks, ALL_SECRETS);
  assert(percent <= MAX_LEAKS_PERCENT, leaks.map(({ input }) => JSON.stringify(input)).join("\n"));
});

Deno.test("of the harmless names and texts at most one in a hundred is masked", () => {
  const all = [...HARMLESS, ...MORE_HARMLESS, ...FRESH_HARMLESS];
  const masked = all.filter((input) => {
    const before = JSON.stringify(input);
    return redactor.json(before).text !== before;
  });
  const percent = rate("Harmless masked", masked, all);
  assert(percent <= MAX_MASKED_PERCENT, masked.map((input) => JSON.stringify(input)).join("\n"));
});

Deno.test("what was masked once stays as it is", () => {
  for (const { input } of ALL_SECRETS) {
    const once = redactor.json(JSON.stringify(input)).text;
    assertStrictEquals(redactor.json(once).text, once);
  }
});

/** Kept in whole, or its beginning or end. */
function isKept({ input, secret }: SecretCase): boolean {
  const { text } = redactor.json(JSON.stringify(input));
  const parts = [secret.slice(0, PART_CHARS), secret.slice(-PART_CHARS)];
  return [text, ...textsOf(JSON.parse(text))].some((found) =>
    parts.some((part) => found.includes(part))
  );
}

function rate(what: string, found: readonly unknown[], all: readonly unknown[]): number {
  assert(all.length >= MIN_CASES, `${all.length} cases`);
  const percent = 100 * found.length / all.length;
  console.log(`${what}: ${found.length} of ${all.length} (${percent.toFixed(2)} %)`);
  return percent;
}

/** All texts in a value, names too. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...textsOf(part)]);
}
