import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { KeySummary } from "../../store/store.ts";
import { type OpenBoard, openBoard } from "../helpers/open_board.ts";
import { type PageForm, readPage } from "../helpers/read_page.ts";
import { jsonBody, withToken } from "../helpers/start_app.ts";

const PLACE = { route: "/board", shown: "/board" };

Deno.test("a key that is made on the board is shown once, with its DSN, and works", async () => {
  await using board = await openBoard(PLACE, { holdfast: { apiPath: "/holdfast" } });
  const page = await make(board, { service: "depot", note: "the till", quota: "7" });
  const [, key = ""] = /<textarea[^>]*>([0-9a-f]{32})</.exec(page) ?? [];
  assertStringIncludes(page, `>http://${key}@localhost/holdfast/depot/1<`);
  assertStringIncludes(page, "Copy the key now: it is not shown again");
  assertEquals(await report(board, key), 202);
  const list = await textOf(board, "/board/keys");
  assert(!list.includes(key));
  assertStringIncludes(list, `${key.slice(0, 6)}…`);
  const [shown] = (await board.hf.store.listKeys()).filter(({ service }) => service === "depot");
  assertEquals([shown!.quota, shown!.note, shown!.created_by], [7, "the till", "operator"]);
});

Deno.test("a key is revoked when that is confirmed, and refused at once", async () => {
  await using board = await openBoard(PLACE);
  const [, key = ""] = /<textarea[^>]*>([0-9a-f]{32})</.exec(
    await make(board, { service: "shop" }),
  ) ?? [];
  const [path = ""] = readPage(await textOf(board, "/board/keys")).addresses
    .filter((address) => address.includes("revoke="));
  assertStringIncludes(await textOf(board, path), "It was never used.");
  const revoke = await formOf(board, path, "/board/keys/revoke");
  const unsure = await board.send(revoke);
  assertEquals(unsure.status, 422);
  assertStringIncludes(await unsure.text(), "it has to be confirmed");
  assertEquals(await report(board, key), 202);
  assertStringIncludes(await textOf(board, path), "just now");
  const done = await board.send(revoke, { button: "yes" });
  assertEquals(done.headers.get("location"), "/board/keys?done=revoked");
  assertEquals(await report(board, key), 401);
  const page = await textOf(board, "/board/keys?done=revoked");
  assertStringIncludes(page, "The key is revoked.");
  assertStringIncludes(page, "Revoked keys (1)");
});

Deno.test("a form of another site, and a guest who may only look, change no key", async () => {
  await using board = await openBoard(PLACE, {
    isSignedIn: false,
    auth: (c) => ({ name: "eve", read: c.req.header("x-read") === "yes" }),
  });
  const body = new URLSearchParams({ service: "shop", platform: "node" });
  for (const path of ["/board/keys", "/board/connect", "/board/keys/revoke"]) {
    const forged = await board.ask(path, {
      method: "POST",
      body,
      headers: { "sec-fetch-site": "cross-site" },
    });
    assertEquals(forged.status, 403);
    await forged.body?.cancel();
    const reading = await board.ask(path, {
      method: "POST",
      body,
      headers: { "sec-fetch-site": "same-origin", "x-read": "yes" },
    });
    assertEquals(reading.status, 403);
    await reading.body?.cancel();
  }
  assertEquals(await madeKeys(board), []);
  const looked = await board.ask("/board/keys", { headers: { "x-read": "yes" } });
  const page = await looked.text();
  assert(!page.includes("Make the key"), page);
  await make(board, { service: "shop" });
  assertEquals((await madeKeys(board)).map(({ created_by }) => created_by), ["eve"]);
});

Deno.test("what is wrong with a new key is said on a page", async () => {
  await using board = await openBoard(PLACE);
  const form = await formOf(board, "/board/keys", "/board/keys");
  for (
    const [fill, status, sentence] of [
      [{ public: "yes" }, 400, "a public key belongs to one"],
      [{ service: "shop", quota: "0" }, 422, "must be a whole number from 1"],
      [{ service: "shop", quota: "lots" }, 400, "must be a whole number"],
      [{ service: "x".repeat(201) }, 422, "must be at most 200 characters"],
    ] as const
  ) {
    const answer = await board.send(form, { fill });
    const text = await answer.text();
    assertEquals(answer.status, status, text);
    assertStringIncludes(text, sentence);
  }
  assertEquals(await madeKeys(board), []);
});

