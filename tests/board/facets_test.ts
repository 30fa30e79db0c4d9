import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { INTAKE_KEY, startApp, type TestApp } from "../helpers/start_app.ts";
import { openSession } from "../helpers/open_session.ts";

const EVENT = "0d1f6a3c9b8e4f7a8c2d5e6f7a8b9c0d";
const DASHED = "0d1f6a3c-9b8e-4f7a-8c2d-5e6f7a8b9c0d";

Deno.test("an error's page says whom it hit, and each value leads to what else has it", async () => {
  await using app = await startApp();
  const late = (id: string, os: string) => ({
    svc_name: "trains",
    error: { type: "Late", message: "the train is late" },
    environment: "production",
    user: { id },
    tags: { "os name": os, hostile: '<b>"quoted"</b>' },
  });
  await app.report("/errors", [
    late("ada", "Mac OS"),
    late("ben", "Mac OS"),
    late("ada", "Linux"),
    { svc_name: "trains", error: { type: "Early", message: "it is early" } },
  ]);
  await app.logging.flush({ deadlineMs: 30_000 });
  const list = await open(app, "/board?environment=production");
  assertMatch(list, /class="hit">2 <span class="unit">users/);
  assertEquals(list.includes("it is early"), false);
  const error = /href="(\/board\/errors\/[^"]+)"/.exec(list)![1]!;
  const page = await open(app, error);
  assertMatch(page, /<dt>Users<\/dt><dd><a href="#users">2<\/a>/);
  assertMatch(page, /Mac OS<\/bdi><\/a><span>67 %/);
  assertEquals(page.includes('<b>"quoted"'), false);
  const facets = page.slice(page.indexOf('id="users"'), page.indexOf('id="history"'));
  const links = [...facets.matchAll(/href="(\/board\?q=[^"]+)"/g)].map(([, link]) => link!);
  assertMatch(page, /q=user%3Aada[^>]*><bdi>ada<\/bdi><\/a><span>67 %/);
  assertEquals(links.length, 6);
  for (const link of links) {
    const found = await open(app, link.replaceAll("&amp;", "&"));
    assertStringIncludes(found, "the train is late", link);
    assertEquals(found.includes("it is early"), false, link);
  }
});

Deno.test("an event that came twice is one, and its id leads to its occurrence everywhere", async () => {
  await using app = await startApp();
  const event = JSON.stringify({
    event_id: EVENT,
    exception: { values: [{ type: "Late", value: "the train is late" }] },
  });
  const body = `{}\n{"type":"event"}\n${event}`;
  for (let i = 0; i < 2; i++) {
    const { status } = await app.request(`/api/1/envelope/?sentry_key=${INTAKE_KEY}`, {
      method: "POST",
      body,
    });
    assertEquals(status, 200);
  }
  // At once: what is on its way is waited for.
  const receipt = await app.request(`/?query_content=${DASHED.toUpperCase()}&user_type=guest`);
  assertEquals(receipt.status, 200);
  const { content: { error_id } } = await receipt.json();
  const { content: error } = await (await app.asOperator(`/errors/${EVENT}`)).json();
  assertEquals(error.count, 1);
  const { content: occurrence } = await (await app.asOperator(`/occurrences/${DASHED}`)).json();
  assertEquals([occurrence.error_id, occurrence.record.event_id], [error_id, EVENT]);
  const found = await app.asOperator(`/?query_content=${DASHED}&user_type=operator`);
  assertEquals((await found.json()).content.errors.length, 1);
  const path = `/board/errors/${error.id}/occurrences/${error_id}`;
  for (const q of [EVENT, DASHED, EVENT.toUpperCase()]) {
    const answer = await ask(app, `/board?q=${q}`);
    assertEquals([answer.status, answer.headers.get("location")], [303, path]);
  }
  const named = await ask(app, `/board/errors/${error.id}/occurrences/${EVENT}`);
  assertEquals([named.status, named.headers.get("location")], [303, path]);
  const none = await app.request(`/?query_content=${"f".repeat(32)}&user_type=guest`);
  assertEquals(none.status, 404);
});

async function ask(app: TestApp, path: string): Promise<Response> {
  const answer = await app.request(path, { headers: { cookie: await openSession(app) } });
  if (answer.status !== 200) await answer.body?.cancel();
  return answer;
}

async function open(app: TestApp, path: string): Promise<string> {
  const answer = await ask(app, path);
  assert(answer.ok, path);
  return await answer.text();
}
