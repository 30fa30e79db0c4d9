import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { noneSentence } from "../../board/overview/changes.tsx";
import { troublesOf } from "../../board/overview/delivery.tsx";
import { comparison, percent } from "../../board/overview/numbers.tsx";
import { MAX_ROUTES, readTraffic, type RouteCounts } from "../../board/overview/traffic.ts";
import { readOverviewView } from "../../board/overview/overview_view.ts";
import { verdictOf } from "../../board/overview/verdict.tsx";
import type { ErrorSummary } from "../../logging/mod.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../store/times.ts";
import { openSession } from "../helpers/open_session.ts";
import { INTAKE_KEY, jsonBody, startApp, type TestApp, withToken } from "../helpers/start_app.ts";
import { startLog } from "../helpers/start_log.ts";

Deno.test("the overview says what is broken, what changed, and which routes are worst, over the asked time", async () => {
  await using app = await startApp({ logging: { service: "till", release: "1.0" } });
  const page = await visitor(app);
  const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * MINUTE_MS).toISOString();
  const request = (route: string, parts: object = {}) => ({
    ...{ svc_name: "shop", message: `GET ${route}`, route, status: 200, duration_ms: 20 },
    ...{ release: "2.0", time: at(1), ...parts },
  });
  await report(app, "/logs", [
    ...Array.from({ length: 8 }, () => request("/busy")),
    ...Array.from({ length: 3 }, () => request("/broken", { status: 503, duration_ms: 5 })),
    request("/slow", { duration_ms: 4_000, time: at(30) }),
    request("/yesterday", { time: at(20 * 60) }),
    request("/elsewhere", { svc_name: "<b>other" }),
  ]);
  const error = { svc_name: "shop", release: "2.0", user: { id: "ana" } };
  await report(app, "/errors", [
    { ...error, error: { type: "NoPrice", message: "no price of <i>" } },
    { ...error, error: { type: "OldOne", message: "known" }, time: at(2 * 24 * 60) },
    { ...error, error: { type: "OldOne", message: "known" } },
  ]);

  const hour = await page();
  assertStringIncludes(
    hour,
    "Something is broken: in the last 10 minutes 2 errors happened (1 new), and 3 of ",
  );
  assertStringIncludes(hour, "requests failed, all at /broken of shop.");
  assertStringIncludes(hour, `href="/board?range=10">See them`);
  assertStringIncludes(hour, "is new: 1 user since release 2.0 in shop");
  assertStringIncludes(hour, "no price of &lt;i&gt;");
  assertStringIncludes(hour, `href="/board?what=new"`);
  assertStringIncludes(hour, "No error came back, rises or was fixed.");
  assert(!/<section class="change (?!new)/.test(hour), hour);
  // A release that appeared is marked.
  assertStringIncludes(hour, "; new: ");
  assertStringIncludes(hour, "&lt;b&gt;other");
  assert(!hour.includes("<b>"), hour);

  // Ordered by failures, then by what is asked for.
  assertEquals(routesOf(hour).slice(0, 2), ["/broken", "/busy"]);
  assertEquals(routesOf(await page("?by=p95"))[0], "/slow");
  assertEquals(routesOf(await page("?by=requests"))[0], "/busy");
  assertStringIncludes(
    await page("?by=p95"),
    `aria-sort="descending"><a href="/board/overview?by=p95">`,
  );
  assert(!routesOf(hour).includes("/yesterday"), hour);
  assert(routesOf(await page("?range=1440")).includes("/yesterday"));
  assert(!routesOf(await page("?range=10")).includes("/slow"));
  assertEquals(routesOf(await page("?svc_name=shop&range=10")).sort(), ["/broken", "/busy"]);
  // A route leads to its errors and its logs of the same time.
  for (const path of ["/board", "/board/logs"]) {
    const query = `q=route%3A%2Fbroken&amp;svc_name=shop&amp;range=10`;
    assertStringIncludes(await page("?range=10"), `href="${path}?${query}"`);
  }
});

