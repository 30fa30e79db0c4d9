import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { plain, plainLine, plainValue } from "../../board/parts/plain.ts";

Deno.test("what cannot be seen is shown by its number", () => {
  assertEquals(plain("\u001b[31mred \u202Eexe.gpj\0"), "‹U+001B›[31mred ‹U+202E›exe.gpj‹U+0000›");
  assertEquals(plain("tab\tand\r\nlines"), "tab\tand\nlines");
  assertEquals(plain("مرحبا 👩‍👩‍👧 ä"), "مرحبا 👩‍👩‍👧 ä");
});

Deno.test("nothing invisible is left of any text, and it is never longer than it may be", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const line = plainLine(text, 20);
    // deno-lint-ignore no-control-regex -- none of these may be left
    assert(!/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(line));
    assert(line.isWellFormed());
    assert(line.length <= 21 * "‹U+0000›".length);
  }));
});

Deno.test("JSON is indented, also where it is a text", () => {
  assertEquals(plainValue({ a: [1] }), '{\n  "a": [\n    1\n  ]\n}');
  assertEquals(plainValue('{"a":1}'), '{\n  "a": 1\n}');
  assertEquals(plainValue('{"a":'), '{"a":');
});
