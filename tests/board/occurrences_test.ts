import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openSession } from "../helpers/open_session.ts";
import { startApp } from "../helpers/start_app.ts";

const OCCURRENCES = 120;
/** As many as a request may bring. */
const MAX_REPORTS = 100;

Deno.test("the strip above an occurrence marks those around it, says where it stands, and leads to each", async () => {
  await using app = await startApp();
  const reports = Array.from({ length: OCCURRENCES }, (_, i) => ({
    svc_name: "trains",
    time: new Date(Date.now() - i * 1000).toISOString(),
    release: i < 60 ? "2.0<b>" : "1.0",
    error: { type: "Late", message: "the train is late" },
  }));
  const ids: string[] = [];
  for (const part of [reports.slice(0, MAX_REPORTS), reports.slice(MAX_REPORTS)]) {
    const { content } = await (await app.report("/errors", part)).json();
    ids.push(...content.ids);
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  const error = (await app.logging.store.occurrence(ids[0]!))!.error;
  const path = `/board/errors/${error}`;

  const newest = await open(path);
  assertEquals(marked(newest), ids.slice(0, 100).toReversed());
  assertStringIncludes(newest, "1 of 120 kept");
  assertStringIncludes(newest, "new here: 2.0&lt;b&gt;");
  assert(!newest.includes('rel="prev"'), "nothing is newer than the newest");
  // Its end leads on: the oldest one that it marks stands in the middle of the next strip.
  const [, end = ""] = /class="ends"><a href="([^"]+)"/.exec(newest)!;
  assertEquals(end, `${path}/occurrences/${ids[99]}`);
  const old = await open(end);
  assertEquals(marked(old), ids.slice(50).toReversed());
  assertStringIncludes(old, "100 of 120 kept");
  assertMatch(old, new RegExp(`errors/${ids[99]}" tabindex="0" aria-current="true"`));
  const { status, headers } = await ask(`/board/errors/${ids[70]}`);
  assertEquals([status, headers.get("location")], [303, `${path}/occurrences/${ids[70]}`]);
  assertMatch(old, new RegExp(`${ids[98]}" rel="prev"`));
  assertMatch(old, new RegExp(`${ids[100]}" rel="next"`));
  assertStringIncludes(old, `<a href="${path}">Newest</a>`);
  assertStringIncludes(old, `http://localhost${path}/occurrences/${ids[99]}</textarea>`);

  async function ask(path: string): Promise<Response> {
    return await app.request(path, { headers: { cookie: await openSession(app) } });
  }
  async function open(path: string): Promise<string> {
    return await (await ask(path)).text();
  }
});

/** The receipts in the strip, the oldest first as they stand there. */
function marked(page: string): string[] {
  const strip = /<svg class="strip"[\s\S]*?<\/svg>/.exec(page)![0];
  return [...strip.matchAll(/href="\/board\/errors\/([0-9a-f-]{36})"/g)].map(([, id]) => id!);
}
