import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { newIssueAddress } from "../../board/error/new_issue.ts";
import type { LogRecord } from "../../store/record.ts";
import type { ErrorDetail } from "../../store/store.ts";
import { HOSTILE, openBoard } from "../helpers/open_board.ts";
import { readPage } from "../helpers/read_page.ts";
import { INTAKE_KEY, jsonBody, startApp, type TestApp, withToken } from "../helpers/start_app.ts";

const ANA = { name: "ana", token: "token-of-ana", mayWrite: true };
const BEN = { name: "ben", token: "token-of-ben", mayWrite: false };
const OURS = { "sec-fetch-site": "same-origin" };
const ISSUES = "https://github.com/acme/shop";

Deno.test("who signs in is named, takes an error on, links its issue, and finds what is theirs", async () => {
  await using app = await startApp({ operators: [ANA, BEN], issuesUrl: ISSUES });
  const [mine = "", other = ""] = await fail(app, 2);
  const ana = await signIn(app, ANA.token);
  const page = async () => readPage(await (await ana(`/board/errors/${mine}`)).text());
  assertMatch((await page()).text, /Signed in:\s*ana\s*Sign out/);

  // The prefilled issue, and then the address of the one that was made.
  const form = (await page()).addresses.find((address) => address.startsWith(ISSUES))!;
  assertEquals(new URL(form).pathname, "/acme/shop/issues/new");
  assertStringIncludes(
    new URL(form).searchParams.get("body")!,
    `http://localhost/board/errors/${mine}`,
  );
  const act = (fields: Record<string, string>) =>
    ana("/board/act", { method: "POST", headers: OURS, body: new URLSearchParams(fields) });
  const url = "https://github.com/acme/shop/issues/7";
  const forms = (await page()).forms.map(({ buttons }) => buttons.map(([, value]) => value).join());
  assertEquals(
    ["assign", "link"].map((action) => forms.filter((buttons) => buttons === action).length),
    [2, 1],
  );
  const deeds: Record<string, string>[] = [
    { action: "assign", to: "ana" },
    { action: "link", url },
    { action: "note", note: "mine" },
  ];
  for (const said of deeds) {
    const done = await act({ id: mine, back: `/board/errors/${mine}`, ...said });
    assertEquals(done.status, 303, said.action);
  }
  const { text, addresses } = await page();
  assertMatch(text, /Assigned to\s*ana/);
  assert(addresses.includes(url));
  const { history } = (await app.logging.store.error(mine))!;
  assertEquals(
    history.filter(({ actor }) => actor === "ana").map(({ action, note }) => `${action} ${note}`),
    ["noted mine", `linked ${url}`, "assigned to ana"],
  );
  assertEquals((await act({ id: mine, action: "link", url: "javascript:alert(1)" })).status, 422);

  const listed = async (query: string) => {
    const html = await (await ana(`/board?${query}`)).text();
    return [mine, other].map((id) => html.includes(`/board/errors/${id}`));
  };
  assertEquals(await listed("assigned_to=mine"), [true, false]);
  assertEquals(await listed("q=assigned_to:mine"), [true, false]);
  assertEquals(await listed("assigned_to=nobody"), [false, true]);
  assertEquals(await listed("assigned_to=ben"), [false, false]);
  // In the list, for many at once.
  await act({ id: other, action: "assign", to: "ben" });
  assertEquals(await listed("assigned_to=ben"), [false, true]);
  await act({ id: other, action: "assign", to: "" });
  assertEquals(await listed("assigned_to=nobody"), [false, true]);
});

