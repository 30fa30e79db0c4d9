import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { LogsList } from "../../board/logs/logs_page.tsx";
import {
  logQueryOf,
  readLogsView,
  streamAddress,
  watchQueryOf,
} from "../../board/logs/logs_view.ts";
import type { LogPage } from "../../logging/mod.ts";
import { openSession } from "../helpers/open_session.ts";
import { startApp } from "../helpers/start_app.ts";

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
    own: false,
    after: "HERE",
  });
});

Deno.test("Holdfast's own records are hidden until they are asked for, by a link or by their request", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  const page = async (query: string) => {
    const answer = await app.request(`/board/logs?${query}`, { headers: { cookie } });
    return await answer.text();
  };
  const asked = await app.asOperator("/errors");
  await asked.body?.cancel();
  await app.logging.flush({ deadlineMs: 30_000 });
  const nothing = await page("");
  assertStringIncludes(nothing, "No records yet");
  assertStringIncludes(nothing, "Holdfast&#39;s own records are hidden.");
  assert(!nothing.includes("<figure"), "a chart of what is hidden");
  const show = `<a href="/board/logs?own=1">Show Holdfast&#39;s own records</a>`;
  assertStringIncludes(nothing, show);

  const report = { svc_name: "shop", message: "order taken" };
  await app.report("/logs", report).then((answer) => answer.body?.cancel());
  await app.logging.flush({ deadlineMs: 30_000 });
  const hidden = await page("");
  assertStringIncludes(hidden, "order taken");
  assertStringIncludes(hidden, show);
  assert(!hidden.includes("GET /errors 200"));
  const all = await page("own=1");
  assertStringIncludes(all, "GET /errors 200");
  assertStringIncludes(all, `<a href="/board/logs">Hide Holdfast&#39;s own records</a>`);
  assertStringIncludes(all, "own=1&amp;around=");
  const ofRequest = await page(`q=request_id:${asked.headers.get("x-request-id")}`);
  assertStringIncludes(ofRequest, "GET /errors 200");
  assertStringIncludes(await page("live=1"), "/board/logs/stream?own=false&amp;after=");
  assert(!(await page("live=1&own=1")).includes("own=false"));
});

Deno.test("the chart counts by level, narrows to a step, and says where it shows more than the search", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  const page = async (query: string) => {
    const answer = await app.request(`/board/logs?${query}`, { headers: { cookie } });
    return await answer.text();
  };
  const report = (level: string, svc_name: string, environment: string) => ({
    ...{ level, svc_name, environment },
    message: "order taken",
  });
  await app.report("/logs", [
    report("INFO", "shop", "staging"),
    report("WARN", "shop", "production"),
    report("WARN", "shop", "production"),
    report("WARN", "mailer", "production"),
  ]).then((answer) => answer.body?.cancel());
  await app.logging.flush({ deadlineMs: 30_000 });

  assertStringIncludes(await page("own=1&svc_name=shop"), "Records in the last day</strong>");
  const hour = await page("range=60&svc_name=shop");
  assertMatch(hour, /Records in the last hour, Holdfast&#39;s own too<\/strong> <span>3 records/);
  assertMatch(hour, /href="\/board\/logs\?svc_name=shop&amp;since=[^"]*&amp;until=[^"]*"/);
  assertStringIncludes(hour, `<option value="staging"`);
  const words = await page("svc_name=shop&environment=production&level=WARN&q=taken");
  assertMatch(
    words,
    /All records of shop in production, WARN and worse, in the last day, Holdfast&#39;s own too<\/strong> <span>2 records/,
  );
});

async function pageOf(search: string, rows: LogPage): Promise<string> {
  const view = readLogsView(new URLSearchParams(search), CLOCK);
  return String(
    await LogsList({ view, rows, over: undefined, stream: undefined, clock: CLOCK }),
  );
}
