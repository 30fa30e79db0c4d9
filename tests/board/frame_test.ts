import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { FrameDesk } from "../../board/frame/facts.ts";
import { Kept } from "../../board/frame/kept.ts";
import { QuotaWatch } from "../../board/services/quota_watch.ts";
import { type Logging, StoreBusy } from "../../logging/mod.ts";
import { openBoard } from "../helpers/open_board.ts";
import { readPage } from "../helpers/read_page.ts";

const ADMIN = { route: "/admin/errors", shown: "/admin/errors" };
const OURS = { "sec-fetch-site": "same-origin" };

Deno.test("the header says what needs attention, of all services, and after a change at once what is so now", async () => {
  await using board = await openBoard(ADMIN);
  const header = async (path: string) => {
    const text = await (await board.ask(ADMIN.shown + path)).text();
    return text.slice(text.indexOf("<header"), text.indexOf("</header>"));
  };
  assertNotMatch(await header("/keys"), /Needs attention/);
  board.hf.capture(new RangeError("no such order"));
  await board.hf.flush();
  const { items: [error] } = await board.hf.store.listErrors({ limit: 1 });
  const act = (action: string) =>
    board.ask(`${ADMIN.shown}/act`, {
      method: "POST",
      headers: OURS,
      body: new URLSearchParams({ action, id: error!.id }),
    });
  assertEquals((await act("resolve")).status, 303);
  assertNotMatch(await header("/keys"), /Needs attention/);
  assertEquals((await act("reopen")).status, 303);
  assertMatch(await header("/keys"), /href="\/admin\/errors\?what=new">1 new</);
  // Nothing is wrong with the log: nothing is said.
  assertNotMatch(await header("/keys"), /Log delivery/);
});

Deno.test("the chosen service goes along from page to page, and the search has it", async () => {
  await using board = await openBoard(ADMIN);
  const text = await (await board.ask(`${ADMIN.shown}/logs?svc_name=a%20%26b`)).text();
  const { addresses } = readPage(text);
  for (const page of ["", "/overview", "/releases"]) {
    assert(addresses.includes(`${ADMIN.shown}${page}?svc_name=a%20%26b`), page);
  }
  assertMatch(text, /<option value="a &amp;b" selected(?:="")?>/);
});

Deno.test("a time zone is kept in a cookie of the host, and one that is none is UTC", async () => {
  await using board = await openBoard(ADMIN);
  const session = board.cookie;
  const choose = (zone: string, back = "") => {
    board.cookie = session;
    return board.ask(`${ADMIN.shown}/time-zone`, {
      method: "POST",
      headers: OURS,
      body: new URLSearchParams({ zone, back }),
    });
  };
  const chosen = await choose("Europe/Berlin", "/board/logs?q=x");
  assertEquals([chosen.status, chosen.headers.get("location")], [
    303,
    `${ADMIN.shown}/logs?q=x`,
  ]);
  const cookie = chosen.headers.get("set-cookie")!;
  assertMatch(cookie, /^holdfast_zone=Europe\/Berlin; Path=\/; Max-Age=\d+; SameSite=Lax$/);
  for (const wrong of ["Mars/Base", "+01:00", "x; Path=/evil", "", "a".repeat(100)]) {
    const answer = await choose(wrong);
    assertMatch(answer.headers.get("set-cookie")!, /^holdfast_zone=UTC;/, wrong);
  }
  for (
    const [sent, zone] of [
      ["Asia/Tokyo", "Asia/Tokyo"],
      ["Asia/Calcutta", "Asia/Calcutta"],
      ["<script>", "UTC"],
      ["../../x", "UTC"],
    ] as const
  ) {
    board.cookie = `${session}; holdfast_zone=${sent}`;
    const headers = { referer: `http://x.example${ADMIN.shown}/overview?range=60` };
    const text = await (await board.ask(`${ADMIN.shown}/time-zone`, { headers })).text();
    assertMatch(text, new RegExp(`<html lang="en" data-zone="${zone}">`), sent);
    const form = readPage(text).forms.find(({ action }) => action.endsWith("/time-zone"))!;
    assertEquals(form.fields[0], ["back", "/board/overview?range=60"]);
  }
});

