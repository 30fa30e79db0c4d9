import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { errorsAddress, narrowingsOf, readErrorsView } from "../../board/errors/errors_view.ts";
import { byName, inSteps } from "../../board/errors/failures.ts";
import { traitsOf } from "../../board/errors/traits.tsx";
import { timeOfChart } from "../../board/parts/time_range.tsx";
import type { ErrorSummary, TrafficRow } from "../../logging/mod.ts";
import { MAX_SEARCH_CHARS } from "../../store/limits.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../store/times.ts";
import { openSession } from "../helpers/open_session.ts";
import { readPage } from "../helpers/read_page.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";

const CLOCK = { nowMs: Date.parse("2026-11-28T09:30:20Z"), zone: "UTC" };

Deno.test("what is chosen in a list stands in its address, and is read from there again", () => {
  const searches = [
    "",
    'q="a phrase" -word&svc_name=shop&environment=a&b&release=1.5.0+beta',
    "assigned_to=mine&what=new&range=10&state=muted&sort=count&cursor=abc",
    "what=fixed",
    "what=fixed&state=open",
    "since=2026-11-28T09:00Z&until=2026-11-28T09:01Z&state=all",
  ];
  for (const search of searches) {
    const view = readErrorsView(new URLSearchParams(search), CLOCK);
    const address = new URL(errorsAddress(view, view), "http://board.invalid");
    assertEquals(readErrorsView(address.searchParams, CLOCK), view, search);
  }
  const view = readErrorsView(new URLSearchParams("what=old&state=lost&sort=up&range=7"), CLOCK);
  assertEquals(errorsAddress(view), "/board");
  assertEquals(narrowingsOf(view), []);
  const long = "a".repeat(MAX_SEARCH_CHARS + 1);
  const tooLong = `svc_name=${long}&environment=${long}&release=${long}&assigned_to=${long}`;
  assertEquals(errorsAddress(readErrorsView(new URLSearchParams(tooLong), CLOCK)), "/board");
});

Deno.test("an error is new, back, rising or quiet, each in its own time", () => {
  const at = (agoMs: number) => new Date(CLOCK.nowMs - agoMs).toISOString();
  const traits = (error: Partial<ErrorSummary>, sinceMs = CLOCK.nowMs - DAY_MS) =>
    traitsOf({
      ...{ state: "open", first_seen: at(9 * DAY_MS), last_seen: at(MINUTE_MS) },
      ...{ came_back_at: null, rising_at: null, ...error },
    } as ErrorSummary, { sinceMs, nowMs: CLOCK.nowMs });
  assertEquals(traits({}), []);
  assertEquals(traits({ first_seen: at(23 * HOUR_MS) }), ["new"]);
  assertEquals(traits({ first_seen: at(23 * HOUR_MS) }, CLOCK.nowMs - HOUR_MS), []);
  assertEquals(traits({ came_back_at: at(HOUR_MS) }), ["back"]);
  assertEquals(traits({ came_back_at: at(2 * DAY_MS) }), []);
  assertEquals(traits({ rising_at: at(HOUR_MS), first_seen: at(HOUR_MS) }), ["rising", "new"]);
  assertEquals(traits({ rising_at: at(3 * HOUR_MS) }), []);
  assertEquals(traits({ last_seen: at(25 * HOUR_MS) }), ["quiet"]);
  assertEquals(traits({ last_seen: at(25 * HOUR_MS), state: "resolved" }), []);
});

Deno.test("the chart counts what is chosen, and each picker what the others leave", () => {
  const row = (
    names: [svc_name: string, environment: string | null, release: string | null],
    [error, critical]: [number, number],
  ) => {
    const [svc_name, environment, release] = names;
    return { svc_name, environment, release, error, critical, warn: 9 } as TrafficRow;
  };
  const rows = [
    row(["shop", "live", "1"], [1, 0]),
    row(["shop", "live", "2"], [2, 1]),
    row(["shop", "test", "2"], [4, 0]),
    row(["till", "live", null], [8, 0]),
  ];
  const by = byName(rows, { svc_name: "", environment: "live", release: "2" });
  assertEquals([...by.svc_name], [["shop", 3]]);
  assertEquals([...by.environment], [["live", 3], ["test", 4]]);
  assertEquals([...by.release], [["1", 1], ["2", 3], ["", 8]]);
  const chart = {
    ...{ step: "hour", stepMs: HOUR_MS, steps: 2, span: "the last day" } as const,
    firstMs: Date.parse("2026-11-28T08:00:00Z"),
  };
  const step = (at: string, error: number, critical: number) => (
    { at, error, critical } as TrafficRow
  );
  const steps = [
    step("2026-11-28T07:00:00Z", 16, 0),
    step("2026-11-28T09:00:00Z", 2, 1),
    step("2026-11-28T10:00:00Z", 9, 9),
  ];
  assertEquals(inSteps(steps, chart), [[0, 0], [2, 1]]);
  // What came after a range that is over does not count in it.
  const { firstMs } = chart;
  const endMs = firstMs + 2 * HOUR_MS;
  assertEquals(timeOfChart(chart, { nowMs: endMs + MINUTE_MS }), { since: firstMs, until: endMs });
  assertEquals(timeOfChart(chart, { nowMs: endMs - 1 }).until, endMs + MINUTE_MS);
});