Deno.test("a key near its quota is marked on every page and named on the overview", async () => {
  await using board = await openBoard(PLACE, { isSignedIn: false, auth: () => ({ name: "ana" }) });
  await board.hf.store.addKey({ key: "key_of_the_depot", service: "depot", quota: 10 });
  assertEquals(await report(board, "key_of_the_depot", 9), 202);
  assertMatch(await textOf(board, "/board/keys"), /near its quota/);
  assertMatch(await textOf(board, "/board/logs"), /1 key near quota/);
  const overview = await textOf(board, "/board/overview");
  const sentence = "The key key_… of depot brought 9 records in one second today; its quota is 10.";
  assertStringIncludes(overview, sentence);
});

Deno.test("Connect shows each platform's program with the real DSN, or says that no key can be shown", async () => {
  await using board = await openBoard({
    ...PLACE,
    publicUrl: "https://errors.example",
  }, { holdfast: { apiPath: "/holdfast" } });
  assertStringIncludes(await textOf(board, "/board/connect"), "key can be shown for");
  await make(board, { service: "web", public: "yes" });
  const [web] = await madeKeys(board);
  const browser = await textOf(board, "/board/connect?platform=browser");
  assertStringIncludes(browser, `https://${web!.key}@errors.example/holdfast/web/1`);
  const curl = await textOf(board, "/board/connect?platform=curl&service=shop");
  assertMatch(curl, /No secret key can be shown for <bdi>shop/);
  const form = await formOf(board, "/board/connect?platform=curl&service=shop", "/board/connect");
  const made = await (await board.send(form)).text();
  const [, secret = ""] = /Bearer ([0-9a-f]{32})/.exec(made) ?? [];
  assertEquals(await report(board, secret), 202);
  assertEquals((await madeKeys(board)).map(({ service }) => service).sort(), ["shop", "web"]);
});

Deno.test("Connect shows what arrived since it was opened, what is not kept and what was refused", async () => {
  await using board = await openBoard(PLACE, { holdfast: { apiPath: "/holdfast" } });
  const page = await make(board, { service: "depot", quota: "1" });
  const [, key = ""] = /<textarea[^>]*>([0-9a-f]{32})</.exec(page) ?? [];
  const opened = await textOf(board, "/board/connect?platform=node&service=depot");
  const [, watch = ""] = /data-watch="([^"]+)"/.exec(opened) ?? [];
  const address = watch.replaceAll("&amp;", "&");
  assertEquals(await (await board.ask(address)).json(), {});
  await report(board, key, 3);
  await report(board, key, 3);
  await report(board, key, 3);
  await board.hf.flush();
  const { text, path } = await (await board.ask(address)).json();
  assertEquals(text, "Arrived: Late: the train is late");
  const found = await board.follow(`/board${path}`);
  assertStringIncludes(await found.text(), "the train is late");
  const again = await textOf(board, "/board/connect?platform=node&service=depot&since=1");
  assertStringIncludes(again, "Arrived: Late: the train is late");
  assertMatch(again, /data-title="Taken">\d/);
  assertMatch(again, /refused: <bdi>more than the key/);
});

