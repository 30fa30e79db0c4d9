import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openSession } from "../helpers/open_session.ts";
import { readPage } from "../helpers/read_page.ts";
import { startApp } from "../helpers/start_app.ts";

Deno.test("all errors that a list is of are muted at once, and that is undone without their ids in the address", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  for (let from = 0; from < 60; from += 30) {
    const reports = Array.from({ length: 30 }, (_, i) => ({
      svc_name: "shop",
      message: "late",
      environment: i % 3 === 0 ? "test" : "live",
      error: { type: `Late${from + i}`, message: "the train is late" },
    }));
    assertEquals((await app.report("/errors", reports)).status, 202);
  }
  await app.logging.flush({ deadlineMs: 5_000 });
  const { store } = app.logging;
  const [first] = (await store.listErrors({ limit: 1, environment: "live" })).items;
  await store.change([first!.id], { action: "mute" });

  const list = "/board?q=train&environment=live&done=muted&count=3&cursor=&sort=count";
  const to = await act({ action: "mute", all: "1", back: list });
  const told = new URL(to, "http://board.invalid").searchParams;
  assertEquals([told.get("q"), told.get("done"), told.get("count")], ["train", "muted", "39"]);
  assertEquals(told.getAll("id"), []);
  assertEquals(await store.stateCounts(), { open: 20, muted: 40, resolved: 0 });

  const page = readPage(await (await app.request(to, { headers: { cookie } })).text());
  assertStringIncludes(page.text, "39 errors muted.");
  const undo = page.forms.find(({ buttons }) => buttons.some(([, value]) => value === "undo"))!;
  const fields = Object.fromEntries(undo.fields);
  const back = await act({ ...fields, action: "undo" });
  assertStringIncludes(back, "done=unmuted&count=39");
  assert(!back.includes("at="), "the moment of the undoing is no business of the address");
  assertEquals(await store.stateCounts(), { open: 59, muted: 1, resolved: 0 });
  // Pressed again, it changes nothing; nor does a form that is not whole.
  assertStringIncludes(await act({ ...fields, action: "undo" }), "done=unmuted&count=0");
  const wrongForms: Record<string, string>[] = [
    { action: "resolve", all: "1" },
    { action: "resolve", all: "1", back: "https://elsewhere.example/list" },
    { action: "resolve", all: "1", back: "/board/errors/1" },
    { action: "undo", what: "resolve", at: "yesterday" },
    { action: "undo", what: "remove", at: fields.at! },
    { action: "undo", what: "mute", at: "" },
  ];
  for (const wrong of wrongForms) {
    assertEquals((await send(wrong)).status, 422);
  }
  assertEquals(await store.stateCounts(), { open: 59, muted: 1, resolved: 0 });

  const done = await act({ action: "resolve", id: first!.id, back: "/board?state=muted" });
  assertStringIncludes(done, "state=muted&done=resolved&count=1&at=");
  assertStringIncludes(
    await act({ action: "resolve", id: first!.id, back: done }),
    "/board?state=muted&done=resolved&count=0",
  );

  async function act(form: Record<string, string>): Promise<string> {
    const answer = await send(form);
    assertEquals(answer.status, 303);
    return answer.headers.get("location")!;
  }
  async function send(form: Record<string, string>): Promise<Response> {
    const answer = await app.request("/board/act", {
      method: "POST",
      headers: { cookie, "sec-fetch-site": "same-origin" },
      body: new URLSearchParams(form),
    });
    if (answer.status !== 303) await answer.body?.cancel();
    return answer;
  }
});

Deno.test("what a busy store did not take back in time is taken back with one more press", async () => {
  const answers = [{ count: 2, more: true }, { count: 0, more: true }];
  const asked: number[] = [];
  await using app = await startApp({
    store: {
      undo: ({ at }) => {
        asked.push(at);
        return Promise.resolve({ ...answers.shift()!, at: new Date(at).toISOString() });
      },
    },
  });
  await app.report("/errors", { svc_name: "shop", error: { type: "Late", message: "late" } });
  await app.logging.flush({ deadlineMs: 5_000 });
  const cookie = await openSession(app);
  const at = "2026-11-05T10:00:00.250Z";
  const answer = await app.request("/board/act", {
    method: "POST",
    headers: { cookie, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ action: "undo", what: "resolve", at, back: "/board" }),
  });
  assertEquals(asked, [Date.parse(at), Date.parse(at)]);
  const to = answer.headers.get("location")!;
  const page = readPage(await (await app.request(to, { headers: { cookie } })).text());
  assertStringIncludes(page.text, "2 errors reopened. There are more: reopen again to go on.");
  const undo = page.forms.find(({ buttons }) => buttons.some(([, value]) => value === "undo"))!;
  assertEquals(new Map(undo.fields).get("at"), at);
  assertEquals(new Map(undo.fields).get("what"), "resolve");
});
