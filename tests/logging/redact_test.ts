import { assertEquals, assertNotMatch, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  MAX_DEPTH,
  MAX_ITEMS,
  MAX_KEYS,
  MAX_STRING_CHARS,
  MAX_VALUE_CHARS,
} from "../../store/limits.ts";
import { createRedactor } from "../../logging/redact/redact.ts";

const redactor = createRedactor();
const MESSAGE_CHARS = 2048;
const SECRET = "hunter2-Zq9";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
const CARDS = [
  "4111111111111111",
  "4111 1111 1111 1111",
  "5555-5555-5555-4444",
  "3782 822463 10005",
  "2223003122003222",
  "6011111111111117",
  "3530111333300000",
];

function text(value: string): string {
  return redactor.text(value, MESSAGE_CHARS);
}

const TEXTS: Record<string, string> = {
  "GET /?token=hunter2-Zq9&limit=3": "GET /?token=[redacted]&limit=3",
  "/cb?ACCESS_TOKEN=hunter2-Zq9": "/cb?ACCESS_TOKEN=[redacted]",
  "postgres://app:hunter2-Zq9@db:5432/x": "postgres://app:[redacted]@db:5432/x",
  "postgres://app:hunter2@Zq9@db/x": "postgres://app:[redacted]@db/x",
  "Authorization: Bearer hunter2-Zq9": "Authorization: [redacted]",
  "curl -H 'Authorization: Token hunter2-Zq9' http://a.b":
    "curl -H 'Authorization: [redacted]' http://a.b",
  "Cookie: a=hunter2-Zq9; b=hunter2-Zq9\nHost: a": "Cookie: [redacted]\nHost: a",
  "sent Bearer hunter2-Zq9 twice": "sent Bearer [redacted] twice",
  "Basic dXNlcjpodW50ZXIy was refused": "Basic [redacted] was refused",
  "login --password=hunter2-Zq9 --user ann": "login --password=[redacted] --user ann",
  "password: 'hunter2, Zq9' is wrong": "password: '[redacted]' is wrong",
  "Server=a;Pwd=hunter2-Zq9;Database=b": "Server=a;Pwd=[redacted];Database=b",
  [`bad body {"apiKey":"hunter2-Zq9","a":1`]: `bad body {"apiKey":"[redacted]","a":1`,
  [String.raw`in {"b":"{\"secret\":\"hunter2 \\\" Zq9\",\"a\":1}"`]: String
    .raw`in {"b":"{\"secret\":\"[redacted]\",\"a\":1}"`,
  "secret={a: [hunter2], b: Zq9} rest": "secret=[redacted] rest",
  "/x?q=%7B%22password%22%3A%22hunter2-Zq9%22%7D": "/x?q=[redacted]",
  "/x?q=4111%201111+1111%201111&y=1": "/x?q=[redacted]&y=1",
  "/x?pass%77ord=hunter2-Zq9&a=1": "/x?pass%77ord=[redacted]&a=1",
  "/x?user%5Bpassword%5D=hunter2-Zq9": "/x?user%5Bpassword%5D=[redacted]",
  "/x?user[password]=hunter2-Zq9&tokens[0]=hunter2-Zq9&a[b]=1":
    "/x?user[password]=[redacted]&tokens[0]=[redacted]&a[b]=1",
  "user%5Bpassword%5D=hunter2-Zq9&a=1": "user%5Bpassword%5D=[redacted]&a=1",
  "password              :              hunter2-Zq9":
    "password              :              [redacted]",
  "in [session]: started": "in [session]: started",
  "a=1&user.password=hunter2-Zq9": "a=1&user.password=[redacted]",
  "key ghp_abcdefghijklmnop0123456789 leaked": "key [redacted] leaked",
};

for (const [before, after] of Object.entries(TEXTS)) {
  Deno.test(`a secret leaves the text: ${JSON.stringify(before)}`, () => {
    assertEquals(text(before), after);
    assertEquals(text(after), after);
  });
}

