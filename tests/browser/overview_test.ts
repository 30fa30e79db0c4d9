import { assert, assertEquals } from "@std/assert";
import { failOnce, startBoard } from "./board.ts";
import type { Page } from "./browser.ts";
import { INTAKE_KEY, jsonBody, withToken } from "../helpers/start_app.ts";
import { until } from "../helpers/until.ts";

const MINUTE_MS = 60_000;
const MAX_PAGE_BYTES = 100 * 1024;

Deno.test("the overview says what is broken now, its chart is read by mouse and keyboard, and nothing moves", async () => {
  await using board = await startBoard();
  const page = await board.signIn({ viewport: { width: 1280, height: 900 } });
  await page.goto("/board/overview");
  await page.getByText("Nothing is broken").waitFor();
  await failOnce(board.service);
  await report(board.service, night());
  const bodies: Promise<{ length: number }>[] = [];
  page.on("response", (response) => bodies.push(response.body()));
  await page.reload({ waitUntil: "networkidle" });
  await page.getByText(
    /^Something is broken: in the last 10 minutes 1 error happened \(1 new\), and \d+ of \d+ requests failed/,
  ).waitFor();
  const bytes = (await Promise.all(bodies)).reduce((sum, { length }) => sum + length, 0);
  assert(bytes > 0 && bytes < MAX_PAGE_BYTES, `${bytes} bytes`);

  // Pointed at, a step says its time and its numbers, and nothing moves.
  const before = await placesOf(page);
  const bars = page.locator(".steps > a");
  await bars.first().locator("rect").hover();
  await page.locator(".steps > a:hover text").waitFor();
  const said = await page.locator(".steps > a:hover text").textContent();
  assert(/^\d\d:\d\d: 2 requests \(1 failed, 1 went well\)/.test(said!), said!);
  assertEquals(await page.locator(".chart figcaption").isVisible(), false);
  assertEquals(await placesOf(page), before);

  // One stop of Tab; the arrow keys go from bar to bar, and Enter narrows the range to one.
  assertEquals(await page.locator(`.steps > a[tabindex="0"]`).count(), 1);
  await page.locator(`.steps > a[tabindex="0"]`).focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Home");
  assertEquals(
    await page.evaluate("document.activeElement.textContent"),
    await bars.first().textContent(),
  );
  assertEquals(await page.locator(`.steps > a[tabindex="0"]`).count(), 1);
  await page.keyboard.press("Enter");
  await page.waitForURL(/since=.*until=/);
  await page.getByText("2 requests", { exact: true }).waitFor();
  await page.goBack();

  // On every width the names of releases are whole, inside of the chart, and apart.
  for (const width of [320, 768, 1280, 2560]) {
    await page.setViewportSize({ width, height: 900 });
    const boxes = await namesOf(page);
    assert(boxes.length > 0, `no names at ${width}`);
    for (const [index, box] of boxes.entries()) {
      assert(box.left >= 0 && box.right <= width, `${box.text} at ${width}`);
      const next = boxes[index + 1];
      assert(next === undefined || box.right <= next.left, JSON.stringify([width, boxes]));
    }
  }

  // The delivery is small, and its counters balance.
  await page.getByText("All counters").click();
  const counters = await page.locator(".counters dd").allInnerTexts();
  const [accepted, stored, pending, dropped] = counters.map((text) =>
    Number(text.replace(",", ""))
  );
  assertEquals(accepted, stored! + pending! + dropped!);
  assertEquals(board.complaints, []);
});

/** Requests of an hour, and releases that follow each other closely. */
function night(): object[] {
  const nowMs = Date.now();
  return [50, 31, 30, 29, 8, 1, 0].flatMap((minutesAgo, index) =>
    [200, 503].map((status) => ({
      ...{ svc_name: "shop", message: `GET /orders ${status}`, route: "/orders", status },
      time: new Date(nowMs - minutesAgo * MINUTE_MS).toISOString(),
      release: `2026.11.28-release-${index}`,
      duration_ms: 12,
    }))
  );
}

async function report(
  service: Parameters<typeof failOnce>[0],
  records: readonly object[],
): Promise<void> {
  const answer = await service.fetch("/logs", withToken(INTAKE_KEY, jsonBody(records)));
  assertEquals((await answer.json()).content.accepted, records.length);
  await until(
    async () => (await service.asOperator("/logs?svc_name=shop")).total >= records.length,
    {
      what: "the log holds the records",
    },
  );
}

/** Where the parts of the page stand. */
async function placesOf(page: Page): Promise<number[]> {
  return await page.evaluate(
    `[...document.querySelectorAll(".overview > *")].map((part) => part.getBoundingClientRect().top)`,
  );
}

interface Box {
  text: string;
  left: number;
  right: number;
}

/** Those that are shown, from the left to the right. */
async function namesOf(page: Page): Promise<Box[]> {
  return await page.evaluate(`[...document.querySelectorAll(".releases svg > text")]
    .map((text) => ({ text: text.textContent, ...text.getBoundingClientRect().toJSON() }))
    .filter(({ width }) => width > 0)
    .map(({ text, left, right }) => ({ text, left, right }))
    .sort((a, b) => a.left - b.left)`);
}
