import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { ownPage } from "../../board/addresses.ts";

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
