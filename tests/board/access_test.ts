import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Access, isFromHere } from "../../board/access/access.ts";
import { SIGN_IN_LIMITS } from "../../board/access/attempts.ts";
import { openSession } from "../helpers/open_session.ts";
import { OPERATOR_TOKEN, startApp, type TestApp } from "../helpers/start_app.ts";

const ANA = { name: "ana", token: "token", mayWrite: true };
const BEN = { name: "ben", token: "other", mayWrite: false };
const BASE = "http://localhost";
const HOUR_MS = 60 * 60 * 1000;

Deno.test("without an operator's token there is no board", async () => {
  await using app = await startApp({ operators: [] });
  for (
    const path of [
      "/board",
      "/board/sign-in",
      "/board/logs",
      "/board/assets/board.css",
      "/logs/stream",
    ]
  ) {
    assertEquals((await app.request(path)).status, 404, path);
  }
  assertEquals(await app.newSignInPath(), undefined);
});

Deno.test("every page leads to the sign-in and from there back", async () => {
  await using app = await startApp();
  const answer = await app.request("/board/logs?q=a%20b&level=WARN");
  assertEquals(answer.status, 303);
  const next = "/board/sign-in?next=%2Fboard%2Flogs%3Fq%3Da%2520b%26level%3DWARN";
  assertEquals(answer.headers.get("location"), next);
  assertMatch(
    await text(app.request(next)),
    /name="next" value="\/board\/logs\?q=a%20b&amp;level=WARN"/,
  );
  const signedIn = await signIn(app, { next: "/board/logs?q=a%20b&level=WARN" });
  assertEquals(signedIn.headers.get("location"), "/board/logs?q=a%20b&level=WARN");
});

Deno.test("no address outside the board is led to", async () => {
  await using app = await startApp();
  for (
    const next of [
      "//evil.example/board",
      "https://evil.example/board",
      "/boardroom",
      "javascript:alert(1)",
      "/board\\..\\x",
      "/board/../errors",
      "",
    ]
  ) {
    const location = (await signIn(app, { next })).headers.get("location")!;
    assertMatch(location, /^\/board(?:\/|$)/, next);
  }
});

Deno.test("the token opens a session, and signing out ends it", async () => {
  await using app = await startApp();
  const answer = await signIn(app);
  assertEquals(answer.status, 303);
  const setCookie = answer.headers.get("set-cookie")!;
  assertMatch(
    setCookie,
    /^holdfast_board_[0-9a-f]{8}=[^;]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/,
  );
  const cookie = setCookie.split(";")[0]!;
  assertEquals((await app.request("/board", { headers: { cookie } })).status, 200);
  const out = await post(app, "/board/sign-out", {}, { cookie });
  assertMatch(out.headers.get("set-cookie")!, /^holdfast_board_[0-9a-f]{8}=; .*Max-Age=0/);
});

Deno.test("over TLS the cookie is bound to the host and to TLS", async () => {
  await using app = await startApp();
  for (
    const init of [{ base: "https://localhost" }, { headers: { "x-forwarded-proto": "https" } }]
  ) {
    const answer = await signIn(app, {}, init);
    assertMatch(
      answer.headers.get("set-cookie")!,
      /^__Host-holdfast_board_[0-9a-f]{8}=[^;]+; Path=\/; .*; Secure$/,
    );
  }
});

Deno.test("a wrong token is refused and never repeated", async () => {
  await using app = await startApp();
  const answer = await signIn(app, { token: "wrong-token-of-a-stranger" });
  assertEquals([answer.status, answer.headers.has("set-cookie")], [401, false]);
  assert(!(await answer.text()).includes("wrong-token-of-a-stranger"));
});

Deno.test("who is wrong too often has to wait, even with the right token", async () => {
  await using app = await startApp();
  for (let attempt = 0; attempt < SIGN_IN_LIMITS.perAddress; attempt++) {
    await (await signIn(app, { token: "wrong" })).body?.cancel();
  }
  const answer = await signIn(app);
  assertEquals(answer.status, 429);
  assert(Number(answer.headers.get("retry-after")) > 0);
  assertMatch(await answer.text(), /Try again in \d+ minutes/);
  // A ticket is too long to be guessed: the link at the start opens the board all the same.
  const byLink = await app.request((await app.newSignInPath())!);
  assertEquals(byLink.headers.get("location"), "/board");
});

Deno.test("a ticket opens one session within a quarter of an hour", () => {
  let now = 0;
  const access = new Access([ANA], Date.now, () => now);
  const [first, second] = [access.newTicket(), access.newTicket()];
  assertNotEquals(first, second);
  assertEquals([access.redeem(first), access.redeem(first)], [ANA, undefined]);
  now += 16 * 60 * 1000;
  for (const ticket of [second, "", "x".repeat(10_000)]) {
    assertEquals(access.redeem(ticket), undefined);
  }
});

