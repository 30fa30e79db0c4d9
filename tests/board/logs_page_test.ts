import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LogsList } from "../../board/logs/logs_page.tsx";
import {
  logQueryOf,
  readLogsView,
  streamAddress,
  watchQueryOf,
} from "../../board/logs/logs_view.ts";
import type { LogPage } from "../../logging/mod.ts";

const CLOCK = { nowMs: Date.now(), zone: "UTC" };
const STOPPED: LogPage = {
  items: [],
  total: null,
  next: "CURSOR",
  searched_back_to: "2026-11-27T19:47:19.917Z",
};

Deno.test("a search that reached its time limit says how far it came, and leads further back", async () => {
  const html = await pageOf("q=late", STOPPED);
  assertStringIncludes(html, "No match yet. Searched back to 2026-11-27 19:47:19 UTC");
  assertStringIncludes(html, `<a href="/board/logs?q=late&amp;cursor=CURSOR">Search further back`);
  assert(!html.includes("Nothing matches"), "the search has not ended");
  assert(!html.includes(">Older<"), "one way leads on");
});

Deno.test("a search that has ended without a match says so", async () => {
  const html = await pageOf("q=late", { items: [], total: 0, next: null });
  assertStringIncludes(html, "Nothing matches");
  assert(!html.includes("Search further back"));
});

Deno.test("the live tail follows the same search, with its tags", () => {
  const search = 'late environment:staging user:"Ada L" tag.os:"Mac OS" tag.b:"a&b=c"';
  const view = readLogsView(new URLSearchParams({ q: search, live: "1" }), CLOCK);
  const address = streamAddress(logQueryOf(view, Date.now()), "HERE");
  const { searchParams } = new URL(address, "http://board.invalid");
  assertEquals(watchQueryOf(searchParams, new Headers()), {
    q: "late",
    environment: "staging",
    user: "Ada L",
    tag: ["os:Mac OS", "b:a&b=c"],
    after: "HERE",
  });
});

async function pageOf(search: string, rows: LogPage): Promise<string> {
  const view = readLogsView(new URLSearchParams(search), CLOCK);
  return String(
    await LogsList({ view, rows, over: undefined, stream: undefined, clock: CLOCK }),
  );
}
