import { assertEquals, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import { oneLine, oneLineJson } from "../../store/one_line.ts";

// deno-lint-ignore no-control-regex -- controls are what it looks for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

Deno.test("a text cannot end its line, colour the terminal or turn around", () => {
  assertEquals(
    oneLine("a\nb\x1b[2Jc\u202ed\u0085\u2066"),
    "a\\u000ab\\u001b[2Jc\\u202ed\\u0085\\u2066",
  );
  assertEquals(oneLine("größe 👩‍👩‍👧 日本"), "größe 👩‍👩‍👧 日本");
});

Deno.test("any text is one line, and any JSON stays the same value", () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom("\n", "\u2028", "\u202e", "\x9b", "\\"), fc.string()),
  });
  fc.assert(fc.property(text, (value) => {
    assertNotMatch(oneLine(value), UNSAFE);
    const json = oneLineJson(JSON.stringify({ [value]: value }));
    assertNotMatch(json, UNSAFE);
    assertEquals(JSON.parse(json), { [value]: value });
  }));
});