Deno.test("a session that was opened before the clock was set back has no years to live", () => {
  let now = 1_900_000_000_000;
  const access = new Access([ANA], () => now);
  const cookie = access.open(BASE, ANA).split(";")[0]!;
  const visit = new Request(BASE, { headers: { cookie } });
  assertEquals(access.sessionOf(visit, BASE)?.operator, ANA);
  now = 1_700_000_000_000;
  assertEquals(access.sessionOf(visit, BASE), undefined);
});

Deno.test("a ticket is used up by the person who follows the link, not by a program that looks at it", async () => {
  await using app = await startApp();
  const path = (await app.newSignInPath())!;
  for (let look = 0; look < 3; look++) {
    const head = await app.request(path, { method: "HEAD" });
    assertEquals([head.status, head.headers.get("set-cookie")], [200, null]);
  }
  assertEquals((await app.request(path, { method: "OPTIONS" })).headers.get("set-cookie"), null);
  assertEquals((await app.request(path, { method: "POST" })).headers.get("set-cookie"), null);
  const visit = await app.request(path);
  assertEquals([visit.status, visit.headers.get("location")], [303, "/board"]);
  assertMatch(visit.headers.get("set-cookie")!, /^holdfast_board_[0-9a-f]{8}=\d/);
});

Deno.test("no form is read of whoever may not send one", async (t) => {
  await using app = await startApp();
  const ours = { "sec-fetch-site": "same-origin" };
  const cookie = await openSession(app);
  const cases = {
    "an act without a session": { path: "/board/act", headers: ours, status: 401 },
    "an act from another site": {
      path: "/board/act",
      headers: { cookie, "sec-fetch-site": "cross-site" },
      status: 403,
    },
    "a sign-in from another site": { path: "/board/sign-in", headers: {}, status: 403 },
    "a page that takes none": { path: "/board/logs", headers: { ...ours, cookie }, status: 404 },
    "a sign-out": { path: "/board/sign-out", headers: { ...ours, cookie }, status: 303 },
  };
  for (const [name, { path, headers, status }] of Object.entries(cases)) {
    await t.step(name, async () => assertEquals(await unread(path, headers), status));
  }
  await t.step("a sign-in after too many wrong tokens", async () => {
    for (let attempt = 0; attempt < SIGN_IN_LIMITS.perAddress; attempt++) {
      await (await signIn(app, { token: "wrong" })).body?.cancel();
    }
    assertEquals(await unread("/board/sign-in", ours), 429);
  });

  /** Sends a form that must not be asked for. */
  async function unread(path: string, headers: Record<string, string>): Promise<number> {
    let pulls = 0;
    const body = new ReadableStream({ pull: () => void pulls++ }, { highWaterMark: 0 });
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await app.request(path, {
      method: "POST",
      headers: { ...headers, ...type },
      body,
    });
    await answer.body?.cancel();
    assertEquals(pulls, 0);
    return answer.status;
  }
});

Deno.test("a form of the board has at most 32 KiB", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  const sent = (chars: number) => {
    const body = new URLSearchParams({ action: "resolve", id: "none", more: "" }).toString();
    return post(app, "/board/act", {
      action: "resolve",
      id: "none",
      more: "x".repeat(chars - body.length),
    }, { cookie });
  };
  const fits = await sent(32 * 1024);
  assertEquals(fits.status, 303);
  const answer = await sent(32 * 1024 + 1);
  assertEquals([answer.status, answer.headers.get("connection")], [413, "close"]);
  assertMatch(await answer.text(), /The body must be at most 32768 bytes/);
});

Deno.test("sessions end after twelve hours, with the token, and when they are touched", () => {
  let now = 1_700_000_000_000;
  const access = new Access([ANA], () => now);
  const cookie = access.open(BASE, ANA).split(";")[0]!;
  const visit = (text: string) => new Request(BASE, { headers: { cookie: `a=b; ${text}` } });
  const session = (text: string) => access.sessionOf(visit(text), BASE);
  assertEquals(session(cookie), { operator: ANA, isAgeing: false });
  const other = new Access([BEN, { ...ANA, mayWrite: false }], () => now);
  assertEquals(
    other.sessionOf(visit(cookie), BASE)?.operator,
    { ...ANA, mayWrite: false },
    "another instance, where this token may only read and another one is valid, too",
  );
  const without = new Access([BEN], () => now);
  assertEquals(without.sessionOf(visit(cookie), BASE), undefined, "the token was removed");
  const [name, value = ""] = cookie.split("=");
  const [end = "", id, signature = ""] = value.split(".");
  for (
    const forged of [
      `${Number(end) + 1}.${id}.${signature}`,
      `${end}.${"0".repeat(32)}.${signature}`,
      `${end}.${id}.${signature.slice(0, -1)}`,
      `${end}.${id}.`,
      "",
      "9".repeat(5_000),
    ]
  ) assertEquals(session(`${name}=${forged}`), undefined, forged);
  now += 7 * HOUR_MS;
  assertEquals(session(cookie), { operator: ANA, isAgeing: true });
  now += 6 * HOUR_MS;
  assertEquals(session(cookie), undefined);
});

