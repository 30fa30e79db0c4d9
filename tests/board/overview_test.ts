import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { errorsSentence, troublesOf } from "../../board/overview/overview_page.tsx";
import { openSession } from "../helpers/open_session.ts";
import { startApp } from "../helpers/start_app.ts";
import { startLog } from "../helpers/start_log.ts";

Deno.test("the overview says which sinks take nothing, and what they missed", async () => {
  await using world = startLog();
  const { logging } = world;
  await logging.ready;
  const health = await logging.store.health();
  const stats = logging.stats();
  assertEquals(
    troublesOf({ delivery: { stats, health, nearQuota: [] }, lastHour: [], refused: new Map() }),
    [],
  );
  stats.sinks_down = ["store", "otlp", "alerts"];
  stats.skipped = { otlp: { behind: 1_200, refused: 34 }, alerts: { refused: 2 } };
  assertEquals(
    troublesOf({ delivery: { stats, health, nearQuota: [] }, lastHour: [], refused: new Map() }),
    [
      "The store accepts no records at the moment: they wait in the queue, and the log says why.",
      "The otlp sink accepts no records at the moment: the store has them, and the log says why.",
      "Alerts cannot be delivered just now: they wait in the store, and the log says why.",
      "1,234 log records did not get to the otlp sink since the start; the store has them.",
      "2 alerts were given up since the start: the receiver refuses them.",
    ],
  );
});

Deno.test("the overview says how many reports were refused, and whose they are", async () => {
  await using world = startLog();
  await world.logging.ready;
  const health = await world.logging.store.health();
  const delivery = { stats: world.logging.stats(), health, nearQuota: [] };
  const refused = new Map([["till", 5], ["shop", 1_200]]);
  assertEquals(troublesOf({ delivery, lastHour: [], refused }), [
    "1,205 reports were refused since the start, most of them of shop: more than the quota of their key.",
  ]);
});

Deno.test("the overview counts failures that other services reported, and is well when none did", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  assertStringIncludes(await overview(), "All is well");
  const reports = ["Late", "Late", "Lost"].map((type, index) => ({
    svc_name: `train ${index}`,
    error: { type, message: "no train" },
  }));
  const old = { ...reports[0]!, time: new Date(Date.now() - 3 * 60 * 60 * 1000).toISOString() };
  await (await app.report("/errors", [old, ...reports])).body?.cancel();
  await app.logging.flush({ deadlineMs: 30_000 });
  const page = await overview();
  assertStringIncludes(
    page,
    "3 errors happened in the last hour, 2 of them new. <a href=",
  );
  assert(!page.includes("All is well"), page);

  async function overview(): Promise<string> {
    return await (await app.request("/board/overview", { headers: { cookie } })).text();
  }
});

Deno.test("a count of errors is a sentence", () => {
  const sentences = [[1, 1], [1, 0], [2, 0], [100, 100]].map(([happened, isNew]) =>
    errorsSentence({ happened: happened!, isNew: isNew! })
  );
  assertEquals(sentences, [
    "1 new error happened in the last hour.",
    "1 known error happened in the last hour.",
    "2 errors happened in the last hour, none of them new.",
    "100+ errors happened in the last hour, 100+ of them new.",
  ]);
});