Deno.test("a page that is not there, and a form that fails, lead on inside of the board", async () => {
  await using board = await openBoard(ADMIN);
  const missing = await board.ask(`${ADMIN.shown}/nowhere`);
  assertEquals(missing.status, 404);
  const text = await missing.text();
  assertMatch(text, /<h1>Nothing is here<\/h1>/);
  assertMatch(text, /aria-label="Board"/, "the other pages are a click away");
  const failed = await board.ask(`${ADMIN.shown}/act`, {
    method: "POST",
    headers: { ...OURS, referer: `http://x.example${ADMIN.shown}/logs` },
    body: new URLSearchParams({ action: "dance" }),
  });
  assertEquals(failed.status, 422);
  const said = await failed.text();
  assertMatch(said, /The form names no known action/);
  assertMatch(said, /href="\/admin\/errors\/logs">Back to the page</);
});

Deno.test("a store that does not answer is said on every page, with a way to ask again", async () => {
  await using board = await openBoard(ADMIN);
  await board.ask(ADMIN.shown);
  await board.hf.close();
  const answer = await board.ask(`${ADMIN.shown}/logs?q=x`);
  assertEquals(answer.status, 503);
  const text = await answer.text();
  assertMatch(text, /<h1>The store does not answer<\/h1>/);
  assertMatch(text, /href="\/admin\/errors\/logs\?q=x">Try again</);
});

Deno.test("an answer that all pages show is asked for once, and no page waits long for a busy store", async () => {
  let asked = 0;
  let answer = () => Promise.resolve(asked);
  const kept = new Kept(() => (asked++, answer()), { keepMs: 60_000, waitMs: 1, oldestMs: 60_000 });
  assertEquals(await Promise.all([kept.read(), kept.read()]), [1, 1]);
  assertEquals(await kept.read(), 1);
  const { promise, reject } = Promise.withResolvers<number>();
  answer = () => promise;
  kept.forget();
  assertEquals(await kept.read(), undefined, "it is not known yet, and the page goes on");
  reject(new StoreBusy("busy"));
  assertEquals(await kept.read(), null);
  answer = () => Promise.reject(new Error("a mistake"));
  kept.forget();
  let thrown: unknown;
  await kept.read().catch((error) => thrown = error);
  assertMatch(String(thrown), /a mistake/);
});

Deno.test("a part of the header that fails is recorded, and every page is shown without it", async () => {
  const recorded: string[] = [];
  const logging = {
    stats: () => ({}),
    ownLogger: { error: (message: string) => recorded.push(message) },
    store: {
      health: () => Promise.resolve({}),
      stateCounts: () => Promise.resolve({ open: 1 }),
      services: () => Promise.reject(new Error("the file is malformed")),
    },
  } as unknown as Logging;
  const frame = new FrameDesk(logging, { listKeys: () => Promise.resolve([]) });
  for (let page = 0; page < 2; page++) {
    const { services, attention } = await frame.read();
    assertEquals([services, attention?.new], [[], 1]);
  }
  assertEquals(recorded, ["The board's header cannot be read"]);
});

Deno.test("no page waits long for keys of a store that is busy", async () => {
  const { promise, resolve } = Promise.withResolvers<never[]>();
  assertEquals(await new QuotaWatch({ listKeys: () => promise }).near(), []);
  resolve([]);
});

Deno.test("what was done is said after a form, and not by a link from elsewhere", async () => {
  await using board = await openBoard(ADMIN);
  const says = async (site: string) => {
    const path = `${ADMIN.shown}/overview?done=deleted&count=50000&what=errors`;
    const text = await (await board.ask(path, { headers: { "sec-fetch-site": site } })).text();
    return text.includes("50,000 errors deleted");
  };
  assertEquals([await says("same-origin"), await says("cross-site"), await says("none")], [
    true,
    false,
    false,
  ]);
});
