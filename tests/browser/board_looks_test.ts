import { assert, assertEquals } from "@std/assert";
import { checkAccessibility, failOnce, failure, startBoard, stored } from "./board.ts";
import type { Page } from "./browser.ts";
import { INTAKE_KEY, jsonBody, withToken } from "../helpers/start_app.ts";
import type { Service } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

/** The narrowest that is sold. */
const PHONE = { width: 360, height: 780 };
const MAX_FIRST_PAGE_BYTES = 100 * 1024;

Deno.test("every page is accessible in light, dark and on a phone, small, and does not jump", async () => {
  await using board = await startBoard();
  const { service } = board;
  await board.report(
    failure("Late", "the train is late"),
    failure("Late", "the train is very late"),
    LONG_NAMES,
  );
  const [whole] = await board.report(WITH_ALL_FIELDS);
  await failOnce(service);
  const long = (await service.asOperator(`/errors?q=${LONG}`)).errors[0].id;
  for (const name of LOOK_NAMES) {
    const look = LOOKS[name];
    const signedOut = await board.open(look);
    await signedOut.goto("/board/sign-in");
    await checkAccessibility(signedOut, name);
    const page = await board.signIn(look);
    const error = await page.locator(".what > a").first().getAttribute("href");
    const errors = await service.asOperator("/errors?q=train");
    const { occurrences } = await service.asOperator(`/errors/${errors.errors[0].id}/occurrences`);
    const old = occurrences.at(-1).error_id;
    await page.goto("/board/logs");
    const around = await page.locator('a[href*="around="]').first().getAttribute("href");
    for (
      const path of [
        "/board",
        error!,
        `/board/errors/${long}`,
        `/board?q=${whole}`,
        `/board?q=${old}`,
        "/board/logs",
        `/board/logs?own=1&columns=status,user.id,tags.${LONG},attrs.order`,
        around!,
        "/board/logs?q=nothing&level=WARN",
        "/board/logs?live=1",
        "/board/overview",
        "/board/releases",
        "/board/keys",
        "/board/people",
        "/board/connect?platform=browser",
        "/board/connect?platform=curl&since=1&service=shop",
        "/board?state=muted",
        "/board?q=nothing",
      ]
    ) {
      await page.goto(path);
      await openAll(page);
      await checkAccessibility(page, name);
      const width = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert(Number(width) <= 0, `${path} is wider than the window: ${await page.evaluate(WIDE)}`);
    }
    await page.context().close();
    await signedOut.context().close();
  }
  assertEquals(board.complaints, []);
});

Deno.test("the first page stays under 100 KB with everything it loads, and nothing moves", async () => {
  await using board = await startBoard();
  await board.report(
    ...Array.from({ length: 40 }, (_, index) =>
      failure(
        `Error${index}`,
        `a message of usual length, number ${index}, with some words to read`,
      )),
  );
  const page = await board.signIn();
  const bodies: Promise<{ length: number }>[] = [];
  page.on("response", (response) => bodies.push(response.body()));
  await page.goto("/board", { waitUntil: "networkidle" });
  const bytes = (await Promise.all(bodies)).reduce((sum, { length }) => sum + length, 0);
  assert(bytes > 0 && bytes < MAX_FIRST_PAGE_BYTES, `${bytes} bytes`);
  assertEquals(
    await page.evaluate(`new Promise((resolve) => {
      let shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => shift += entry.value))
        .observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(shift)));
    })`),
    0,
  );
  await page.getByRole("link", { name: "Next page" }).click();
  assertEquals(await page.locator(".errors > li").count(), 15);
});

Deno.test({
  name: "pictures of every page for the README",
  ignore: !Deno.env.get("HOLDFAST_SCREENSHOTS"),
  async fn() {
    await using board = await startBoard();
    await makeStory(board.service, board.report);
    for (const [name, look] of Object.entries(LOOKS)) {
      const page = await board.signIn(look);
      const take = (what: string) =>
        page.screenshot({ path: `docs/screenshots/${what}-${name}.png`, animations: "disabled" });
      await take("errors");
      await page.getByRole("link", { name: "thrown on purpose by" }).first().click();
      await take("error");
      await page.goto("/board");
      await page.getByRole("link", { name: "card was declined" }).first().click();
      for (let step = 0; step < 4; step++) await page.getByRole("link", { name: "Older" }).click();
      await take("occurrence");
      await page.goto("/board/logs");
      await take("logs");
      await page.getByRole("link", { name: "Live tail" }).click();
      await page.getByText("Live, 0 new").waitFor();
      await board.service.fetch(`/?query_content=live-${name}&user_type=guest`)
        .then((answer) => answer.body?.cancel());
      await page.locator(".logs li.new", { hasText: `live-${name}` }).waitFor();
      await take("live");
      await page.goto("/board/overview");
      await take("overview");
      await page.goto("/board/keys");
      await take("keys");
      await page.goto("/board/connect?platform=browser");
      await take("connect");
      await page.goto("/board?state=muted");
      await take("empty");
      await page.goto("/board?q=nowhere");
      await take("nothing");
      if (name === "phone") await page.locator(".top summary").click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByLabel("Operator token").waitFor();
      await take("sign-in");
      await page.context().close();
    }
  },
});

/** The first element that reaches beyond the window, and is in nothing that scrolls. */
const WIDE = `[...document.querySelectorAll("main *")]
  .find((element) => !element.closest("pre, .scroll")
    && element.getBoundingClientRect().right > innerWidth)?.outerHTML.slice(0, 300)`;
