import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createEncoder } from "../../logging/records/encode.ts";
import { parseJson } from "../../store/parse_json.ts";
import { rawRecord } from "../helpers/raw_record.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, jsonBody, startApp, withToken } from "../helpers/start_app.ts";

Deno.test("a number that JavaScript would change is the text that came", () => {
  const texts = ["9007199254740993", "-12345678901234567890", "0.12345678901234567890"]
    .concat("123456789.123456789012", "1e400", "-1E+999", "5e-400", "9007199254740992");
  for (const text of texts) {
    assertEquals(parseJson(`{"a":[${text} ,{"b":${text}}]}`), { a: [text, { b: text }] }, text);
  }
});

Deno.test("a number that JavaScript holds stays a number", () => {
  const numbers = [0, -0, 1.5, 9007199254740991, -9007199254740991, 0.1 + 0.2, 1e-7, 1e21, 1e300]
    .concat(5e-324, 1.7976931348623157e308, 123456789012345.67);
  for (const number of numbers) {
    assertEquals(parseJson(`[${JSON.stringify(number)}]`), JSON.parse(`[${number}]`), `${number}`);
  }
  assertEquals(parseJson("[1.50000000000000000000,100000000000000000000.0]"), [1.5, 1e20]);
});

Deno.test("digits inside of strings and names are left alone, whatever is escaped there", () => {
  const text = String.raw`{"12345678901234567890":"a\\","b\"":"\":12345678901234567890",` +
    String.raw`"c":12345678901234567890}`;
  assertEquals(parseJson(text), {
    "12345678901234567890": "a\\",
    'b"': '":12345678901234567890',
    c: "12345678901234567890",
  });
});

Deno.test("a number that is no JSON is none here", () => {
  for (
    const text of ["01234567890123456789", "[12345678901234567890.]", "1.2.345678901234567", ""]
  ) {
    assertThrows(() => parseJson(text), SyntaxError);
  }
});

Deno.test("whatever JSON it is, only numbers are changed, and none loses a digit", () => {
  const integer = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  fc.assert(fc.property(fc.json(), integer, fc.string(), (json, large, name) => {
    assertEquals(withTexts(parseJson(json)), withTexts(JSON.parse(json)));
    const text = JSON.stringify({ [name]: [name, "LARGE"] }).replace('"LARGE"', String(large));
    const [, value] = Object.values(parseJson(text) as object)[0] as [string, unknown];
    assertEquals(String(value), String(large));
  }));
});

Deno.test("nesting without end costs no stack", () => {
  const depth = 100_000;
  parseJson(`${"[".repeat(depth)}12345678901234567890${"]".repeat(depth)}`);
});

Deno.test("input, answer and user data keep every digit, beside a secret and inside of JSON text too", () => {
  const encoder = createEncoder({ bootId: "boot", instance: "here:1" });
  const { line } = encoder.encode(rawRecord({
    seq: 1,
    input: '{"id":12345678901234567890,"password":"x"}',
    output: '{"content":{"id":98765432109876543210}}',
    attrs: JSON.stringify({ body: '{"id":11111111112222222222333,"token":"y"}' }),
  }));
  for (const digits of ["12345678901234567890", "98765432109876543210"]) {
    assertEquals(line.includes(`:"${digits}"`), true, line);
  }
  assertEquals(line.includes("11111111112222222222333"), true, line);
});

Deno.test("reports and recorded bodies keep the digits of large numbers", async () => {
  await using app = await startApp();
  const report = '{"svc_name":"shop","input_json":{"order":9007199254740993},"request_id":"r",' +
    '"user":{"id":12345678901234567890},"tags":{"cart":12345678901234567891},' +
    '"error":{"type":"E","message":"m","code":12345678901234567892,"errno":12345678901234567893},' +
    '"attrs":{"n":0.12345678901234567890}}';
  const answer = await app.request(
    "/errors",
    withToken(INTAKE_KEY, { ...jsonBody(0), body: report }),
  );
  const { content } = await readEnvelope(answer, { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
  const stored = await app.logging.store.occurrence((content as { ids: string[] }).ids[0]!);
  const { input, user, tags, error, attrs } = stored!.record;
  assertEquals({ input, user, tags, code: error?.code, attrs }, {
    input: { order: "9007199254740993" },
    user: { id: "12345678901234567890" },
    tags: { cart: "12345678901234567891" },
    code: "12345678901234567892",
    attrs: { "error.errno": "12345678901234567893", n: "0.12345678901234567890" },
  });
  const body = '{"more":12345678901234567890}';
  await readEnvelope(
    await app.asOperator("/errors/x/mute", { ...jsonBody(0), method: "PUT", body }),
    { status: 422, code: "more.invalid" },
  );
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ route: "/errors/:id/mute", limit: 1 });
  assertEquals(items[0]?.input, { more: "12345678901234567890" });
});

/** With numbers as the texts that JSON has of them: those that JavaScript made itself lose nothing. */
function withTexts(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value),
    (_, part) => typeof part === "number" ? JSON.stringify(part) : part,
  );
}
