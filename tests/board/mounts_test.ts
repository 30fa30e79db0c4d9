import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ConfigError, holdfast } from "../../holdfast.ts";
import { HOSTILE, type OpenBoard, openBoard, type Place } from "../helpers/open_board.ts";
import { type PageForm, readPage } from "../helpers/read_page.ts";
import { OPERATOR_TOKEN } from "../helpers/start_app.ts";
import { startReceiver } from "../helpers/start_receiver.ts";
import { until } from "../helpers/until.ts";

const MAX_PAGES = 400;
/** Pages of a kind that are looked at for each parameter: together they come in thousands of ways. */
const MAX_ALIKE = 3;

const PREFIXED = "https://x.example/prefix";
const PLACES: Place[] = [
  { route: "/board", shown: "/board" },
  { route: "/admin/errors", shown: "/admin/errors" },
  { route: "/board", shown: "/prefix/board", publicUrl: PREFIXED },
  { route: "/ops/:team/board", shown: "/ops/a%20&lt;b%22%3E/board" },
  { route: "/errors/", shown: "/v1/errors", basePath: "/v1" },
  { route: "/", shown: "" },
];

for (const place of PLACES) {
  const { shown } = place;

  Deno.test(`every address on every page of a board at ${shown || "/"} leads to a page of it`, async () => {
    await using board = await openBoard(place);
    await board.fill();
    const pages = await crawl(board, shown || "/");
    const kinds = new Set(pages.map(({ path }) => kindOf(path.slice(shown.length))));
    for (
      const kind of [
        "/",
        "/logs",
        "/overview",
        "/errors/ID",
        "/errors/ID/occurrences/ID",
        "/assets/…",
      ]
    ) assert(kinds.has(kind), `${kind} was never led to: ${[...kinds].join(" ")}`);
    assert(pages.some(({ path }) => path.includes("/logs/stream?")), "the live stream");
    const texts = pages.map(({ text }) => text).filter((text) => text.includes("data-stream="));
    assert(texts.length > 5, "strangers' texts are on many pages");
    for (const text of texts) assert(text.includes(HOSTILE.slice(0, 60)), text);

    const forms = pages.flatMap(({ forms }) => forms);
    for (const { action, button, fill } of FORMS) {
      const form = forms.find((form) =>
        form.action === shown + action &&
        (button === undefined || form.buttons.some(([, value]) => value === button))
      );
      assert(form, `${action} ${button}`);
      const answer = await board.send(form!, { button, fill: { into: board.otherId, ...fill } });
      assertEquals(answer.status, 303, `${action} ${button}: ${await answer.text()}`);
      const location = answer.headers.get("location")!;
      assert(isBelow(location, shown), location);
      if (action !== "/sign-out") {
        assertEquals((await board.follow(location)).status, 200, location);
      }
    }
  });

  Deno.test(`somebody who comes to a board at ${shown || "/"} signs in, and is where they wanted to be`, async () => {
    await using board = await openBoard(place, { isSignedIn: false });
    const wanted = `${shown}/logs?q=a%20b`;
    const sentAway = await board.ask(wanted);
    const signIn = sentAway.headers.get("location")!;
    assert(signIn.startsWith(`${shown}/sign-in?next=`), signIn);
    const [form] = readPage(await (await board.ask(signIn)).text()).forms;
    assertEquals(form!.action, `${shown}/sign-in`);
    const wrong = await board.send(form!, { fill: { token: "wrong" } });
    assertEquals(wrong.status, 401);
    const right = await board.send(form!, { fill: { token: OPERATOR_TOKEN } });
    assertEquals([right.status, right.headers.get("location")], [303, wanted]);
  });

  Deno.test(`a board at ${shown || "/"} answers with a slash at the end, to HEAD, and what is too large or unknown`, async () => {
    await using board = await openBoard(place);
    for (const path of [`${shown}/`, `${shown}/logs/`, `${shown}/errors`]) {
      const answer = await board.follow(path);
      assertEquals(answer.status, 200, path);
    }
    const head = await board.ask(`${shown}/overview`, { method: "HEAD" });
    assertEquals([head.status, await head.text()], [200, ""]);
    const unknown = await board.ask(`${shown}/nowhere`);
    assertEquals(unknown.status, 404);
    assert(readPage(await unknown.text()).addresses.every((path) => isBelow(path, shown)));
    const large = await board.ask(`${shown}/act`, {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin" },
      body: new URLSearchParams({ note: "x".repeat(33 * 1024) }),
    });
    assertEquals(large.status, 413);
    const text = await large.text();
    assertMatch(text, /of a form/);
    assert(readPage(text).addresses.every((path) => isBelow(path, shown)), text);
    const foreign = await board.ask(`${shown}/act`, {
      method: "POST",
      headers: { "sec-fetch-site": "cross-site" },
      body: new URLSearchParams({ action: "resolve" }),
    });
    assertEquals(foreign.status, 403);
  });
}