/** Without a place to break it. */
const LONG = "ANameThatNobodyHasMadeAnyShorterThanItIs".repeat(3);
const LONG_NAMES = {
  ...failure(LONG, `${LONG} is late`),
  svc_name: LONG,
  release: LONG,
  route: `/${LONG}`,
  path: `/${LONG}`,
  method: "GET",
  request_id: LONG,
  environment: LONG,
  user: { id: LONG },
  tags: {
    [LONG]: LONG,
    "<script>": "<img src=x onerror=alert(1)>",
    "\u202egnp": "\u202egpj.evil",
    ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`tag${i}`, `value ${i}`])),
  },
};

/** Whatever a client can send, in texts that want to break out. */
const HOSTILE_TEXT = `<script>alert(1)</script>\u202e ${LONG.repeat(5)}`;
const WITH_ALL_FIELDS = {
  ...failure("Whole", "everything at once"),
  trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
  span_id: "00f067aa0ba902b7",
  instance: "till-4",
  handled: false,
  environment: "staging",
  error: {
    type: "Whole",
    message: "everything at once",
    frames: Array.from({ length: 9 }, (_, index) => ({
      function: index % 2 ? HOSTILE_TEXT : "leave",
      file: index % 3 ? `/srv/${LONG}.py` : "/srv/node_modules/x/index.js",
      line: index + 3,
      context_line: HOSTILE_TEXT,
      pre_context: ["def leave():", "\twait()"],
      post_context: ["    return"],
      vars: { [HOSTILE_TEXT]: HOSTILE_TEXT, cart: { items: [1, { sku: LONG }] }, none: null },
    })),
  },
  breadcrumbs: Array.from({ length: 30 }, (_, index) => ({
    time: "2026-11-05T10:00:00Z",
    category: index % 2 ? "http" : LONG,
    level: "WARN",
    message: index % 3 ? "GET /stock" : HOSTILE_TEXT,
    ...index % 2 && { data: { url: `https://shop.example.org/${LONG}`, status: 200 } },
  })),
  headers: { "user-agent": HOSTILE_TEXT, referer: `https://shop.example.org/${LONG}` },
  attrs: {
    contexts: {
      os: { name: "linux", build: HOSTILE_TEXT },
      [LONG]: LONG,
      trace: { deep: { er: 1 } },
    },
    threads: [{ name: LONG, frames: [{ function: "run", file: LONG }] }, { id: "2" }],
    note: HOSTILE_TEXT,
  },
};

const LOOKS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: PHONE },
} as const;
const LOOK_NAMES = ["light", "dark", "phone"] as const;

async function openAll(page: Page): Promise<void> {
  await page.locator("details").evaluateAll((all) => {
    for (const details of all) details.setAttribute("open", "");
  });
}

/** A day in the life of some services. */
async function makeStory(
  service: Service,
  report: (...reports: object[]) => Promise<string[]>,
): Promise<void> {
  const hours = [1, 1, 2, 3, 3, 3, 5, 8, 8, 9, 13, 14, 20, 21];
  const told = [
    ["checkout", "PaymentDeclined", "card was declined for order 88123", "charge", "charge"],
    ["mailer", "ConnectionRefused", "connect ECONNREFUSED 10.0.4.7:25", "send", "smtp"],
    ["search", "TimeoutError", "no answer of shard 3 within 2000 ms", "query", "shards"],
  ] as const;
  for (const [index, [svc_name, type, message, fn, file]] of told.entries()) {
    await report(
      ...hours.filter((hour) => hour % (index + 2) !== 0).map((hour) => ({
        svc_name,
        message,
        release: `2026.11.${3 + index}`,
        time: new Date(Date.now() - hour * 3_600_000).toISOString(),
        level: svc_name === "mailer" ? "CRITICAL" : "ERROR",
        input_json: { order: 88_123, amount: { value: "49.90", currency: "EUR" }, attempt: hour },
        return_json: { status: 502, error: message },
        error: {
          type,
          message,
          stack: [
            `${type}: ${message}`,
            "    at Socket.onError (node:net:1702:9)",
            `    at ${fn} (/srv/${svc_name}/src/${file}.ts:41:7)`,
            `    at async handle (/srv/${svc_name}/src/mod.ts:18:22)`,
            "    at async dispatch (npm:hono@4.13.19/compose.js:22:17)",
          ].join("\n"),
        },
      })),
    );
  }
  const keys = [
    { service: "checkout", note: "the payments", quota: 500 },
    { service: "web", is_public: true, note: "the page, in browsers" },
  ];
  for (const key of keys) await service.asOperator("/keys", jsonBody(key));
  for (const how of ["throw", "throw", "string", "bad-return", "throw"]) {
    const answer = await service.fetch(`/fail?how=${how}`);
    await stored(service, (await answer.json()).error_id);
  }
  for (let call = 0; call < 12; call++) {
    for (
      const path of [`/?query_content=order-${call}&user_type=guest`, "/readyz", "/openapi.json"]
    ) {
      await service.fetch(path).then((answer) => answer.body?.cancel());
    }
    const reports = [
      { svc_name: "checkout", message: `order ${88_120 + call} was paid`, level: "INFO" },
      { svc_name: "search", message: `shard 3 answered after ${90 + call * 7} ms`, level: "WARN" },
    ];
    const answer = await service.fetch("/logs", withToken(INTAKE_KEY, jsonBody(reports)));
    await answer.body?.cancel();
  }
  await until(async () => {
    const { total } = await service.asOperator("/logs?svc_name=search&level=WARN&q=answered");
    return total >= 12;
  }, { what: "the log holds the reports" });
}
