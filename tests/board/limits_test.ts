import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  MAX_ID_CHARS,
  MAX_MUTED_MORE,
  MAX_NAME_CHARS,
  MAX_NOTE_CHARS,
  MAX_PERSON_CHARS,
  MAX_SEARCH_CHARS,
  MAX_URL_CHARS,
} from "../../store/limits.ts";
import { openSession } from "../helpers/open_session.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { ROOT, startApp, type TestApp } from "../helpers/start_app.ts";

const OURS = { "sec-fetch-site": "same-origin" };

/** Fields with a bound: in the board's forms, and in the API's routes. */
const TEXTS = [
  { field: "note", max: MAX_NOTE_CHARS, action: "resolve", verb: "PUT resolution" },
  { field: "release", max: MAX_NAME_CHARS, action: "resolve", verb: "PUT resolution" },
  { field: "note", max: MAX_NOTE_CHARS, action: "note", verb: "POST notes" },
  { field: "into", max: MAX_ID_CHARS, action: "merge", verb: "PUT merge" },
] as const;

for (const { field, max, action, verb } of TEXTS) {
  Deno.test(`${action}: a ${field} has at most ${max} characters, on the board as in the API, and is not cut`, async () => {
    await using app = await startApp();
    const id = await failOnce(app);
    const cookie = await openSession(app);
    const longer = "x".repeat(max + 1);
    const refused = await post(app, { action, id, [field]: longer }, cookie);
    assertEquals(refused.status, 422);
    assertMatch(
      await refused.text(),
      new RegExp(`${field} must be at most ${max} characters`, "i"),
    );
    const [method, path] = verb.split(" ");
    const body = JSON.stringify({ [field]: longer });
    const answer = await app.asOperator(`/errors/${id}/${path}`, {
      method,
      body,
      headers: JSON_TYPE,
    });
    const { content } = await readEnvelope(answer, { status: 422, code: `${field}.invalid` });
    assertMatch(String(content), new RegExp(`${field} must be at most ${max} characters`));
    const error = await app.logging.store.error(id);
    assertEquals(error?.history.map(({ action }) => action), ["opened"]);
  });
}

Deno.test("a mute for more occurrences than there can be is refused, and not taken for one for good", async () => {
  await using app = await startApp();
  const id = await failOnce(app);
  const cookie = await openSession(app);
  for (const more of [MAX_MUTED_MORE + 1, 0, 1.5, "x"]) {
    const refused = await post(app, { action: "mute", id, more: String(more) }, cookie);
    assert([400, 422].includes(refused.status));
    await refused.body?.cancel();
  }
  assertEquals((await app.logging.store.error(id))?.state, "open");
  const muted = await post(app, { action: "mute", id, more: String(MAX_MUTED_MORE) }, cookie);
  assertEquals(muted.status, 303);
  assertEquals((await app.logging.store.error(id))?.muted_more, MAX_MUTED_MORE);
});

Deno.test("the board's fields are as long as what is taken of them", async () => {
  await using app = await startApp();
  const id = await failOnce(app);
  const cookie = await openSession(app);
  const bounds: Record<string, number> = {};
  for (const path of ["/board", `/board/errors/${id}`, "/board/logs", "/board/overview"]) {
    const html = await (await app.request(path, { headers: { cookie } })).text();
    for (const [input] of html.matchAll(/<input [^>]*>/g)) {
      const [, name = ""] = /name="(\w+)"/.exec(input) ?? [];
      const [, bound] = /(?:maxlength|max)="(\d+)"/.exec(input) ?? [];
      if (bound === undefined) continue;
      assertEquals(bounds[name] ?? Number(bound), Number(bound), name);
      bounds[name] = Number(bound);
    }
  }
  const { days, ...others } = bounds;
  assert(days !== undefined);
  assertEquals(others, {
    q: MAX_SEARCH_CHARS,
    note: MAX_NOTE_CHARS,
    release: MAX_NAME_CHARS,
    more: MAX_MUTED_MORE,
    into: MAX_ID_CHARS,
    svc_name: MAX_NAME_CHARS,
    to: MAX_PERSON_CHARS,
    url: MAX_URL_CHARS,
  });
});

Deno.test("the docs tell the bounds that hold", () => {
  const api = Deno.readTextFileSync(`${ROOT}docs/http-api.md`);
  for (const max of [MAX_NOTE_CHARS, MAX_NAME_CHARS, MAX_SEARCH_CHARS, MAX_MUTED_MORE]) {
    assert(api.includes(max.toLocaleString("en")), String(max));
  }
});

const JSON_TYPE = { "content-type": "application/json" };

async function failOnce(app: TestApp): Promise<string> {
  const answer = await app.request("/fail?how=throw");
  const { error_id } = await answer.json();
  await app.logging.flush({ deadlineMs: 30_000 });
  return (await app.logging.store.error(error_id))!.id;
}

function post(app: TestApp, fields: Record<string, string>, cookie: string): Promise<Response> {
  return app.request("/board/act", {
    method: "POST",
    headers: { ...OURS, cookie },
    body: new URLSearchParams(fields),
  });
}
