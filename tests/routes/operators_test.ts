import { assertEquals, assertMatch } from "@std/assert";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, jsonBody, startApp, type TestApp, withToken } from "../helpers/start_app.ts";

const ANA = { name: "ana", token: "token-of-ana", mayWrite: true };
const ANA_NEXT = { ...ANA, token: "next-token-of-ana" };
const BEN = { name: "ben", token: "token-of-ben", mayWrite: false };

Deno.test("who did it stands in the history, and a token that may only read changes nothing", async () => {
  await using app = await startApp({ operators: [ANA, ANA_NEXT, BEN] });
  const id = await fail(app);
  const one = `/errors/${id}`;
  for (const { token } of [ANA, ANA_NEXT, BEN]) {
    await readEnvelope(await app.request(one, withToken(token)), { status: 200 });
  }
  const changes: [path: string, method: string, body?: object][] = [
    [`${one}/mute`, "PUT", { more: 7 }],
    [`${one}/mute`, "DELETE"],
    [`${one}/resolution`, "PUT", { note: "mended" }],
    ["/errors/resolution?ids=" + id, "DELETE"],
    [`${one}/notes`, "POST", { note: "seen" }],
    ["/keys", "POST", { service: "shop" }],
    [one, "DELETE"],
  ];
  for (const [path, method, body] of changes) {
    const init = { ...(body && jsonBody(body)), method };
    const refused = await readEnvelope(
      await app.request(path, withToken(BEN.token, init)),
      { status: 403, code: "forbidden" },
    );
    assertMatch(String(refused.content), /^\[Error\] Forbidden: the token of ben may only read/);
  }
  for (const [path, method, body] of changes.slice(0, -1)) {
    const token = method === "PUT" ? ANA.token : ANA_NEXT.token;
    const answer = await app.request(
      path,
      withToken(token, { ...(body && jsonBody(body)), method }),
    );
    assertEquals(answer.ok, true, `${method} ${path}`);
    await answer.body?.cancel();
  }
  const { history } = (await app.logging.store.error(id))!;
  assertEquals(history.map(({ action, actor }) => `${actor} ${action}`).toReversed(), [
    "holdfast opened",
    "ana muted",
    "ana unmuted",
    "ana resolved",
    "ana reopened",
    "ana noted",
  ]);
  const [key] = await app.logging.store.listKeys([]);
  assertEquals(key?.created_by, "ana");
});

Deno.test("errors are assigned and linked, one or many, and found by person: mine are whose token it is", async () => {
  await using app = await startApp({
    operators: [ANA, BEN, { token: "token-of-nobody", mayWrite: true }],
  });
  const id = await fail(app);
  const ask = async (
    path: string,
    { token = ANA.token, status = 200, ...init }: RequestInit & {
      token?: string;
      status?: number;
    } = {},
  ) => {
    const answer = await app.request(path, withToken(token, init));
    const envelope = await answer.json();
    assertEquals(answer.status, status, JSON.stringify(envelope));
    return envelope;
  };
  const put = (path: string, body: object, more: { status?: number } = {}) =>
    ask(path, { ...jsonBody(body), method: "PUT", ...more });

  const assigned = await put(`/errors/${id}/assignee`, { to: " ana ", note: "knows it" });
  assertEquals(assigned.content.assigned_to, "ana");
  const listed = async (query: string, token?: string) =>
    (await ask(`/errors?${query}`, { token })).content.errors.length;
  assertEquals(
    [
      await listed("assigned_to=ana"),
      await listed("assigned_to=mine"),
      await listed("assigned_to=mine", BEN.token),
      await listed("q=assigned_to:ana+too+late"),
      await listed("assigned_to=nobody"),
      (await ask("/errors/counts?assigned_to=mine")).content.open,
    ],
    [1, 1, 0, 1, 0, 1],
  );
  const nameless = await ask("/errors?assigned_to=mine", { token: "token-of-nobody", status: 422 });
  assertMatch(nameless.content, /mine needs a token with a name/);

  const many = await put("/errors/assignee", { ids: [id], to: "Ben Ö." });
  assertEquals(many.content.errors[0].assigned_to, "Ben Ö.");
  await ask(`/errors/assignee?ids=${id}`, { method: "DELETE" });
  await put(`/errors/${id}/assignee`, { to: "ben" });
  const freed = await ask(`/errors/${id}/assignee`, { method: "DELETE" });
  assertEquals(freed.content.assigned_to, null);
  for (const to of ["", " ", "mine", "Nobody", "a\nb", "x".repeat(129)]) {
    await put(`/errors/${id}/assignee`, { to }, { status: 422 });
  }

  const url = "https://git.example/acme/shop/issues/7?a=b#c";
  const linked = await put(`/errors/${id}/issue`, { url });
  assertEquals(linked.content.issue_url, url);
  for (
    const wrong of [
      "javascript:alert(1)",
      "JAVASCRIPT://x/%0aalert(1)",
      "data:text/html,x",
      "//git.example/7",
      "https://",
      "https://ana:secret@git.example/7",
      `https://git.example/${"x".repeat(2_000)}`,
      "",
    ]
  ) await put(`/errors/${id}/issue`, { url: wrong }, { status: 422 });
  assertEquals(
    (await ask(`/errors/${id}/issue`, { method: "DELETE" })).content.issue_url,
    null,
  );
});

async function fail(app: TestApp): Promise<string> {
  const report = { svc_name: "shop", error: { type: "Late", message: "too late" } };
  await readEnvelope(await app.request("/errors", withToken(INTAKE_KEY, jsonBody(report))), {
    status: 202,
  });
  await app.logging.flush({ deadlineMs: 30_000 });
  return (await app.logging.store.listErrors({ limit: 1 })).items[0]!.id;
}
