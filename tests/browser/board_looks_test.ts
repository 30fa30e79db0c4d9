import { assert, assertEquals } from "@std/assert";
import { type BadNight, makeBadNight } from "./bad_night.ts";
import { failure, startBoard, violationsOf } from "./board.ts";
import type { Page } from "./browser.ts";
import { wrongLooks } from "./looks.ts";

/** The narrowest that is sold. */
const PHONE = { width: 360, height: 780 };
const MAX_PAGE_BYTES = 100 * 1024;

Deno.test("every page and state is accessible in every look, and nothing overlaps or is wider than a window", async () => {
  await using board = await startBoard();
  const wrong: string[] = [];
  const signedOut = await board.open();
  await signedOut.goto("/board/sign-in");
  wrong.push(...await look(signedOut, "sign-in"));
  await signedOut.getByLabel("Operator token").fill("not the token");
  await signedOut.getByRole("button", { name: "Sign in" }).click();
  await signedOut.locator(".gate .bad").waitFor();
  wrong.push(...await look(signedOut, "sign-in that failed"));
  board.complaints.length = 0; // The browser tells of the answer's status.

  const page = await board.signIn();
  for (const path of ["/board", "/board/overview", "/board/releases"]) {
    await page.goto(path);
    wrong.push(...await look(page, `${path} at the first visit`));
  }
  const night = await makeBadNight(board.service);
  await page.goto("/board/logs");
  const around = await page.locator('a[href*="around="]').first().getAttribute("href");
  for (
    const path of [
      ...PATHS,
      around!,
      ...["broken", "hostile", "back"].map((name) =>
        `/board/errors/${night[name as keyof typeof night]}`
      ),
    ]
  ) {
    await page.goto(path);
    wrong.push(...await look(page, path));
  }
  for (const [state, reach] of Object.entries(STATES)) {
    await page.goto("/board");
    await reach(page, night);
    wrong.push(...await look(page, state));
  }
  board.complaints.splice(
    0,
    board.complaints.length,
    ...board.complaints.filter((complaint) => !/status of (404|422)/.test(complaint)),
  );
  assertEquals(wrong, []);
  assertEquals(board.complaints, []);
});

Deno.test("every page of a bad night stays under 100 KB with everything it loads, and nothing moves", async () => {
  await using board = await startBoard();
  await board.report(
    ...Array.from({ length: 40 }, (_, index) =>
      failure(
        `Error${index}`,
        `a message of usual length, number ${index}, with some words to read`,
      )),
  );
  const page = await board.signIn();
  await page.goto("/board");
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
  const { broken, hostile } = await makeBadNight(board.service);
  const heavy: string[] = [];
  for (
    const path of [
      "/board",
      `/board/errors/${broken}`,
      `/board/errors/${hostile}`,
      "/board/logs",
      "/board/logs?live=1",
      "/board/overview",
      "/board/overview?range=1440",
      "/board/overview?range=10080",
      "/board/releases",
      "/board/connect?platform=browser",
      "/board/keys",
      "/board/people",
    ]
  ) {
    const bytes = await weightOf(page, path);
    if (bytes >= MAX_PAGE_BYTES) heavy.push(`${path}: ${bytes} bytes`);
  }
  assertEquals(heavy, []);
});

Deno.test({
  name: "pictures of every page for the README",
  ignore: !Deno.env.get("HOLDFAST_SCREENSHOTS"),
  async fn() {
    await using board = await startBoard();
    const { broken } = await makeBadNight(board.service);
    for (const [name, look] of Object.entries(LOOKS)) {
      const page = await board.signIn(look);
      for (const [what, path] of Object.entries(PICTURES)) {
        await page.goto(path.replace("{broken}", broken));
        await page.screenshot({
          path: `docs/screenshots/${what}-${name}.png`,
          animations: "disabled",
        });
      }
      await page.context().close();
    }
  },
});

/** Bytes of the page and of all that it names, before they are compressed. What a browser has kept counts as well. */
async function weightOf(page: Page, path: string): Promise<number> {
  const answer = await page.goto(path);
  assertEquals(answer?.status(), 200);
  const loaded = await page.evaluate(
    `Promise.all([...document.querySelectorAll("link[href], script[src], img[src]")]
      .map((one) => one.href || one.src)
      .filter((address, index, all) => all.indexOf(address) === index)
      .map((address) => fetch(address).then((answer) => answer.arrayBuffer()))
    ).then((bodies) => bodies.map(({ byteLength }) => byteLength))`,
  ) as number[];
  // Stylesheets of all pages and of this one, the script, and the picture.
  assert(loaded.length >= 4, `${path} loads ${loaded.length} files`);
  return (await answer!.body()).length + loaded.reduce((sum, bytes) => sum + bytes, 0);
}