Deno.test("forms of other sites change nothing", async () => {
  await using app = await startApp();
  const cookie = (await signIn(app)).headers.get("set-cookie")!.split(";")[0]!;
  for (
    const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", origin: BASE },
      { origin: "http://evil.example" },
      { origin: "null" },
      {},
    ] as Record<string, string>[]
  ) {
    const body = new URLSearchParams({ action: "resolve", id: "x" });
    const answer = await app.request("/board/act", {
      method: "POST",
      headers: { ...headers, cookie },
      body,
    });
    assertEquals(answer.status, 403);
    await answer.body?.cancel();
  }
});

Deno.test("behind a proxy that ends TLS the origin's host decides", () => {
  const form = new Request(`${BASE}/board/act`, { headers: { origin: "https://board.example" } });
  assertEquals(isFromHere(form, "http://board.example"), true);
  assertEquals(isFromHere(form, "http://10.0.0.7:8000"), false);
});

Deno.test("a session reads the JSON API and changes nothing there", async () => {
  await using app = await startApp();
  const cookie = (await signIn(app)).headers.get("set-cookie")!.split(";")[0]!;
  const read = await app.request("/errors", { headers: { cookie } });
  assertEquals(read.status, 200);
  const write = await app.request("/errors/x/resolution", { method: "PUT", headers: { cookie } });
  assertEquals(write.status, 401);
});

Deno.test("pages run no code but ours and are kept nowhere", async () => {
  await using app = await startApp();
  const { headers } = await app.request("/board/sign-in");
  const policy = headers.get("content-security-policy")!;
  assert(!/unsafe|data:|http/.test(policy), policy);
  assertMatch(policy, /default-src 'none'; style-src 'self'; script-src 'self'/);
  assertEquals(headers.get("cache-control"), "no-store");
  assertEquals(headers.get("x-frame-options"), "DENY");
  const page = await text(app.request("/board/sign-in"));
  const stylesheet = /href="(\/board\/assets\/board-[0-9a-f]+\.css)"/.exec(page)![1]!;
  const asset = await app.request(stylesheet);
  assertMatch(asset.headers.get("cache-control")!, /immutable/);
  assertEquals(asset.headers.get("content-encoding"), null);
  const whole = await asset.text();
  assertMatch(whole, /color-scheme: ?light dark/);
  const ask = (method: string, accepted: string) =>
    app.request(stylesheet, { method, headers: { "accept-encoding": accepted } });
  for (const method of ["GET", "HEAD"]) {
    const { headers, body } = await ask(method, "br, GZIP;q=0.5");
    assertEquals(headers.get("content-encoding"), "gzip");
    assertEquals(headers.get("vary"), "accept-encoding");
    assertMatch(headers.get("cache-control")!, /immutable/);
    if (method === "HEAD") {
      assertEquals(body, null);
      continue;
    }
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    assert(bytes.length < whole.length / 3, `${bytes.length} of ${whole.length}`);
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    assertEquals(await new Response(unpacked).text(), whole);
  }
  const refused = await ask("GET", "gzip;q=0, identity");
  assertEquals(refused.headers.get("content-encoding"), null);
  assertEquals(await refused.text(), whole);
});

Deno.test("neither ticket nor token is in the log", async () => {
  await using app = await startApp();
  const path = (await app.newSignInPath())!;
  const ticket = path.split("ticket=")[1]!;
  assertEquals((await app.request(path)).headers.get("location"), "/board");
  await signIn(app);
  await signIn(app, { token: "wrong-token-of-a-stranger" });
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 100 });
  assert(items.length >= 4);
  const lines = JSON.stringify(items);
  for (const secret of [ticket, OPERATOR_TOKEN, "wrong-token-of-a-stranger"]) {
    assert(!lines.includes(secret));
  }
});

async function signIn(
  app: TestApp,
  fields: Record<string, string> = {},
  { base = BASE, headers = {} }: { base?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  return await app.request(`${base}/board/sign-in`, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin", ...headers },
    body: new URLSearchParams({ token: OPERATOR_TOKEN, ...fields }),
  });
}

async function post(
  app: TestApp,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string>,
): Promise<Response> {
  return await app.request(path, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin", ...headers },
    body: new URLSearchParams(fields),
  });
}

async function text(answer: Promise<Response>): Promise<string> {
  return await (await answer).text();
}
