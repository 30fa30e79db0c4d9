import { assert, assertEquals } from "@std/assert";
import { createRedactor } from "../../logging/redact/redact.ts";
import { createNameTest, wordsOf } from "../../logging/redact/sensitive.ts";
import { LONE_NAME, SENSITIVE_NAMES } from "../../logging/redact/sensitive_names.ts";

const redactor = createRedactor();
const kindOf = createNameTest([]);

/** A value that each kind of name gives away. */
const VALUES = {
  secret: "hunter2-Zq9",
  tokens: "hunter2-Zq9",
  located: "hunter2-Zq9",
  pass: "hunter2-Zq9",
  pin: "48213",
  opaque: "s3cr3t-V4lue",
  random: "q7Rz81LmPx04VtYc93KdWb62",
} as const;

Deno.test("a name is cut into words by case, signs and digits", () => {
  assertEquals(wordsOf("SMTP_PASSWORD"), ["smtp", "password"]);
  assertEquals(wordsOf("accessTokenSecret"), ["access", "token", "secret"]);
  assertEquals(wordsOf("XAPIKey-2"), ["xapi", "key", "2"]);
  assertEquals(wordsOf("users[0].db-password2"), ["users", "0", "db", "password", "2"]);
  assertEquals(wordsOf("größeÄndern"), ["größe", "ändern"]);
});

for (const [kind, value] of Object.entries(VALUES)) {
  Deno.test(`every ${kind} name on the list is found in every way of writing`, () => {
    const kept: string[] = [];
    for (const entry of SENSITIVE_NAMES[kind as keyof typeof VALUES]) {
      for (const name of spellings(entry)) {
        if (redactor.json(JSON.stringify({ a: { [name]: value } })).text.includes(value)) {
          kept.push(`field ${name}`);
        }
        for (
          const text of [
            `a ${name}=${value} b`,
            `a=1&${name}=${value}&b=2`,
            `{"${name}":"${value}",`,
          ]
        ) {
          if (redactor.text(text, 1000).includes(value)) kept.push(text);
        }
      }
    }
    assertEquals(kept, []);
  });
}

function spellings(entry: string): string[] {
  if (entry === LONE_NAME) return ["code", "CODE", "Code"];
  const words = entry.split(" ");
  const capital = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  const [first = "", ...others] = words;
  const camel = first +
    others.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return [
    words.join("_"),
    words.join("-"),
    words.join("."),
    words.join("_").toUpperCase(),
    camel,
    capital.join(""),
    `shop_${words.join("_")}`,
    `SHOP_${words.join("_").toUpperCase()}_PROD`,
    `shop[${words.join("_")}]`,
    `${words.join("_")}2`,
    `x-shop-${words.join("-")}`,
  ];
}

Deno.test("the last words of a name count, not those before them", () => {
  const plain =
    "token_count password_policy_url secretary monkey passport_office tokenizer key_id cookie_policy csrf_header_name "
      .trim().split(" ");
  for (const name of plain) assertEquals(kindOf(name), "plain", name);
  for (const name of ["SMTP_PASSWORD", "accessTokenSecret", "GITHUB_TOKEN", "stripe_secret_key"]) {
    assertEquals(kindOf(name), "secret", name);
  }
});

Deno.test("a name of any length costs no more than its end", () => {
  assertEquals(kindOf("x".repeat(100_000) + "_password"), "secret");
  assertEquals(kindOf("password_".repeat(100_000) + "count"), "plain");
});

Deno.test("names that were never seen before do not fill the memory, and change no answer", () => {
  for (let index = 0; index < 20_000; index++) assertEquals(kindOf(`n${index}_color`), "plain");
  assertEquals(kindOf("password"), "secret");
});

Deno.test("a count of tokens, a folder and a keyword of a program are no secrets; tokens, passwords and keys are", () => {
  const { value } = redactor.value({
    max_tokens: 100,
    tokens: "100",
    PWD: "/srv/app",
    credentials: "same-origin",
    pin: 13,
    sort_key: "q7Rz81LmPx04VtYc93KdWb62",
    password: { type: "string", minLength: 8 },
  });
  assert(!JSON.stringify(value).includes("redacted"), JSON.stringify(value));
});