Deno.test("a first visit connects a service in one screen, and is over when one has reported", async () => {
  await using board = await openBoard(PLACE, {
    holdfast: { apiPath: "/holdfast", intakeKeys: [] },
  });
  const [page, alike] = [await textOf(board, "/board"), await textOf(board, "/board?state=all")];
  for (const text of [page, alike]) assertStringIncludes(text, "Waiting for the first report");
  const [, key = ""] = />http:\/\/([0-9a-f]{32})@localhost\/holdfast\/my-app\/1</.exec(page) ?? [];
  assertStringIncludes(page, `Authorization: Bearer ${key}`);
  assertStringIncludes(page, `authorization=Bearer ${key}`);
  const [, watch = ""] = /data-watch="([^"]+)"/.exec(page) ?? [];
  assertEquals(await (await board.ask(watch.replaceAll("&amp;", "&"))).json(), {});
  assertEquals(await report(board, key), 202);
  await board.hf.flush();
  const { text } = await (await board.ask(watch.replaceAll("&amp;", "&"))).json();
  assertEquals(text, "Arrived: Late: the train is late");
  assert(!(await textOf(board, "/board")).includes("Waiting for"));
  assert(!(await textOf(board, "/board?q=nothing")).includes("Waiting for"));
});

async function make(board: OpenBoard, fill: Record<string, string>): Promise<string> {
  const answer = await board.send(await formOf(board, "/board/keys", "/board/keys"), { fill });
  const page = await answer.text();
  assertEquals(answer.status, 200, page);
  return page;
}

async function formOf(board: OpenBoard, path: string, action: string): Promise<PageForm> {
  const { forms } = readPage(await textOf(board, path));
  return forms.find((form) => form.action === action && form.method === "post")!;
}

async function textOf(board: OpenBoard, path: string): Promise<string> {
  return await (await board.follow(path)).text();
}

async function madeKeys(board: OpenBoard): Promise<KeySummary[]> {
  return await board.hf.store.listKeys();
}

async function report(board: OpenBoard, key: string, count = 1): Promise<number> {
  const reports = Array.from({ length: count }, () => ({
    svc_name: "own",
    error: { type: "Late", message: "the train is late" },
  }));
  const answer = await board.ask("/holdfast/errors", withToken(key, jsonBody(reports)));
  await answer.body?.cancel();
  return answer.status;
}

Deno.test("what a client names its reasons and categories harms no page", async () => {
  await using board = await openBoard(PLACE);
  const odd = ["constructor", "__proto__", "toString"];
  for (const name of odd) {
    const [outcome, quantity] = ["dropped", 1] as const;
    const from = { service: name, client: name };
    await board.hf.store.noteIntake({
      counts: [{ ...from, outcome, category: name, reason: name, quantity }],
      keys: [],
    });
  }
  const page = await textOf(board, "/board/connect");
  for (const name of odd) assertStringIncludes(page, `<bdi>${name}</bdi>`);
});

Deno.test("Connect says in plain words why a client dropped something itself", async () => {
  await using board = await openBoard(PLACE);
  const from = {
    service: "shop",
    client: "sentry.javascript.node/11",
    outcome: "dropped",
  } as const;
  await board.hf.store.noteIntake({
    counts: [{ ...from, category: "error", reason: "event_processor", quantity: 5 }],
    keys: [],
  });
  assertStringIncludes(
    (await textOf(board, "/board/connect")).replaceAll(/<\/?bdi>/g, ""),
    "5 × error dropped by the client itself: " +
      "by a filter in the client: often a repeat of the last event",
  );
});

Deno.test("a public key stands on the list with its DSN, to be copied", async () => {
  await using board = await openBoard(PLACE, { holdfast: { apiPath: "/holdfast" } });
  await make(board, { service: "web", public: "yes" });
  const [{ key } = { key: "" }] = await madeKeys(board);
  const page = await textOf(board, "/board/keys");
  assertMatch(page, new RegExp(`<textarea[^>]*>http://${key}@localhost/holdfast/web/1<`));
});

Deno.test("Connect says that somebody sends with a wrong key", async () => {
  await using board = await openBoard(PLACE, { holdfast: { apiPath: "/holdfast" } });
  const address = "/holdfast/made-up/api/1/envelope/?sentry_key=wrong&sentry_client=sentry.go%2F1";
  const refused = await board.ask(address, { method: "POST", body: "{}\n" });
  assertEquals(refused.status, 403);
  await refused.body?.cancel();
  const page = await textOf(board, "/board/connect");
  assertMatch(page, /without a valid key.*sentry\.go\/1.*refused: <bdi>a wrong or a revoked key/);
  assert(!page.includes("made-up"));
});
