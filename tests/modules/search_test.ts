import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { address } from "../../board/addresses.ts";
import { Failure } from "../../modules/failure.ts";
import { LOG_FIELDS, readSearch, tagToken, token } from "../../modules/search.ts";
import { MAX_SEARCH_CHARS } from "../../store/limits.ts";
import { queryTerms } from "../../store/search/words.ts";

Deno.test("a search is words and named fields", () => {
  assertEquals(readSearch('timed svc_name:/home out route:"/a b" level:error', LOG_FIELDS), {
    q: "timed out",
    svc_name: "/home",
    route: "/a b",
    level: "ERROR",
  });
});

Deno.test("names that are no field are words, and so are fields without a value and levels that are none", () => {
  const text = 'http://x:80/ "two words" toString:1 level: level:loud release:1.2';
  assertEquals(readSearch(text, LOG_FIELDS), {
    q: 'http://x:80/ "two words" toString:1 level: level:loud release:1.2',
  });
});

Deno.test("a phrase keeps its quotes and what is excluded its minus, which no field has", () => {
  const text = '"no ""late"" train" -bus level:warn -"a b" -level:ERROR -route:"/a b" -tag."x y":1';
  assertEquals(readSearch(text, LOG_FIELDS), {
    level: "WARN",
    q: '"no ""late"" train" -bus -"a b" -"level:ERROR" -"route: /a b " -"tag. x y :1"',
  });
  const typed = '- --flag a-b "-5" "a"-b 5" -"open quote';
  assertEquals(readSearch(typed, LOG_FIELDS), { q: '- --flag a-b "-5" "a" -b 5" -"open quote' });
});

Deno.test("without fields the terms of a search are the same before and behind the reading of fields", () => {
  const piece = fc.constantFrom("-", '"', " ", "a", "b1", '""', "é", "\t", "***");
  fc.assert(fc.property(fc.array(piece, { maxLength: 14 }).map((some) => some.join("")), (text) => {
    assertEquals(queryTerms(readSearch(text, LOG_FIELDS).q), queryTerms(text));
  }));
});

Deno.test("a search that is too long is refused and not cut", () => {
  assertEquals(readSearch("x".repeat(MAX_SEARCH_CHARS), LOG_FIELDS).q?.length, MAX_SEARCH_CHARS);
  assertThrows(
    () => readSearch("x".repeat(MAX_SEARCH_CHARS + 1), LOG_FIELDS),
    Failure,
    `must be at most ${MAX_SEARCH_CHARS} characters`,
  );
});

Deno.test("a search names environments, users and tags", () => {
  const text =
    'environment:production user:"Ada L" tag.os.name:"Mac OS" tag.b:1 tag.b:2 tag."a b":c';
  assertEquals(readSearch(text, LOG_FIELDS), {
    environment: "production",
    user: "Ada L",
    tag: ["os.name:Mac OS", "b:2", "a b:c"],
  });
});

Deno.test("a tag without a name or a value is a word, and so are tags that are too many", () => {
  const many = Array.from({ length: 9 }, (_, i) => `tag.t${i}:x`);
  assertEquals(readSearch(`tag.:x tag.a: tag:y ${many.join(" ")}`, LOG_FIELDS), {
    q: "tag.:x tag.a: tag:y tag.t8:x",
    tag: many.slice(0, 8).map((one) => one.slice("tag.".length)),
  });
});

Deno.test("any tag survives its way through a search", () => {
  const text = () => fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
  fc.assert(fc.property(text(), text(), (name, value) => {
    assertEquals(readSearch(tagToken(name, value), LOG_FIELDS), { tag: [`${name}:${value}`] });
  }));
});

Deno.test("any value survives its way through a field and an address", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 }), (value) => {
    const clean = value.trim();
    if (clean === "" || clean.includes("\n")) return;
    const typed = token("route", clean);
    const url = new URL(address("/board", { q: typed }), "http://board.invalid");
    assertEquals(url.searchParams.get("q"), typed);
    assertEquals(readSearch(typed, LOG_FIELDS).route, clean);
  }));
});