Deno.test("the list says what the range brought, by service, environment and release, and how to loosen a search without a match", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  const failure = (release: string, environment: string, error: string) => ({
    ...{ svc_name: "shop", message: error, release, environment, level: "ERROR" },
    ...{ route: "/orders", status: 500, error: { type: error, message: "no price" } },
  });
  await app.report("/errors", [
    ...Array.from({ length: 3 }, () => failure("2.0", "live", "Late")),
    { ...failure("1.9", "test", "Lost"), level: "CRITICAL", user: { id: "ana" } },
  ]);
  await app.logging.flush({ deadlineMs: 5_000 });
  const page = async (query: string) => {
    const answer = await app.request(`/board?${query}`, { headers: { cookie } });
    assertEquals(answer.status, 200);
    return await answer.text();
  };
  const hour = await page("range=60");
  assertStringIncludes(hour, `<optgroup label="With failures in the last hour">`);
  for (const option of ["live (3)", "test (1)", "2.0 (3)", "1.9 (1)", "shop (4)"]) {
    assertStringIncludes(hour, `>${option}</option>`, option);
  }
  assertStringIncludes(readPage(hour).text, "Failures, the last hour 4 failures");
  assertMatch(hour, /class="level critical">CRITICAL/);
  const live = await page("range=60&environment=live");
  assertStringIncludes(readPage(live).text, "Failures in live, the last hour 3 failures");
  assertStringIncludes(live, ">test (1)</option>");
  assert(!live.includes("Lost"));
  // A bar leads to what happened in its minute.
  const [, bar = ""] = /<a href="(\/board\?[^"]*since=[^"]+)"/.exec(live) ?? [];
  assertMatch(bar, /environment=live&amp;since=[^&]+&amp;until=/);
  assertStringIncludes(await page(bar.replaceAll("&amp;", "&").split("?")[1]!), "Late");

  const none = await page("environment=live&release=1.9&range=60");
  const { addresses, text } = readPage(none);
  assertStringIncludes(text, "Nothing matches");
  for (const without of ["release=1.9&range=60", "environment=live&range=60"]) {
    assert(addresses.includes(`/board?${without}`), without);
  }
  assertStringIncludes(await page("environment=live&range=60"), "Late");
});

Deno.test("a button of the bulk bar changes all that match, and Undo takes exactly that back", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  await app.report(
    "/errors",
    Array.from({ length: 30 }, (_, i) => ({
      ...{ svc_name: "shop", message: "late", release: "2.0", environment: "live" },
      error: { type: `Late${i}`, message: "the train is late" },
    })),
  );
  await app.logging.flush({ deadlineMs: 5_000 });
  const ask = async (path: string) =>
    await (await app.request(path, { headers: { cookie } })).text();
  const list = await ask("/board?environment=live&range=60");
  assertStringIncludes(list, "Select all 30 that match");
  const { fields, buttons } = formWith(list, "resolve?release=next");
  assertEquals(
    buttons.map(([, value]) => value),
    ["resolve?release=next", "resolve?release=next", "resolve?release=", "resolve", "mute", "mute"]
      .concat([
        ...["mute?for=1", "mute?for=24", "mute?for=168"],
      ]),
  );
  const muted = await send(app, cookie, { ...fields, all: "1", action: "mute?for=24" });
  const { store } = app.logging;
  assertEquals(await store.stateCounts(), { open: 0, muted: 30, resolved: 0 });
  const [one] = (await store.listErrors({ limit: 1 })).items;
  const { muted_until } = (await store.error(one!.id))!;
  assert(Math.abs(Date.parse(muted_until!) - Date.now() - DAY_MS) < HOUR_MS, muted_until!);
  assertMatch(muted, /environment=live&range=60&done=muted&count=30/);
  const undo = formWith(await ask(muted), "undo");
  const undone = await send(app, cookie, { ...undo.fields, action: "undo" });
  assertMatch(undone, /environment=live&range=60&done=unmuted&count=30/);
  assertEquals(await store.stateCounts(), { open: 30, muted: 0, resolved: 0 });
  // One alone, in the next release: the usual.
  const next = { ...fields, id: one!.id, action: "resolve?release=next", release: "1.0" };
  await send(app, cookie, next);
  assertEquals((await store.error(one!.id))!.resolved_next, true);
  const again = readPage(await ask(await send(app, cookie, next))).text;
  assertStringIncludes(again, "Nothing has changed: no error was selected, or all of them are");
  assertEquals(await store.stateCounts(), { open: 29, muted: 0, resolved: 1 });
  // Nobody knows whether an older occurrence has a word that is left out.
  assert(!(await ask("/board?q=-plane")).includes("that match"));
  const refused = await app.request("/board/act", {
    method: "POST",
    headers: { cookie, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ all: "1", action: "mute", back: "/board?q=-plane" }),
  });
  assertEquals(refused.status, 422);
  assertStringIncludes(await refused.text(), "search for a word too");
  assertEquals((await store.stateCounts()).muted, 0);
});

function formWith(html: string, action: string) {
  const form = readPage(html).forms.find(({ buttons }) =>
    buttons.some(([, value]) => value === action)
  )!;
  return { fields: Object.fromEntries(form.fields), buttons: form.buttons };
}

async function send(
  app: TestApp,
  cookie: string,
  form: Record<string, string>,
): Promise<string> {
  const answer = await app.request("/board/act", {
    method: "POST",
    headers: { cookie, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams(form),
  });
  assertEquals(answer.status, 303);
  return answer.headers.get("location")!;
}