Deno.test("who may only read sees every page without the forms that change something, and forged ones are refused", async () => {
  await using app = await startApp({ operators: [ANA, BEN] });
  const [id = ""] = await fail(app, 1);
  await app.logging.store.change([id], { action: "assign", to: "ana" });
  const ben = await signIn(app, BEN.token);
  for (
    const path of [
      "",
      `/errors/${id}`,
      "/logs",
      "/overview",
      "/releases",
      "/keys",
      "/connect",
      "/people",
    ]
  ) {
    const answer = await ben(`/board${path}`);
    assertEquals(answer.status, 200, path);
    const { forms, text } = readPage(await answer.text());
    const posts = forms.filter(({ method }) => method === "post").map(({ action }) => action);
    assertEquals([...new Set(posts)], ["/board/sign-out"], path);
    assertMatch(text, /ben, read only/);
    if (path === "") assertMatch(text, /assigned to\s*ana/);
    // To copy changes nothing.
    if (path.startsWith("/errors/")) assertMatch(text, /Copy link[^]*Copy as Markdown/);
  }
  const forged: [path: string, fields: Record<string, string>][] = [
    ["/board/act", { id, action: "remove" }],
    ["/board/act", { id, action: "assign", to: "ben" }],
    ["/board/purge", { what: "errors", svc_name: "shop", sure: "yes" }],
    ["/board/keys", { service: "shop" }],
    ["/board/keys/revoke", { id: "1", sure: "yes" }],
    ["/board/connect", { service: "shop" }],
  ];
  for (const [path, fields] of forged) {
    const init = { method: "POST", headers: OURS, body: new URLSearchParams(fields) };
    const refused = await ben(path, init);
    assertEquals(refused.status, 403, path);
    assertMatch(await refused.text(), /ben may look at the board, but not change anything/);
  }
  assertEquals((await app.logging.store.error(id))!.assigned_to, "ana");
  const out = await ben("/board/sign-out", { method: "POST", headers: OURS });
  assertMatch(out.headers.get("set-cookie")!, /=; .*Max-Age=0/);
});

Deno.test("one browser is signed in as one person: who signs in ends the session before", async () => {
  await using app = await startApp({ operators: [ANA, BEN] });
  const cookie = await cookieOf(app, ANA.token);
  const answer = await app.request("/board/sign-in", {
    method: "POST",
    headers: { ...OURS, cookie },
    body: new URLSearchParams({ token: BEN.token }),
  });
  const [opened = "", ended = "", ...rest] = answer.headers.getSetCookie();
  assert(ended.startsWith(`${cookie.split("=")[0]}=; `), ended);
  assertEquals(rest, []);
  const headers = { cookie: opened.split(";")[0]! };
  assertMatch(readPage(await (await app.request("/board", { headers })).text()).text, /ben, read/);
  // Where both are there all the same, signing out ends both.
  const out = await app.request("/board/sign-out", {
    method: "POST",
    headers: { ...OURS, cookie: `${cookie}; ${headers.cookie}` },
  });
  assertEquals(out.headers.getSetCookie().length, 2);
});

Deno.test("a guest of an app is offered their own name, and it stands in the history", async () => {
  const place = { route: "/admin/errors", shown: "/admin/errors" };
  const auth = () => ({ name: "ana" });
  await using board = await openBoard(place, { auth, isSignedIn: false });
  await board.fill();
  const shown = `/admin/errors/errors/${board.otherId}`;
  const { forms, text } = readPage(await (await board.ask(shown)).text());
  assertMatch(text, /Signed in:\s*ana/);
  assertFalse(text.includes("Sign out"));
  const toMe = forms.find(({ fields, buttons }) =>
    buttons.some(([, value]) => value === "assign") && fields.some(([, value]) => value === "ana")
  )!;
  await board.send(toMe, { button: "assign" });
  const { assigned_to, history } = (await board.hf.store.error(board.otherId))!;
  assertEquals([assigned_to, history[0]!.actor], ["ana", "ana"]);
  const people = readPage(await (await board.ask("/admin/errors/people")).text());
  assertMatch(people.text, /You are ana, let in by the app/);
  assertMatch(people.text, /The app says who comes in/);
  assert(people.addresses.includes("/admin/errors?assigned_to=mine"));
});

Deno.test("the page of people says who may do what, whose the open errors are, and how to add somebody, but no token", async () => {
  await using app = await startApp({ operators: [ANA, BEN] });
  const ids = await fail(app, 3);
  await app.logging.store.change(ids.slice(0, 2), { action: "assign", to: "ana" });
  await app.logging.store.change(ids.slice(1, 2), { action: "resolve" });
  const read = async (token: string) =>
    await (await (await signIn(app, token))("/board/people")).text();
  const page = await read(ANA.token);
  const rows = page.split("<tr").slice(2).map((row) => readPage(`<tr${row}`).text);
  assertEquals(rows.length, 3);
  assertMatch(rows[0]!, /ana you\s*change\s*1\s*just now/);
  assertMatch(rows[1]!, /ben\s*look\s*0\s*–/);
  assertMatch(rows[2]!, /Nobody –1/);
  assertStringIncludes(page, "OPERATOR_TOKEN=ana:…,ben:…:read,NEW_NAME:NEW_TOKEN");
  for (const { token } of [ANA, BEN]) assertFalse(page.includes(token));
  assertFalse((await read(BEN.token)).includes("OPERATOR_TOKEN"));
});