Deno.test("a service that logs no requests has a chart of its errors", async () => {
  await using app = await startApp();
  const page = await visitor(app);
  await report(app, "/errors", [{ svc_name: "train", error: { type: "Late", message: "late" } }]);
  const shown = await page("?svc_name=train");
  assertStringIncludes(shown, "<strong>Errors logged</strong> <span>1 record</span>");
  assertStringIncludes(shown, "No request was recorded in this time.");
  assertStringIncludes(
    await page("?svc_name=nobody"),
    "Nothing was recorded in the last 10 minutes",
  );
});

Deno.test("of many routes the first are shown, and all on demand", async () => {
  await using app = await startApp();
  const page = await visitor(app);
  const routes = Array.from({ length: MAX_ROUTES + 5 }, (_, index) => `/route/${index}`);
  await report(
    app,
    "/logs",
    routes.map((route) => ({
      ...{ svc_name: "shop", message: route, route, status: 200 },
    })),
  );
  const few = await page("?svc_name=shop");
  assertEquals(routesOf(few).length, MAX_ROUTES);
  assertStringIncludes(few, "5 further routes");
  assertEquals(routesOf(await page("?svc_name=shop&routes=all")).length, routes.length);
});

Deno.test("the time before is as long as the part that is over", async () => {
  const asked: { since: number; until: number }[] = [];
  const clock = { nowMs: Date.UTC(2026, 10, 28, 14, 30), zone: "UTC" };
  const row = {
    ...{ at: null, svc_name: null, route: null, release: null, environment: null },
    ...{ requests: 480, failures: 48, p50_ms: 1, p95_ms: 2 },
    ...{ debug: 0, info: 480, warn: 0, error: 48, critical: 0 },
  };
  const view = readOverviewView(new URLSearchParams("range=1440"), clock);
  const { before } = await readTraffic(
    {
      traffic: (query) => {
        asked.push(query);
        const isTotal = query.step === undefined && query.by === undefined;
        return Promise.resolve(isTotal ? [row] : []);
      },
      releaseNames: () => Promise.resolve([]),
    },
    view,
    clock,
  );
  // Half of the running hour is not over.
  assertEquals(before.requests, 470);
  const past = asked.find(({ until }) => until < clock.nowMs)!;
  assertEquals(past.until - past.since, DAY_MS);
});

Deno.test("a verdict is bad for news and for many failed requests, and mild for what is known", () => {
  const nowMs = Date.UTC(2026, 10, 28, 14);
  const ago = (ms: number) => new Date(nowMs - ms).toISOString();
  const known = {
    ...{ id: "1", type: "E", users: 3, state: "open" },
    ...{ first_seen: ago(9 * DAY_MS), last_seen: ago(1), came_back_at: null, rising_at: null },
  } as ErrorSummary;
  const fresh = { ...known, first_seen: ago(HOUR_MS) };
  const back = { ...known, id: "2", users: 9, came_back_at: ago(HOUR_MS) };
  const verdict = (items: ErrorSummary[], ...routes: [requests: number, failures: number][]) => {
    const now = routes.map(([requests, failures], index): RouteCounts => ({
      ...{ svc_name: "shop", route: `/${index}`, requests, failures, records: requests },
      ...{ error: failures, critical: 0, p50_ms: null, p95_ms: null },
    }));
    const recent = { items, total: items.length, next: null };
    const { tone, sentence, worst } = verdictOf({ recent, now, nowMs });
    return [tone, sentence, worst?.error.id];
  };
  const during = "in the last 10 minutes";
  assertEquals(
    [
      verdict([]),
      verdict([], [7, 0]),
      verdict([known]),
      verdict([known, known], [1_000, 1]),
      verdict([], [100, 0], [100, 40], [10, 2]),
      verdict([fresh, back, known]),
      verdict([], [3, 3]),
    ],
    [
      ["unknown", `Nothing was recorded ${during}, neither good nor bad.`, undefined],
      [
        "good",
        `Nothing is broken: no open error happened ${during}, and all 7 requests went well.`,
        undefined,
      ],
      ["warn", `Nothing new is broken: ${during} 1 known error happened.`, undefined],
      [
        "warn",
        `Nothing new is broken: ${during} 2 known errors happened, and 1 of 1,000 requests failed at /0.`,
        undefined,
      ],
      [
        "bad",
        `Something is broken: ${during} 42 of 210 requests failed, most at /1.`,
        undefined,
      ],
      ["bad", `Something is broken: ${during} 3 errors happened (1 back, 1 new).`, "2"],
      ["bad", `Something is broken: ${during} 3 of 3 requests failed, all at /0.`, undefined],
    ],
  );
});

