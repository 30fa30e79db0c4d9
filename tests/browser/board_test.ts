import { assert, assertEquals, assertMatch } from "@std/assert";
import { failOnce, failure, startBoard } from "./board.ts";
import { type Page, startBrowser } from "./browser.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { INTAKE_KEY, jsonBody, withToken } from "../helpers/start_app.ts";
import { until } from "../helpers/until.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const SCRIPT = [true, false] as const;

for (const javaScriptEnabled of SCRIPT) {
  const how = javaScriptEnabled ? "" : " with script off";

  Deno.test(`an operator finds an error, resolves it and sees it come back${how}`, async () => {
    await using board = await startBoard();
    const { service } = board;
    await failOnce(service);
    const page = await board.signIn({ javaScriptEnabled });

    await page.getByRole("link", { name: "thrown on purpose" }).click();
    assertMatch(
      await page.locator(".source .hit").first().innerText(),
      /throw new Error\("thrown on purpose/,
    );
    await page.getByLabel("More ways to resolve").click();
    await page.getByRole("textbox", { name: "Note (optional)" }).fill("fixed by hand");
    await page.getByRole("button", { name: "Resolve from now on" }).click();
    assertEquals(await page.getByRole("status").first().innerText(), "1 error resolved.");
    assertMatch(await page.getByText("fixed by hand").innerText(), /fixed by hand/);

    await page.goto("/board");
    await page.getByRole("heading", { name: "No open errors" }).waitFor();
    await failOnce(service);
    await page.goto("/board");
    await page.locator(".errors .trait.back").waitFor();
    assertEquals(await page.locator(".errors > li").count(), 1);
    assertEquals(board.complaints, []);
  });

  Deno.test(`errors are muted and brought back from the list, several at once${how}`, async () => {
    await using board = await startBoard();
    await board.report(failure("Late", "the train is late"), failure("Lost", "the bag is lost"));
    const page = await board.signIn({ javaScriptEnabled });

    const bar = page.getByRole("group", { name: "Selected errors" });
    assert(!await bar.isVisible(), "the bar is there before something is selected");
    const before = await page.locator(".errors").boundingBox();
    if (javaScriptEnabled) await page.getByLabel("Select all errors on this page").check();
    else for (const box of await page.locator("input[name=id]").all()) await box.check();
    assertEquals(await page.locator(".errors").boundingBox(), before);
    await bar.getByLabel("Mute for a time").click();
    await bar.getByRole("button", { name: "Mute for 1 day" }).click();
    assertEquals(await page.getByRole("status").innerText(), "2 errors muted.");
    assertEquals(await tabs(page), ["Open 0", "Muted 2", "Resolved 0", "All 2"]);

    await page.getByRole("link", { name: "Muted 2" }).click();
    await page.getByRole("link", { name: /the bag is lost/ }).click();
    await page.getByText(/^Muted until 20/).waitFor();
    await page.getByRole("button", { name: "Unmute" }).click();
    await page.goto("/board");
    assertEquals(await tabs(page), ["Open 1", "Muted 1", "Resolved 0", "All 2"]);
    await page.locator("input[name=id]").check();
    await bar.getByRole("button", { name: "Resolve", exact: true }).click();
    assertEquals(await page.getByRole("status").innerText(), "1 error resolved.");
    await page.getByRole("button", { name: "Undo" }).click();
    assertEquals(await tabs(page), ["Open 1", "Muted 1", "Resolved 0", "All 2"]);
    assertEquals(board.complaints, []);
  });

  Deno.test(`errors are noted, muted for some more, split, merged and deleted${how}`, async () => {
    await using board = await startBoard();
    await board.report(failure("Late", "the train is late"), failure("Lost", "the bag is lost"));
    const page = await board.signIn({ javaScriptEnabled });
    const flash = () => page.getByRole("status").first().innerText();
    await page.getByRole("link", { name: /the bag is lost/ }).click();
    const target = new URL(page.url()).pathname.split("/").at(-1)!;
    await page.getByLabel("What you found out").fill("it is in Vienna");
    await page.getByRole("button", { name: "Add note" }).click();
    assertEquals(await flash(), "1 error noted.");
    await page.getByText("it is in Vienna").waitFor();
    await page.getByLabel("More ways to mute").click();
    await page.getByLabel("Until N more times").fill("3");
    await page.getByRole("button", { name: "Mute until then" }).click();
    await page.getByText("until it happens 3 more times").waitFor();

    await page.goto("/board");
    await page.getByRole("link", { name: /the train is late/ }).click();
    await page.getByText("More", { exact: true }).click();
    await page.getByText("Merge into another error").click();
    await page.getByLabel("Id or receipt of the other error").fill(target);
    await page.getByRole("button", { name: "Merge" }).click();
    assertEquals(await flash(), "1 error merged.");
    assertEquals(new URL(page.url()).pathname, `/board/errors/${target}`);

    const split = page.locator("li", { hasText: "the train is late" })
      .getByRole("button", { name: "Split off" });
    await split.click();
    assertEquals(await flash(), "1 error split.");
    assert(!page.url().includes(target));

    assert(!await page.getByRole("button", { name: "Delete for good" }).isVisible());
    await page.getByText("More", { exact: true }).click();
    await page.getByText("Delete this error").click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    assertEquals(await flash(), "1 error deleted.");
    await page.goto("/board?state=all");
    assertEquals(await page.locator(".errors > li").count(), 1);
    assertEquals(board.complaints, []);
  });

  Deno.test(`a search finds by word, field and receipt${how}`, async () => {
    await using board = await startBoard();
    const [receipt] = await board.report(
      failure("Late", "the train is late"),
      { ...failure("Lost", "the bag is lost"), svc_name: "luggage", level: "CRITICAL" },
    );
    const page = await board.signIn({ javaScriptEnabled });

    assertEquals(await found(page, "bag"), ["Lost the bag is lost"]);
    assertEquals(await found(page, "svc_name:luggage level:critical"), ["Lost the bag is lost"]);
    assertEquals(await found(page, "svc_name:luggage train"), []);
    await page.getByRole("link", { name: "clear the search" }).click();
    assertEquals(await page.locator(".errors > li").count(), 2);

    await search(page, `  ${receipt} `);
    assertMatch(page.url(), new RegExp(`/occurrences/${receipt}$`));
    assertMatch(await page.locator(".message").innerText(), /the train is late/);
    assertEquals(board.complaints, []);
  });

  Deno.test(`hostile texts are shown on every page, also what is hidden in them, and do nothing${how}`, async () => {
    await using board = await startBoard();
    await board.report(...HOSTILE.map(hostileReport));
    for (const text of HOSTILE.slice(0, -1)) {
      const path = `/${encodeURIComponent(text.toWellFormed())}`;
      const headers = { "user-agent": "<script>alert(6)</script>" };
      await (await board.service.fetch(`${path}?${path}`, { headers })).body?.cancel();
    }
    const page = await board.signIn({ javaScriptEnabled });
    assertEquals(await page.locator(".errors > li").count(), HOSTILE.length);
    await checkNothingRan(page);
    const list = await shownIn(page, ".errors");
    await page.goto("/board/logs");
    await openFolds(page);
    const logs = await shownIn(page, ".logs");
    for (const shown of [list, logs]) {
      for (const text of ["<script>alert(1)</script>", "<svg/onload=", "{{7*7}}", "مرحبا"]) {
        assert(shown.includes(text), text);
      }
      for (const sign of ["‹U+202E›gnp.exe", "‹U+001B›[31mred", "‹U+2028›", "‹U+0007›"]) {
        assert(shown.includes(sign), sign);
      }
      assert(!shown.includes("x".repeat(20_000)), "a megabyte is shown whole");
    }
    await page.goto("/board");
    const errors = await page.locator(".what > a").evaluateAll((links) =>
      links.map((link) => link.getAttribute("href")!)
    );

    for (const path of errors) {
      await page.goto(path);
      await checkNothingRan(page);
      await page.getByLabel("More ways to resolve").click();
      await page.locator("[name=note]").first().fill(HOSTILE[2]!);
      await page.locator("[name=release]").fill(HOSTILE[0]!.slice(0, 100));
      await page.getByRole("button", { name: "Resolve in it" }).click();
      await openFolds(page);
      await checkNothingRan(page);
      const { last_error_id } = await board.service.asOperator(`/errors/${path.split("/").at(-1)}`);
      await page.goto(`${path}/occurrences/${last_error_id}`);
      await openFolds(page);
      await checkNothingRan(page);
    }
    const text = encodeURIComponent(HOSTILE[0]!);
    for (
      const path of [
        "/board?state=all",
        `/board?state=all&q=${text}&sort=${text}&cursor=`,
        "/board/logs",
        "/board/logs?live=1",
        `/board/logs?q=${text}&since=${text}`,
        "/board/overview",
        "/board/releases",
        `/board/releases?svc_name=${text}`,
        `/board/sign-in?why=${text}&next=${text}`,
        `/board/${text}`,
        `/board/errors/${text}`,
        `/board/logs?cursor=${text}`,
      ]
    ) {
      await page.goto(path);
      await openFolds(page);
      await checkNothingRan(page);
    }
    const bad = board.complaints.filter((complaint) => !/status of (?:404|422)/.test(complaint));
    assertEquals(bad, []);
  });
}

Deno.test("hostile texts that arrive live are shown and do nothing", async () => {
  await using board = await startBoard();
  const page = await board.signIn();
  await page.goto("/board/logs?live=1");
  await page.getByText("Live, 0 new").waitFor();
  const before = await page.locator(".logs > li").count();
  await board.report(...HOSTILE.map(hostileReport));
  await page.locator(".logs > li.new").nth(HOSTILE.length - 1).waitFor();
  await openFolds(page);
  await checkNothingRan(page);
  const shown = await shownIn(page, ".logs");
  for (const text of ["<script>alert(1)</script>", "‹U+202E›gnp.exe", "‹U+001B›[31mred"]) {
    assert(shown.includes(text), text);
  }
  assert(await page.locator(".logs > li").count() >= before + HOSTILE.length);
  assertEquals(board.complaints, []);
});

Deno.test("the live tail shows what happens, each record once", async () => {
  await using board = await startBoard();
  const page = await board.signIn();
  await page.goto("/board/logs?columns=status,route");
  await page.getByRole("link", { name: "Live tail" }).click();
  await page.getByText("Live, 0 new").waitFor();
  await board.service.fetch("/?query_content=first&user_type=guest").then((r) => r.body?.cancel());
  await page.locator(".logs li.new", { hasText: '"first"' }).waitFor();
  await board.service.fetch("/fail?how=throw").then((r) => r.body?.cancel());
  const row = page.locator(".logs li.new", { hasText: "thrown on purpose" });
  await row.waitFor();
  assertEquals(await row.locator(".cell bdi").allInnerTexts(), ["500", "/fail"]);
  assertMatch(await row.locator("time").innerText(), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
  const keys = await page.locator(".logs > li").evaluateAll((rows) =>
    rows.map((row) => row.getAttribute("data-key"))
  );
  assertEquals(new Set(keys).size, keys.length);
  await row.locator(".line").click();
  const around = (await row.getByRole("link", { name: "Around this" }).getAttribute("href"))!;
  await row.getByRole("link", { name: "View error" }).click();
  await page.locator(".source .hit").first().waitFor();
  await page.goto(around);
  const middle = page.locator(".logs > li[aria-current] .say");
  assertMatch(await middle.innerText(), /thrown on purpose/);
  assertEquals(board.complaints, []);
});

Deno.test("the live tail comes back after a restart of the service, without gap or repeat", async () => {
  using folder = tempFolder();
  const variables = {
    PORT: String(freePort()),
    STORE_URL: `sqlite:${folder.at("holdfast.db")}`,
    LOG_SPILL: "all",
  };
  await using first = await startService(variables);
  await using browser = await startBrowser();
  const page = await (await browser.newContext({ baseURL: first.url })).newPage();
  await page.goto(/Board: (http:\S+ticket=[\w-]+)/.exec(first.output)![1]!);
  await page.goto("/board/logs?live=1&q=route:/home");
  await page.getByText("Live, 0 new").waitFor();
  await ask(first, "one");
  await page.locator(".logs li.new", { hasText: '"one"' }).waitFor();

  first.kill("SIGTERM");
  await first.ended;
  await page.getByText("Connection lost, trying again").waitFor();
  await using second = await startService(variables);
  await ask(second, "two");
  await page.locator(".logs li.new", { hasText: '"two"' }).waitFor();
  await ask(second, "three");
  await page.locator(".logs li.new", { hasText: '"three"' }).waitFor();
  const said = await page.locator(".logs li.new .say").allInnerTexts();
  assertEquals(said.map((text) => /"(\w+)"/.exec(text)?.[1]), ["three", "two", "one"]);

  async function ask(service: Service, what: string): Promise<void> {
    const answer = await service.fetch(`/home?query_content=${what}&user_type=guest`);
    await answer.body?.cancel();
  }
});

Deno.test("from a log line one comes to its request's others and to its error", async () => {
  await using board = await startBoard();
  await failOnce(board.service);
  const page = await board.signIn({ javaScriptEnabled: false });
  await page.goto("/board/logs?level=ERROR&range=60");
  assertEquals(await page.locator(".logs > li").count(), 1);
  await page.locator(".logs .line").click();
  await page.getByRole("link", { name: "All logs of this request" }).click();
  assertMatch(page.url(), /q=request_id/);
  await page.locator(".logs .line").first().click();
  await page.getByRole("link", { name: "View error" }).click();
  assertMatch(page.url(), /\/board\/errors\/[0-9a-f-]+\/occurrences\//);
});

Deno.test("without script a log line leads to what happened around it, and on a phone the first one stands on the first screen", async () => {
  await using board = await startBoard();
  await reportLogs(board.service, 60);
  const viewport = { width: 360, height: 780 };
  const page = await board.signIn({ javaScriptEnabled: false, viewport });
  await page.goto("/board/logs?svc_name=shop&columns=attrs.place,user.id");
  const first = await page.locator(".logs > li").first().boundingBox();
  assert(first!.y + first!.height <= viewport.height, `it ends at ${first!.y + first!.height}`);
  assertMatch(await page.locator(".cell").first().innerText(), /^attrs\.place: 59$/);

  await page.goto("/board/logs?svc_name=shop&columns=attrs.place&q=%22step%2030%22");
  await page.locator(".logs .line").click();
  await page.getByRole("link", { name: "Around this" }).click();
  const marked = page.locator(".logs > li[aria-current]");
  assertMatch(await marked.locator(".say").innerText(), /^step 30$/);
  const box = await marked.boundingBox();
  assert(box!.y >= 0 && box!.y < viewport.height, `it stands at ${box!.y}`);
  const places = await page.locator(".cell bdi").allInnerTexts();
  assertEquals(places, Array.from({ length: 31 }, (_, i) => String(45 - i)));
  await page.getByRole("link", { name: "Later" }).click();
  assertMatch(await marked.locator(".say").innerText(), /^step 45$/);
  await marked.getByRole("button", { name: "only this value" }).first().click();
  assertMatch(new URL(page.url()).search, /svc_name=shop/);
  assertEquals(board.complaints, []);
});

Deno.test("the terminal's link opens the board once and leaves no trace of its ticket", async () => {
  await using board = await startBoard();
  const link = /Board: (http:\S+ticket=([\w-]+))/.exec(board.service.output)!;
  const page = await board.open();
  await page.goto(link[1]!);
  assertEquals(new URL(page.url()).pathname, "/board");
  assert(!await page.evaluate("document.referrer").then((text) => String(text).includes("ticket")));
  const other = await board.open();
  await other.goto(link[1]!);
  await other.getByText("This link has been used").waitFor();
  assert(!other.url().includes("ticket"));
  const afterGreeting = board.service.output.split("\n").filter((line) =>
    !line.includes("Board: ")
  );
  assert(!afterGreeting.join("\n").includes(link[2]!), "the log holds the ticket");
});

/** Another service's records, stored when this settles; all in one millisecond. */
async function reportLogs(service: Service, count: number): Promise<void> {
  const time = new Date().toISOString();
  const records = Array.from({ length: count }, (_, place) => ({
    svc_name: "shop",
    level: "INFO",
    message: `step ${place}`,
    time,
    user: { id: `u-${place}` },
    attrs: { place },
  }));
  const answer = await service.fetch("/logs", withToken(INTAKE_KEY, jsonBody(records)));
  await answer.body?.cancel();
  await until(async () => (await service.asOperator("/logs?svc_name=shop")).total === count, {
    what: "the store holds the records",
  });
}

const HOSTILE = [
  `"><script>alert(1)</script><img src=x onerror=alert(1)>`,
  `<svg/onload=alert(2)><style>*{display:none}</style></textarea></pre></template>`,
  `javascript:alert(3) [link](javascript:alert(3)) \u202Egnp.exe\u2066 مرحبا \u200F!`,
  `\u001b[31mred\u001b[0m\u001b]0;title\u0007 nul\u0000nul \u2028 \u0085 \ud800 end`,
  `'; drop table errors; -- \${7*7} {{7*7}} <%= 7*7 %>`,
  "x".repeat(1024 * 1024),
];

/** A port nobody listens on just now, for two processes one after the other. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A failure whose every part is hostile. */
function hostileReport(text: string, index: number): object {
  return {
    svc_name: text.slice(0, 200),
    input_json: { [text.slice(0, 200)]: text },
    return_json: text,
    message: text,
    release: "</dd><script>alert(4)</script>",
    attrs: { [text.slice(0, 200)]: [text.slice(0, 1_000)] },
    error: {
      type: `Hostile${index}${text.slice(0, 100)}`,
      message: text,
      stack: `${text.slice(0, 200)}\n    at ${text.slice(0, 200)} (javascript:alert(1):1:1)\n` +
        "    at read (file:///etc/passwd:1:1)",
    },
  };
}

/** Text as it can be seen. The log's own messages show a hidden character as JSON does; here all are `‹U+1234›`. */
async function shownIn(page: Page, selector: string): Promise<string> {
  const text = await page.locator(selector).innerText();
  return text.replaceAll(/\\u([0-9a-f]{4})/g, (_, code) => `‹U+${code.toUpperCase()}›`);
}

async function openFolds(page: Page): Promise<void> {
  await page.locator("details").evaluateAll((all) => {
    for (const details of all) details.setAttribute("open", "");
  });
}

async function search(page: Page, text: string): Promise<void> {
  await page.getByRole("searchbox").fill(text);
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForLoadState();
}

async function found(page: Page, text: string): Promise<string[]> {
  await search(page, text);
  return await page.locator(".what > a").allInnerTexts();
}

async function tabs(page: Page): Promise<string[]> {
  return (await page.locator(".tabs a").allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
}

/** Nothing of what strangers wrote has become an element, an address or a style. */
async function checkNothingRan(page: Page): Promise<void> {
  assertEquals(
    await page.locator("main img, main style, main script, main iframe, main object").count(),
    0,
  );
  assertEquals(await page.locator("[onload], [onerror], [style]").count(), 0);
  const schemes = await page.evaluate(
    "[...document.links].map((link) => link.protocol)",
  ) as string[];
  assertEquals([...new Set(schemes)], ["http:"]);
  const text = await page.locator("body").innerText();
  // deno-lint-ignore no-control-regex -- none of these may reach the screen
  assert(!/[\x00\x1b\x07\u202e\u2066\u2028]/.test(text), "an invisible character is on the page");
  assert(!text.includes("root:x:0"), "a file was read for a stack");
  assert((await page.content()).length < 400_000, "one record makes the page huge");
}
