import { assert, assertEquals, assertMatch } from "@std/assert";
import { basicAuth } from "hono/basic-auth";
import { Access } from "../../board/access/access.ts";
import type { HonoContext } from "../../holdfast.ts";
import { openBoard } from "../helpers/open_board.ts";
import { readPage } from "../helpers/read_page.ts";

const ADMIN = { route: "/admin/errors", shown: "/admin/errors" };
const ONE = { token: "one", mayWrite: true };
const TWO = { token: "two", mayWrite: true };
const OURS = { "sec-fetch-site": "same-origin" };

Deno.test("an app's own auth, asked and waited for, opens the board to whom it names", async () => {
  let asked = 0;
  const auth = async (c: HonoContext) => {
    asked++;
    await Promise.resolve();
    return c.req.header("x-user") === "ana" ? { name: "ana" } : null;
  };
  await using board = await openBoard(ADMIN, { auth, isSignedIn: false });
  await board.fill();
  const page = await board.ask("/admin/errors", { headers: { "x-user": "ana" } });
  const text = await page.text();
  assertEquals([page.status, asked], [200, 1]);
  assert(!text.includes("Sign out"), "there is no session to end");
  const stranger = await board.ask("/admin/errors", { headers: { "x-user": "eve" } });
  assertEquals(stranger.status, 403);
  const refused = await stranger.text();
  assertMatch(refused, /the board is not open to you/i);
  assert(!refused.includes("Late"), "nothing recorded is shown");
});

for (
  const [what, auth] of [
    ["null", () => null],
    ["true", () => true],
    ["a name alone", () => "ana"],
    ["an empty name", () => ({ name: "" })],
    ["a number for a name", () => ({ name: 7 })],
    ["a Response", () => new Response("hello")],
    ["a rejection", () => Promise.reject(new Error("no database"))],
    ["a thrown text", () => {
      throw "no";
    }],
  ] as [string, () => unknown][]
) {
  Deno.test(`an auth that comes to ${what} closes every page, form and stream`, async () => {
    await using board = await openBoard(ADMIN, { auth, isSignedIn: false });
    for (const path of ["", "/logs", "/logs/stream", "/overview", "/sign-in", "/nowhere"]) {
      const answer = await board.ask(ADMIN.shown + path);
      assertEquals(answer.status, 403, path);
      await answer.body?.cancel();
    }
    for (const path of ["/act", "/purge", "/sign-in", "/sign-out"]) {
      const answer = await board.ask(ADMIN.shown + path, { method: "POST", headers: OURS });
      assertEquals(answer.status, 403, path);
      const { addresses } = readPage(await answer.text());
      for (const address of addresses.filter((path) => path.includes("/assets/"))) {
        assertEquals((await board.ask(address)).status, 200, "even this page is made of files");
      }
    }
  });
}

Deno.test("a guest who may only read changes nothing, and no guest does by another site's form", async () => {
  let read = true;
  await using board = await openBoard(ADMIN, {
    auth: () => ({ name: "ana", read }),
    isSignedIn: false,
  });
  await board.fill();
  const path = `${ADMIN.shown}/act`;
  const resolve = (headers: Record<string, string>) =>
    board.ask(path, {
      method: "POST",
      headers,
      body: new URLSearchParams({ action: "resolve", id: board.otherId }),
    });
  const reading = await resolve(OURS);
  assertEquals(reading.status, 403);
  assertMatch(await reading.text(), /ana may look at the board, but not change anything/);
  read = false;
  for (
    const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "http://evil.example" }, {}]
  ) {
    assertEquals((await resolve(headers as Record<string, string>)).status, 403);
  }
  assertEquals((await board.hf.store.error(board.otherId))!.state, "open");
  assertEquals((await resolve(OURS)).status, 303);
  const { state, history } = (await board.hf.store.error(board.otherId))!;
  assertEquals([state, history[0]!.action, history[0]!.actor], ["resolved", "resolved", "ana"]);
  const page = await board.ask(`${ADMIN.shown}/errors/${board.otherId}`);
  assertMatch(await page.text(), /<bdi>ana<\/bdi>/);
});

Deno.test("a guard before the board has the first word, and the token the second", async () => {
  const guard = basicAuth({ username: "ana", password: "secret" });
  await using board = await openBoard(ADMIN, { guard, isSignedIn: false });
  assertEquals((await board.ask(ADMIN.shown)).status, 401);
  assertEquals((await board.ask(`${ADMIN.shown}/logs`)).status, 401);
  const headers = { authorization: `Basic ${btoa("ana:secret")}` };
  const answer = await board.ask(ADMIN.shown, { headers });
  assertEquals(answer.headers.get("location"), "/admin/errors/sign-in");
});

Deno.test("a form that the app's guard has read already arrives all the same", async () => {
  await using board = await openBoard(ADMIN, {
    guard: async (c, next) => {
      if (c.req.method === "POST") await c.req.text();
      await next();
    },
  });
  assertEquals((await board.ask(ADMIN.shown)).status, 200, "signed in by a form");
});

Deno.test("two boards in one process know each other's sessions by the token alone, and log nobody out", async () => {
  const other = { holdfast: { operatorToken: "another-operator-token-of-the-tests" } };
  await using ours = await openBoard(ADMIN);
  await using same = await openBoard(ADMIN, { isSignedIn: false });
  await using theirs = await openBoard(ADMIN, { ...other, isSignedIn: false });
  const cookie = ours.cookie;
  assertEquals((await same.ask(ADMIN.shown, { headers: { cookie } })).status, 200);
  assertEquals((await theirs.ask(ADMIN.shown, { headers: { cookie } })).status, 303);

  // One host has one jar for all of its ports: what the other board sets stands beside ours.
  const base = "http://localhost";
  const [one, two] = [new Access([ONE]), new Access([TWO])];
  const jar = new Map<string, string>();
  const keep = (header: string) => {
    const [, name, pair] = /^([^=]+)=([^;]*)/.exec(header)!;
    jar.set(name!, pair!);
  };
  const visit = () =>
    new Request(base, {
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
  keep(one.open(base, ONE));
  keep(two.open(base, TWO));
  assertEquals([one.sessionOf(visit(), base)?.operator, two.sessionOf(visit(), base)?.operator], [
    ONE,
    TWO,
  ]);
  two.close(visit(), base).forEach(keep);
  assertEquals([one.sessionOf(visit(), base)?.operator, two.sessionOf(visit(), base)], [
    ONE,
    undefined,
  ]);

  // Nor does a session of one become one of the other under its name.
  const [name] = two.open(base, TWO).split("=");
  const value = one.open(base, ONE).split(";")[0]!.split("=")[1];
  const forged = new Request(base, { headers: { cookie: `${name}=${value}` } });
  assertEquals(two.sessionOf(forged, base), undefined);
});
