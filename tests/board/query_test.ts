import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { address, ownPage, parseSearch, token } from "../../board/query.ts";

const NAMES = ["svc_name", "route", "level"];

Deno.test("a search is words and named fields", () => {
  assertEquals(parseSearch('timed svc_name:/home out route:"/a b" level:ERROR', NAMES), {
    words: "timed out",
    fields: { svc_name: "/home", route: "/a b", level: "ERROR" },
  });
});

Deno.test("names that are no field are words, and so are fields without a value", () => {
  assertEquals(parseSearch('http://x:80/ "two words" toString:1 level:', NAMES), {
    words: "http://x:80/ two words toString:1 level:",
    fields: {},
  });
});

Deno.test("any value survives its way through a field and an address", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 }), (value) => {
    const clean = value.replaceAll('"', "").trim();
    if (clean === "" || /\s/.test(clean) && clean.includes("\n")) return;
    const typed = token("route", clean);
    const url = new URL(address("/board", { q: typed }), "http://board.invalid");
    assertEquals(url.searchParams.get("q"), typed);
    assertEquals(parseSearch(typed, NAMES).fields.route, clean);
  }));
});

Deno.test("no text leads away from the board", () => {
  const parts = fc.constantFrom(
    "/",
    "\\",
    "board",
    "..",
    ".",
    "//",
    ":",
    "javascript:",
    "http://",
    "@",
    "evil.example",
    "?",
    "#",
    "\t",
    "\n",
    "%2e",
    "%2f",
  );
  fc.assert(fc.property(fc.array(parts, { maxLength: 8 }), (texts) => {
    const url = new URL(ownPage(texts.join("")), "http://here.invalid");
    assertEquals(url.origin, "http://here.invalid");
    assertEquals(url.pathname === "/board" || url.pathname.startsWith("/board/"), true);
  }));
});