Deno.test("a JWT leaves a text even when its end was cut off", () => {
  assertEquals(text(`jwt ${JWT} end`), "jwt [redacted] end");
  assertEquals(text(`jwt ${JWT.slice(0, 30)}`), "jwt [redacted]");
});

Deno.test("a form's names are looked into: the last part tells what they hold", () => {
  const form = {
    "user[password]": "a",
    "user.Password": "b",
    "users[0][api-key]": "c",
    "tokens[]": "d",
    "password[hint]": "e",
    "a.b": "f",
    "[]": "g",
  };
  assertEquals(Object.values(redactor.value(form).value as object), [
    ...Array(4).fill("[redacted]"),
    ..."efg",
  ]);
});

Deno.test("a private key leaves a text, whole or cut", () => {
  const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\nAAAA\n-----END RSA PRIVATE KEY-----";
  assertNotMatch(text(`x ${key} y`), /MIIB|AAAA/);
  assertNotMatch(text(`x ${key.slice(0, 40)}`), /MIIB/);
});

Deno.test("card numbers leave a text as printed and as one run", () => {
  for (const card of CARDS) {
    assertEquals(text(`paid with ${card}.`), "paid with [redacted].");
    assertEquals(text(`?card_no=${card}&x=1`), "?card_no=[redacted]&x=1");
  }
  assertEquals(text("4111 1111 1111 1111 123"), "[redacted] 123");
});

const HARMLESS = [
  "the author of the passenger's monkey wrote a tokenizer",
  "ip_address=10.0.0.1 cookie_policy=strict max_tokens=100 token_count: 7",
  "Unexpected token '<', \"<!doctype \"... is not valid JSON",
  "Unexpected token } in JSON at position 3",
  "bearer token missing; Basic authentication is off; basic usage: see docs",
  'WWW-Authenticate: Bearer realm="holdfast", error="invalid_token"',
  "order 4111111111111112 and 1234567890123456 at 1730000000000",
  "0190d6c1-7b1e-7cc3-98b4-0a1b2c3d4e5f 41111111-1111-1111-1111-111111111111",
  "2026-11-05T10:11:12.123Z 0.4111111111111111 a4111111111111111f",
  "https://example.org:8080/a@b?next=/home#x and ann@example.org",
  "token: null, secret=undefined, password=true",
  "my_token_count=visible user_session=visible csrf_policy: on",
  "task-force disk-usage risk-analysis-of-everything-we-do",
];

for (const harmless of HARMLESS) {
  Deno.test(`a harmless text stays: ${harmless}`, () =>
    assertStrictEquals(text(harmless), harmless));
}

Deno.test("sensitive names are masked at any depth, in any case and with - or _", () => {
  const before = {
    Password: "x",
    a: [{ "SET-COOKIE": ["a=b"], apiKey: 1, "Api-Key": "y", "client secret": { deep: 1 } }],
    session: null,
    token: "",
    secret: true,
  };
  assertEquals(redactor.value(before), {
    value: {
      Password: "[redacted]",
      a: [{
        "SET-COOKIE": "[redacted]",
        apiKey: "[redacted]",
        "Api-Key": "[redacted]",
        "client secret": "[redacted]",
      }],
      session: null,
      token: "",
      secret: true,
    },
    truncated: false,
  });
});

Deno.test("the operator's own names are masked like the built-in ones", () => {
  const own = createRedactor({ names: ["customer_no", "a.b*"] });
  assertEquals(
    own.json('{"customerNo":"7","a.b*":"x","acb":"y"}').text,
    '{"customerNo":"[redacted]","a.b*":"[redacted]","acb":"y"}',
  );
  assertEquals(own.text("customer-no: 77 axb=1", 99), "customer-no: [redacted] axb=1");
});

