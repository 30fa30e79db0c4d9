import { assertEquals, assertMatch } from "@std/assert";
import { openSession } from "../helpers/open_session.ts";
import { startApp } from "../helpers/start_app.ts";

const OCCURRENCES = 25;

Deno.test("the list beside an old occurrence shows those around it, and the way to the newest", async () => {
  await using app = await startApp();
  const reports = Array.from({ length: OCCURRENCES }, (_, i) => ({
    svc_name: "trains",
    time: new Date(Date.now() - i * 1000).toISOString(),
    error: { type: "Late", message: "the train is late" },
  }));
  const { content: { ids } } = await (await app.report("/errors", reports)).json();
  await app.logging.flush({ deadlineMs: 30_000 });
  const error = (await app.logging.store.occurrence(ids[0]))!.error;

  const old = await open(`/board/errors/${error}/occurrences/${ids[12]}`);
  assertEquals(listed(old), ids.slice(8, 18));
  assertMatch(old, new RegExp(`occurrences/${ids[12]}" aria-current="true"`));
  assertMatch(old, />Newest<\/a>/);
  const further = /href="([^"]+\?cursor=[^"]+)"/.exec(old)![1]!;
  assertEquals(listed(await open(further)), ids.slice(18));

  const newest = await open(`/board/errors/${error}`);
  assertEquals(listed(newest), ids.slice(0, 10));
  assertEquals(/>Newest<\/a>/.test(newest), false);

  async function open(path: string): Promise<string> {
    const cookie = await openSession(app);
    return await (await app.request(path, { headers: { cookie } })).text();
  }
});

/** The receipts in the list of occurrences, in its order. */
function listed(page: string): string[] {
  const list = page.slice(page.indexOf("<h2>Occurrences"));
  return [...list.matchAll(/<li><a href="[^"]+\/occurrences\/([0-9a-f-]{36})"/g)].map(([, id]) =>
    id!
  );
}