Deno.test("numbers are compared in words", () => {
  const more = ["more", "fewer"] as const;
  assertEquals(
    [[0, 0], [5, 0], [0, 5], [100, 100], [116, 100], [80, 100], [320, 100], [5_000, 10]]
      .map(([now, past]) => comparison(now!, past!, more)),
    [
      ...["as before", "none before", "none any more", "as before"],
      ...["16 % more", "20 % fewer", "3.2 × before", "500 × before"],
    ],
  );
  assertEquals(
    [[0, 0], [1, 3], [1, 100_000], [3, 1_000], [7, 7]].map(([part, all]) => percent(part!, all!)),
    ["0 %", "33 %", "<0.1 %", "0.3 %", "100 %"],
  );
  assertEquals(noneSentence(["is new"]), "No error is new.");
});

Deno.test("the log's delivery is one line while all is well, and loud sentences when it is not", async () => {
  await using app = await startApp();
  const shown = await (await visitor(app))();
  assertStringIncludes(shown, `<section id="delivery" class="delivery-part">`);
  assertStringIncludes(shown, "none dropped; the store has ");
  assert(!shown.includes("Log delivery has"), shown);

  await using world = startLog();
  const { logging } = world;
  await logging.ready;
  const health = await logging.store.health();
  const stats = logging.stats();
  const delivery = { stats, health, nearQuota: [] };
  assertEquals(troublesOf(delivery, new Map()), []);
  assertEquals(troublesOf(delivery, new Map([["till", 5], ["shop", 1_200]])), [
    "1,205 reports were refused since the start, most of them of shop: more than the quota of their key.",
  ]);
  stats.sinks_down = ["store", "otlp", "alerts"];
  stats.skipped = { otlp: { behind: 1_200, refused: 34 }, alerts: { refused: 2 } };
  assertEquals(troublesOf(delivery, new Map()), [
    "The store accepts no records at the moment: they wait in the queue, and the log says why.",
    "The otlp sink accepts no records at the moment: the store has them, and the log says why.",
    "Alerts cannot be delivered just now: they wait in the store, and the log says why.",
    "1,234 log records did not get to the otlp sink since the start; the store has them.",
    "2 alerts were given up since the start: the receiver refuses them.",
  ]);
});

/** Shows the overview, as the operator sees it. */
async function visitor(app: TestApp): Promise<(query?: string) => Promise<string>> {
  const cookie = await openSession(app);
  return async (query = "") => {
    const answer = await app.request(`/board/overview${query}`, { headers: { cookie } });
    assertEquals(answer.status, 200);
    return await answer.text();
  };
}

/** The routes of the table, in its order; without those of the service itself. */
function routesOf(page: string): string[] {
  return [...page.matchAll(/<th scope="row"><a class="code"[^>]*><bdi>([^<]*)<\/bdi>/g)]
    .map(([, route]) => route!)
    .filter((route) => !/^\/(errors|logs|board)/.test(route));
}

async function report(app: TestApp, path: string, reports: readonly object[]): Promise<void> {
  const answer = await app.request(path, withToken(INTAKE_KEY, jsonBody(reports)));
  assertEquals((await answer.json()).content.accepted, reports.length);
  await app.logging.flush({ deadlineMs: 30_000 });
}