Deno.test("a new issue has what is known in a form of GitHub's, GitLab's or any other, and mentions nobody", () => {
  const link = "https://errors.example/board/errors/1";
  const message = `@ana, see #12 and !3 ${HOSTILE}`;
  const error = {
    type: "Late",
    message,
    location: "sell (@ana/till.ts)",
    count: 3,
    first_seen: "2026-01-01T00:00:00.000Z",
    last_seen: "2026-01-01T00:00:00.000Z",
    users: 0,
    environments: [],
    environment_shares: [],
    release_shares: [],
    tags: [],
  } as unknown as ErrorDetail;
  const record = {
    svc_name: "shop",
    message,
    method: "POST",
    path: "/orders?to=@ana",
    error: { type: "Late", message, stack: "Late: x\n    at sell (/srv/till.ts:3:5)\n/close" },
    user: { id: "secret-user" },
    headers: { referer: "secret-header" },
    input: "secret-input",
    output: "secret-output",
  } as unknown as LogRecord;
  const cases: [issuesUrl: string, path: string, title: string, body: string][] = [
    ["https://github.com/acme/shop", "/acme/shop/issues/new", "title", "body"],
    ["https://github.com/acme/shop/issues/", "/acme/shop/issues/new", "title", "body"],
    ["https://github.com/acme/shop/issues/new", "/acme/shop/issues/new", "title", "body"],
    [
      "https://gitlab.com/acme/sub/shop",
      "/acme/sub/shop/-/issues/new",
      "issue[title]",
      "issue[description]",
    ],
    [
      "https://git.example/a/b/-/issues/new",
      "/a/b/-/issues/new",
      "issue[title]",
      "issue[description]",
    ],
    ["https://issues.example/new?kind=bug", "/new", "title", "body"],
  ];
  for (const [issuesUrl, path, title, body] of cases) {
    const address = new URL(newIssueAddress({ issuesUrl, error, record, link }));
    assertEquals([address.pathname, address.hash], [path, ""], issuesUrl);
    assert(address.searchParams.get(title)!.startsWith("Late: @ana"));
    const text = address.searchParams.get(body)!;
    assert(text.endsWith(link), text);
    assertFalse(text.includes("secret"), text);
    const [outside] = text.split("```");
    assertFalse(/[@#!][a-z0-9]/i.test(outside!.replaceAll("@\u2060", "")), outside);
    assertEquals(address.searchParams.get("kind"), issuesUrl.includes("?") ? "bug" : null);
  }
  // What is too long is cut between lines; its fence is closed, and the address fits.
  for (const line of ["    at f (/srv/a.ts:1:1)", "\u{1f9ea}".repeat(20), "`````", "@ana ``` x"]) {
    const stack = `Late: x\n${`${line}\n`.repeat(2_000)}`;
    const long = { ...record, error: { type: "Late", message: "x", stack } };
    const [issuesUrl = ""] = cases[0]!;
    const address = newIssueAddress({ issuesUrl, error, record: long, link });
    assert(address.length <= 8_000, String(address.length));
    const text = new URL(address).searchParams.get("body")!;
    assert(text.endsWith(`\n\nThere is more at ${link}`));
    const [fence = ""] = /^`{3,}$/m.exec(text) ?? [];
    assertEquals(text.split("\n").filter((line) => line === fence).length % 2, 0, text);
  }
});

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

async function signIn(app: TestApp, token: string): Promise<Ask> {
  const cookie = await cookieOf(app, token);
  return (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("cookie", cookie);
    return app.request(path, { ...init, headers });
  };
}

async function cookieOf(app: TestApp, token: string): Promise<string> {
  const answer = await app.request("/board/sign-in", {
    method: "POST",
    headers: OURS,
    body: new URLSearchParams({ token }),
  });
  return answer.headers.get("set-cookie")!.split(";")[0]!;
}

/** Gives the errors' ids. */
async function fail(app: TestApp, errors: number): Promise<string[]> {
  const reports = Array.from({ length: errors }, (_, i) => ({
    svc_name: "shop",
    error: { type: "Late", message: "abc"[i] },
    attrs: { fingerprint: String(i) },
  }));
  await (await app.request("/errors", withToken(INTAKE_KEY, jsonBody(reports)))).body?.cancel();
  await app.logging.flush({ deadlineMs: 5_000 });
  const { items } = await app.logging.store.listErrors({ limit: errors });
  return items.map(({ id }) => id);
}
