import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { HOSTILE, openBoard } from "../helpers/open_board.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { readPage } from "../helpers/read_page.ts";
import { startApp } from "../helpers/start_app.ts";

const PERSON = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };
const EVENT_ID = "0123456789abcdef0123456789abcdef";

Deno.test("whoever holds a receipt reads whether it is fixed, in which release, and what shows it", async () => {
  const proof = { requests: 312, failures: 0, since: "2026-03-02T10:00:00.000Z" };
  let shown: object | null = null;
  await using app = await startApp({
    environment: "production",
    store: { receipt: () => Promise.resolve(shown as never) },
  });
  const occurred_at = "2026-03-01T09:08:07.000Z";
  const open = { error_id: EVENT_ID, state: "open", occurred_at, resolved_at: null };
  const resolved = { ...open, state: "resolved", resolved_at: "2026-03-02T09:59:00.000Z" };
  const cases: [receipt: object, says: string][] = [
    [{ ...open, resolved_in: null, proof: null }, "We know of this failure. It is not fixed yet."],
    [{ ...open, state: "muted", resolved_in: null, proof: null }, "It is not fixed yet."],
    [
      { ...resolved, resolved_in: null, proof: null },
      "Marked as fixed on 2 March 2026, 09:59 UTC.",
    ],
    [
      { ...resolved, resolved_in: "1.4.2", proof },
      "Fixed in release 1.4.2 on 2 March 2026, 09:59 UTC.Since then 312 requests to the same place were answered without this failure.",
    ],
    [{ ...resolved, resolved_in: HOSTILE, proof: { ...proof, requests: 1 } }, "one request to"],
  ];
  for (const [receipt, says] of cases) {
    shown = receipt;
    const answer = await app.request(`/receipts/${EVENT_ID}`, PERSON);
    const html = await answer.text();
    const { text, addresses } = readPage(html);
    assertEquals(answer.status, 200);
    assert(text.includes(says), text);
    assert(text.includes("1 March 2026, 09:08 UTC"), text);
    assertEquals(addresses, []);
    assertFalse(/<script|<img|\son\w+=/i.test(html.replaceAll("&lt;", "")), html);
    const policy = answer.headers.get("content-security-policy")!;
    assertMatch(policy, /^default-src 'none'; style-src 'sha256-[\w+/=]+';/);
    assertEquals(
      ["content-type", "x-robots-tag", "cache-control", "vary", "referrer-policy"]
        .map((name) => answer.headers.get(name)),
      ["text/html; charset=utf-8", "noindex", "no-store", "accept", "no-referrer"],
    );
    const json = await app.request(`/receipts/${EVENT_ID}`, { headers: { accept: "*/*" } });
    assertEquals(json.headers.get("vary"), "accept");
    assertEquals((await readEnvelope(json, { status: 200 })).content, receipt);
  }
});

Deno.test("a real failure's receipt tells no message; one that is none gets a page that says what to do", async () => {
  await using app = await startApp({ environment: "production" });
  const report = {
    svc_name: "shop",
    error: { type: "Late", message: "secret words", stack: "Late: secret words\n  at sell" },
  };
  const { content } = await (await app.report("/errors", report)).json();
  await app.logging.flush({ deadlineMs: 5_000 });
  const path = `/receipts/${content.ids[0]}`;
  const page = await (await app.request(path, PERSON)).text();
  assertMatch(page, /It is not fixed yet/);
  assertFalse(/secret|sell|Late|shop/.test(page));
  const { content: receipt } = await (await app.request(path)).json();
  assertEquals(receipt.state, "open");
  assertEquals((await app.request(path, { ...PERSON, method: "HEAD" })).status, 200);

  for (const id of ["nobody", EVENT_ID, encodeURIComponent(HOSTILE)]) {
    const answer = await app.request(`/receipts/${id}`, PERSON);
    const { text, addresses } = readPage(await answer.text());
    assertEquals([answer.status, answer.headers.get("x-robots-tag")], [404, "noindex"]);
    assertMatch(text, /No failure has this receipt.*ask those who run the service/s);
    assertEquals(addresses, []);
    await readEnvelope(await app.request(`/receipts/${id}`), { status: 404, code: "id.not_found" });
  }
  const unknown = await app.request(`${path}?a=b`, PERSON);
  assertEquals(unknown.status, 400);
  await unknown.body?.cancel();
});

Deno.test("a receipt's page stands below the path of the API, and needs nobody's token", async () => {
  const place = { route: "/admin", shown: "/admin" };
  await using board = await openBoard(place, { isSignedIn: false });
  await board.fill();
  const { last_error_id } = (await board.hf.store.error(board.otherId))!;
  const found = await board.ask(`/holdfast/receipts/${last_error_id}`, PERSON);
  assertEquals(found.status, 200);
  assertMatch(await found.text(), /It is not fixed yet/);
  const none = await board.ask("/holdfast/receipts/nobody", PERSON);
  assertEquals(none.status, 404);
  assertMatch(await none.text(), /No failure has this receipt/);
  const start = await board.ask("/holdfast/", PERSON);
  assertMatch(await start.text(), /openapi\.json/);
});

Deno.test("a stranger who tries receipts fills no log", async () => {
  await using app = await startApp({ environment: "production" });
  for (let i = 0; i < 30; i++) await (await app.request(`/receipts/${i}`, PERSON)).body?.cancel();
  await app.logging.flush({ deadlineMs: 5_000 });
  const { items } = await app.logging.store.listLogs({ route: "/receipts/:id", limit: 50 });
  assertEquals(items.length, 10);
});
