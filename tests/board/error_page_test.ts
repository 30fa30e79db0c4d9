import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openSession } from "../helpers/open_session.ts";
import { readPage } from "../helpers/read_page.ts";
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

Deno.test("an error's page says at a glance how often, for whom, since which release, how bad, and what holds", async () => {
  await using app = await startApp();
  const late = (release: string, user: string, level = "ERROR") => ({
    ...{ svc_name: "trains", error: ERROR, environment: "production" },
    ...{ release, user: { id: user }, level },
  });
  await app.report("/errors", late("1.0", "ada", "CRITICAL"));
  await app.report("/errors", [late("1.1", "ada"), late("1.1", "ben")]);
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items: [error] } = await app.logging.store.listErrors({ limit: 1 });
  const cookie = await openSession(app);
  const open = async () => {
    const page = await app.request(`/board/errors/${error!.id}`, { headers: { cookie } });
    return await page.text();
  };
  const html = await open();
  const facts = readPage(html.replaceAll("<d", " <d")).text.replaceAll(/\s+/g, " ");
  assertStringIncludes(facts, "Times 3 3 in 24 hours Users 2 Since release 1.0 First seen");
  assertMatch(facts, /Last seen just now in 1\.1 Level now ERROR CRITICAL in 24 hours/);
  // Every section can be reached, and what can be done stands once, in plain forms.
  const sections = [...html.matchAll(/href="#([a-z]+)"/g)].map(([, id]) => id!);
  assertEquals(sections.filter((id) => !html.includes(` id="${id}"`)), []);
  for (const id of ["stack", "users", "releases", "environments", "history", "why"]) {
    assert(sections.includes(id), id);
  }
  const pressed = [...html.matchAll(/data-key="(.)"/g)].map(([, key]) => key);
  assertEquals(pressed, ["e", "m"]);

  await app.logging.store.change([error!.id], {
    action: "mute",
    more: 12,
    until: Date.parse("2099-01-01T00:00:00Z"),
  });
  const muted = await open();
  assertStringIncludes(muted, "until 2099-01-01 00:00:00 UTC, or until it happens 12 more times.");
  assertStringIncludes(muted, `value="unmute"`);
  assert(!muted.includes(`data-key="m"`), "what is muted can be muted");
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

Deno.test("an error's page and the API have a test that sends its request again, or say why not", async () => {
  await using app = await startApp();
  const failed = await app.request("/fail?how=throw");
  const { error_id } = await failed.json();
  const reported = await app.report("/errors", {
    svc_name: "trains",
    error: ERROR,
    method: "POST",
    path: "/trains",
    input_json: "x".repeat(100_000),
  });
  const { content: { ids: [cut] } } = await reported.json();
  await app.logging.flush({ deadlineMs: 5_000 });
  const cookie = await openSession(app);
  const shown = async (id: string) => {
    const { error } = (await app.logging.store.occurrence(id))!;
    return await (await app.request(`/board/errors/${error}`, { headers: { cookie } })).text();
  };
  assertStringIncludes(await shown(error_id), "path: &quot;/fail?how=throw&quot;,");
  assertStringIncludes(await shown(cut), "It cannot be built as a test: the body was cut.");

  const answer = await app.asOperator(`/errors/${error_id}/reproduction`);
  assertEquals(answer.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(
    answer.headers.get("content-disposition"),
    `inline; filename="${error_id}_test.ts"`,
  );
  assertStringIncludes(await answer.text(), 'path: "/fail?how=throw",');
  const why = await (await app.asOperator(`/errors/${cut}/reproduction`)).text();
  assertStringIncludes(why, "// Cannot be built from what is recorded: the body was cut.");
  for (const [id, token, status] of [[error_id, "none", 401], ["none", undefined, 404]] as const) {
    const headers: HeadersInit = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const path = `/errors/${id}/reproduction`;
    const refused = await (token ? app.request(path, { headers }) : app.asOperator(path));
    assertEquals(refused.status, status);
    await refused.body?.cancel();
  }
});

async function pageOf(report: Record<string, unknown>): Promise<string> {
  await using app = await startApp();
  const answer = await app.report("/errors", { svc_name: "trains", ...report });
  const { content: { ids } } = await answer.json();
  await app.logging.flush({ deadlineMs: 30_000 });
  const { error } = (await app.logging.store.occurrence(ids[0]))!;
  const cookie = await openSession(app);
  const page = await app.request(`/board/errors/${error}`, { headers: { cookie } });
  assertEquals(page.status, 200);
  return await page.text();
}