Deno.test("an alert leads to its error on a board at another path, below a prefix", async () => {
  await using receiver = startReceiver();
  const place = { route: "/admin/errors", shown: "/prefix/admin/errors", publicUrl: PREFIXED };
  const variables = new Map([["ALERT_WEBHOOK_URL", receiver.url]]);
  await using board = await openBoard(place, {
    holdfast: { boardPath: "/admin/errors/", variables },
  });
  board.hf.capture(new RangeError("no such order"));
  await until(() => receiver.messages.length === 1, { what: "the alert" });
  const [{ url, error }] = receiver.messages;
  assertEquals(url, `${PREFIXED}/admin/errors/errors/${error.id}`);
  const answer = await board.ask(new URL(url).pathname);
  assertEquals(answer.status, 200);
  assertMatch(await answer.text(), /no such order/);
});

Deno.test("a board's path with a parameter cannot stand in links, and is refused", async () => {
  for (const boardPath of ["/ops/:team/board", "/*/board", "board", "/board?x"]) {
    await assertRejects(
      () => holdfast({ boardPath, storeUrl: "memory:" }),
      ConfigError,
      "boardPath must be a path that begins with a slash and has no parameter",
    );
  }
});

/** In an order in which each can be done. */
const FORMS: { action: string; button?: string; fill?: Record<string, string> }[] = [
  { action: "/act", button: "note", fill: { note: "seen" } },
  { action: "/act", button: "mute" },
  { action: "/act", button: "unmute" },
  { action: "/act", button: "resolve" },
  { action: "/act", button: "reopen" },
  { action: "/act", button: "split" },
  { action: "/act", button: "merge" },
  { action: "/act", button: "remove" },
  { action: "/purge", fill: { svc_name: "nobody", sure: "yes" } },
  { action: "/sign-out" },
];

interface Crawled {
  path: string;
  text: string;
  forms: PageForm[];
}

/** Goes wherever a page leads, and fails on what is not below the board or is no page of it. */
async function crawl(board: OpenBoard, from: string): Promise<Crawled[]> {
  const shown = from === "/" ? "" : from;
  const waiting = [from];
  const seen = new Set(waiting);
  const alike = new Map<string, number>();
  const pages: Crawled[] = [];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    assert(pages.length < MAX_PAGES, "there is no end of pages");
    const answer = await board.ask(path);
    const location = answer.headers.get("location");
    if (location !== null) {
      add(location, path);
      continue;
    }
    assertEquals(answer.status, 200, path);
    const type = answer.headers.get("content-type")!;
    if (!type.startsWith("text/html")) {
      await answer.body?.cancel();
      pages.push({ path, text: "", forms: [] });
      continue;
    }
    const page = readPage(await answer.text());
    pages.push({ path, text: page.text, forms: page.forms });
    for (const address of page.addresses) add(address, path);
    for (const { action, method, fields } of page.forms) {
      if (method === "get") add(`${action}?${new URLSearchParams(fields)}`, path);
    }
  }
  return pages;

  function add(address: string, page: string): void {
    const [path] = address.split("#", 1) as [string];
    assert(isBelow(path, shown), `${page} leads to ${address}`);
    if (isForm(path)) return;
    if (seen.has(path)) return;
    seen.add(path);
    const traits = traitsOf(path);
    if (traits.every((trait) => (alike.get(trait) ?? 0) >= MAX_ALIKE)) return;
    for (const trait of traits) alike.set(trait, (alike.get(trait) ?? 0) + 1);
    waiting.push(path);
  }

  function isForm(path: string): boolean {
    return FORMS.some(({ action }) => path === shown + action);
  }
}

function isBelow(path: string, shown: string): boolean {
  if (!/^\/(?!\/)/.test(path)) return false;
  const rest = path.slice(shown.length);
  return path.startsWith(shown) && (rest === "" || /^[/?]/.test(rest)) && !/^\/board\b/.test(rest);
}

/** What kind of page it is, with each of its parameters. */
function traitsOf(path: string): string[] {
  const names = [...new URLSearchParams(path.split("?")[1]).keys()];
  return (names.length === 0 ? [""] : names).map((name) => `${kindOf(path)} ${name}`);
}

function kindOf(path: string): string {
  const [kind] = path.split("?", 1) as [string];
  return kind.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replace(/^(\/assets\/).*/, "$1…") ||
    "/";
}
