import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openSession } from "../helpers/open_session.ts";
import { startApp } from "../helpers/start_app.ts";

const ERROR = { type: "Late", message: "no train" };

Deno.test("an error's page shows what was said beside the error, and only where that is more", async () => {
  const said = await pageOf({ error: ERROR, message: "shipping <b>failed</b>" });
  assertStringIncludes(said, "<h2>Message");
  assertStringIncludes(said, "shipping &lt;b&gt;failed&lt;/b&gt;</pre>");
  for (const message of [undefined, "no train", "Late: no train"]) {
    assert(!(await pageOf({ error: ERROR, message })).includes("<h2>Message"), message);
  }
});

Deno.test("a context without values has no heading", async () => {
  const some = await pageOf({
    error: ERROR,
    attrs: { contexts: { cloud_resource: {}, os: { name: "Plan 9" } } },
  });
  assertStringIncludes(some, "Plan 9");
  assert(!some.includes("cloud_resource"), some);
  const none = await pageOf({ error: ERROR, attrs: { contexts: { cloud_resource: {} } } });
  assert(!none.includes("Contexts"), none);
});

async function pageOf(report: Record<string, unknown>): Promise<string> {
  await using app = await startApp();
  const answer = await app.report("/errors", { svc_name: "trains", ...report });
  const { content: { ids } } = await answer.json();
  await app.logging.flush({ deadlineMs: 5_000 });
  const { error } = (await app.logging.store.occurrence(ids[0]))!;
  const cookie = await openSession(app);
  const page = await app.request(`/board/errors/${error}`, { headers: { cookie } });
  assertEquals(page.status, 200);
  return await page.text();
}
