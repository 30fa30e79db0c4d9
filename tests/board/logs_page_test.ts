import { assert, assertStringIncludes } from "@std/assert";
import { LogsList, readLogsView } from "../../board/logs_page.tsx";
import type { LogPage } from "../../logging/mod.ts";

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

async function pageOf(search: string, rows: LogPage): Promise<string> {
  const view = readLogsView(new URLSearchParams(search));
  return String(await LogsList({ view, rows, stream: undefined, nowMs: Date.now() }));
}