Deno.test("JSON inside a string of JSON gives nothing away", () => {
  const inner = JSON.stringify({ "pass\u0077ord": SECRET, keep: 1 }).replace("w", "\\u0077");
  const { text: json } = redactor.json(
    JSON.stringify({ input_json: inner, again: JSON.stringify(inner) }),
  );
  assertEquals(JSON.parse(JSON.parse(json).input_json), { password: "[redacted]", keep: 1 });
  assertNotMatch(json, /hunter2/);
});

Deno.test("escapes in the JSON text hide nothing", () => {
  const json = String
    .raw`{"pass\u0077ord":"hunter2","a":"Bearer\u0020hunter2","u":"http:\/\/u:hunter2@h"}`;
  assertNotMatch(redactor.json(json).text, /hunter2/);
});

Deno.test("clean JSON comes back as it stands, spacing included; a number too long for JavaScript becomes a text", () => {
  const json = '{"id": 123456789012345, "author":"Ann","n":1.50}';
  assertStrictEquals(redactor.json(json).text, json);
  const long = '{"id": 12345678901234567890, "n":1.50}';
  assertStrictEquals(redactor.json(long).text, '{"id":"12345678901234567890","n":1.5}');
});

Deno.test("a text that is no JSON becomes a JSON string, its secrets masked", () => {
  assertEquals(redactor.json("a=1&password=x").text, '"a=1&password=[redacted]"');
  assertEquals(redactor.json("").text, '""');
});

Deno.test("JSON on many lines becomes one line, and no text in it can forge another", () => {
  assertEquals(redactor.json('{\n "a": 1\r\n}').text, '{"a":1}');
  const hostile = { a: "x\u2028y\u0085z\u202e\u061c\x1b[31m" };
  const { text: json } = redactor.json(JSON.stringify(hostile));
  // deno-lint-ignore no-control-regex -- controls are what it looks for
  assertNotMatch(json, /[\u0000-\u001f\u007f-\u009f\u061c\u2028\u202e]/);
  assertEquals(JSON.parse(json), hostile);
});

Deno.test("prototype keys are data and change no prototype", () => {
  const json = '{"__proto__":{"polluted":1,"password":"x"},"constructor":{"prototype":{"p":1}}}';
  assertEquals(
    redactor.json(json).text,
    '{"__proto__":{"polluted":1,"password":"[redacted]"},"constructor":{"prototype":{"p":1}}}',
  );
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("what is too long, too deep or too wide is cut and marked", () => {
  let deep: unknown = "bottom";
  for (let level = 0; level <= MAX_DEPTH; level++) deep = [deep];
  const wide = Object.fromEntries(Array.from({ length: MAX_KEYS + 5 }, (_, i) => [`k${i}`, i]));
  const whole = Array.from({ length: 20 }, () => "word ".repeat(1000));
  const cases = ["x".repeat(MAX_STRING_CHARS + 1), deep, wide, Array(MAX_ITEMS + 1).fill(1), whole];
  for (const value of cases) {
    const result = redactor.json(JSON.stringify(value));
    assertEquals(result.truncated, true);
    assertEquals(result.text.includes("…"), true);
    assertEquals(result.text.length < MAX_VALUE_CHARS + 1000, true);
    assertEquals(redactor.value(value).truncated, true);
  }
});

Deno.test("a cut leaves no half of a secret behind", () => {
  for (let lead = 20; lead < 60; lead++) {
    const before = `${
      "word ".repeat(9).slice(0, lead)
    } 4111 1111 1111 1111 and postgres://u:hunter2-Zq9@db`;
    assertNotMatch(redactor.text(before, 60), /4111|hunter/);
  }
});

Deno.test("hostile text of a megabyte is cut before any expression looks at it", () => {
  for (
    const unit of [
      "eyJ-",
      "//a:",
      "?a=",
      "password ",
      "Bearer ",
      "4 ",
      '"token":"\\',
      "secret={",
      "%25",
    ]
  ) {
    assertEquals(redactor.text(unit.repeat(250_000), 8192).length <= 8192, true);
  }
});

// ---- properties

const sensitiveName = fc.constantFrom(
  "password",
  "Authorization",
  "x-api-key",
  "refresh_token",
  "cvv",
  "Set-Cookie",
  "SESSION_ID",
)
  .chain((name) =>
    fc.constantFrom(
      name,
      name.toUpperCase(),
      name.toLowerCase(),
      name.replace(/[-_]/g, ""),
      name.replaceAll("_", "-"),
    )
  );
const plain = fc.jsonValue({ maxDepth: 3 });
const secret = fc.constant(SECRET);
const planted = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 6 },
    fc.tuple(sensitiveName, fc.oneof(secret, fc.array(secret), fc.record({ a: secret })))
      .map(([name, value]) => ({ [name]: value })),
    fc.tuple(fc.string(), tie("node")).map(([key, value]) => ({ [`_${key}`]: value })),
    fc.tuple(plain, tie("node")).map((pair): unknown => pair),
    tie("node").map((value) => JSON.stringify(value)),
    fc.tuple(
      fc.constantFrom("failed: ", "GET /x?a=1&", "(", "line\n"),
      sensitiveName,
      fc.constantFrom("=", ": ", ":", " = "),
    )
      .map(([before, name, sep]) => `${before}${name}${sep}${SECRET}`),
    fc.constantFrom(
      `https://u:${SECRET}@h/`,
      `Bearer ${SECRET}`,
      `Basic ${btoa(`u:${SECRET}`)}`,
      `/p?token=${SECRET}#x`,
    ),
  ),
})).node;