/** Without a place to break it. */
const LONG = "ANameThatNobodyHasMadeAnyShorterThanItIs".repeat(3);
const PATHS = [
  "/board",
  "/board?range=10&what=new",
  "/board?since=2026-11-01T08:00&until=2026-11-28T09:30",
  "/board?state=all&sort=count",
  "/board?state=muted",
  "/board?q=nothing",
  "/board/logs",
  `/board/logs?own=1&range=60&columns=status,user.id,tags.${LONG},attrs.order`,
  "/board/logs?q=nothing&level=WARN",
  "/board/logs?live=1",
  "/board/overview",
  "/board/overview?range=10080",
  "/board/releases",
  "/board/keys",
  "/board/people",
  "/board/connect?platform=browser",
  "/board/connect?platform=curl&since=1&service=shop",
  "/board/help",
  "/board/time-zone",
  "/board/nowhere",
];

/** What is reached from the list of errors by doing something. */
const STATES: Readonly<Record<string, (page: Page, night: BadNight) => Promise<void>>> = {
  async "selected rows, and what can be done to them"(page) {
    await page.locator("[name=id]").first().check();
    await page.locator("[name=id]").nth(1).check();
    await page.locator(".bulk summary").first().press("Enter");
  },
  async "an own range that is asked for"(page) {
    await page.getByText("Own…").click();
  },
  async "help over the page"(page) {
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  },
  async "pages and one's own things in a menu"(page) {
    await page.setViewportSize(PHONE);
    await page.locator(".top summary").click();
  },
  async "columns of logs to choose from"(page) {
    await page.goto("/board/logs");
    await page.locator("summary", { hasText: "Columns" }).click();
  },
  async "ways to resolve an error"(page, { hostile }) {
    await page.goto(`/board/errors/${hostile}`);
    await page.locator(".bar .menu > summary").first().press("Enter");
  },
  async "what else can be done with an error"(page, { broken }) {
    await page.goto(`/board/errors/${broken}`);
    await page.locator(".bar .menu > summary").last().press("Enter");
  },
  async "an error that was changed, with Undo"(page, { noise }) {
    await page.goto(`/board/errors/${noise}`);
    await page.locator('.bar button[data-key="m"]').click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
  },
  async "a form that fails"(page) {
    await page.locator("[name=id]").first().check();
    await page.locator(".bulk button").first().evaluate((button) => {
      button.setAttribute("value", "dance");
      button.click();
    });
    await page.getByText("The form names no known action").waitFor();
  },
};

const WIDTHS = [320, 360, 768, 1280, 1920, 2560];
const DESK = { width: 1280, height: 900 };

/** All folds but menus; of a list those of its first rows. */
const UNFOLD = `for (const fold of document.querySelectorAll(
  "main details:not(.menu, [data-row] *), [data-row]:nth-child(-n + 3) details:not(.menu)")) fold.open = true`;

/** Rows of a list are alike, and axe-core takes its time for each. */
const SHORTEN = `for (const row of document.querySelectorAll(
  "[data-row]:nth-child(n + 7), .numbers tbody tr:nth-child(n + 5), .steps > :nth-child(n + 7)")) row.remove()`;

/** All that is wrong with the page as it is, and with what is folded in it. */
async function look(page: Page, what: string): Promise<string[]> {
  const wrong: string[] = [];
  const measure = async (widths: readonly number[], state: string) => {
    for (const width of widths) {
      await page.setViewportSize({ width, height: DESK.height });
      for (const one of await wrongLooks(page)) wrong.push(`${state} at ${width} px: ${one}`);
    }
  };
  const check = async (name: Parameters<typeof violationsOf>[1]) => {
    for (const one of await violationsOf(page, name)) wrong.push(`${what}, ${name}: ${one}`);
  };
  await measure(WIDTHS, what);
  await page.evaluate(UNFOLD);
  await measure([PHONE.width, DESK.width], `${what}, unfolded,`);
  await page.evaluate(SHORTEN);
  await check("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await check("dark");
  if (await page.locator("[data-chart]").count() > 0) {
    await page.emulateMedia({ forcedColors: "active" });
    await check("forced");
  }
  await page.emulateMedia({ colorScheme: "light", forcedColors: "none" });
  await page.setViewportSize(PHONE);
  await check("phone");
  await page.setViewportSize(DESK);
  return wrong;
}

const LOOKS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: PHONE },
} as const;

const PICTURES = {
  errors: "/board?range=60&environment=production",
  error: "/board/errors/{broken}",
  logs: "/board/logs?range=60&environment=production",
  overview: "/board/overview",
  releases: "/board/releases",
  connect: "/board/connect?platform=browser",
  nothing: "/board?q=nowhere",
} as const;