Deno.test("a secret planted anywhere never leaks, and the answer is one line of JSON", () => {
  fc.assert(
    fc.property(planted, (value) => {
      const { text: json } = redactor.json(JSON.stringify(value));
      JSON.parse(json);
      assertEquals(json.includes("hunter2") || json.includes(btoa(`u:${SECRET}`)), false);
      // deno-lint-ignore no-control-regex -- controls are what it looks for
      assertNotMatch(json, /[\u0000-\u001f\u0085\u2028\u2029]/);
    }),
    { numRuns: 2000 },
  );
});

const benignName = fc.constantFrom(
  "author",
  "monkey",
  "ip_address",
  "tokenizer",
  "passenger",
  "cookie_policy",
  "order",
  "id",
  "secretary",
  "csrf_ok",
  "keyboard",
  "sessions_count",
);
const benignText = fc.oneof(
  fc.uuid(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.date({ noInvalidDate: true, min: new Date("2000-01-01"), max: new Date("2030-01-01") }).map((
    date,
  ) => String(date.getTime())),
  fc.ipV4(),
  // `pw=x@example.org` is an address and a pair.
  fc.emailAddress().filter((address) => !address.includes("=")),
  fc.lorem(),
  fc.bigInt({ min: 10n ** 12n, max: 10n ** 19n }).map((id) => `9${id}`),
);

Deno.test("harmless names and values come back as they are", () => {
  const benign = fc.dictionary(
    benignName,
    fc.oneof(benignText, fc.integer(), fc.array(benignText)),
  );
  fc.assert(
    fc.property(benign, (value) => {
      const json = JSON.stringify(value);
      assertStrictEquals(redactor.json(json).text, json);
      assertStrictEquals(redactor.value(value).value, value);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a code of two factors is masked however it is written, and an id that has the same letters is not", () => {
  assertEquals(text("2fa_code=482913"), "2fa_code=[redacted]");
  assertEquals(text('{"2fa-code":"482913"}'), '{"2fa-code":"[redacted]"}');
  assertEquals(text("fa_code=482913"), "fa_code=[redacted]");
  for (
    const id of ["7fa1c53b-0b5c-48bd-a2bd-9e40dce9e7a9", "578e2fa4-a19d-4148-976e-6dccc415be84"]
  ) {
    assertEquals(text(`request ${id} failed`), `request ${id} failed`);
  }
});
