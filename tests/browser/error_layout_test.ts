import { assertEquals } from "@std/assert";
import { makeBadNight } from "./bad_night.ts";
import { checkAccessibility, startBoard } from "./board.ts";
import type { Page } from "./browser.ts";

const WIDTHS = [320, 768, 1280, 2560];

Deno.test("on an error's page nothing overlaps, moves or is wider than the window, whatever was reported", async () => {
  await using board = await startBoard();
  const { hostile, broken, noise } = await makeBadNight(board.service);
  const page = await board.signIn();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 720 });
    for (const id of [hostile, broken, noise]) {
      await page.goto(`/board/errors/${id}`);
      const where = `${id} at ${width} px`;
      assertEquals(await page.evaluate(LAYOUT_SHIFT), 0, where);
      assertEquals(await wrongIn(page), [], where);
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)");
      assertEquals(
        await page.evaluate(TOP_OF_BAR),
        0,
        `the row of actions is out of sight: ${where}`,
      );
      // All folds but the menus, which lie above what is below them.
      await page.evaluate(
        `for (const fold of document.querySelectorAll("main details:not(.menu)")) fold.open = true`,
      );
      assertEquals(await wrongIn(page), [], `${where}, all folds open`);
    }
    // Where the row of actions stays in sight, its menus have to scroll by themselves.
    await page.evaluate("scrollTo(0, 400)");
    for (const summary of await page.locator(".one .menu > summary").all()) {
      await summary.press("Enter");
      assertEquals(await page.evaluate(MENU_BEYOND_WINDOW), [], `menus at ${width} px`);
    }
    if (width === WIDTHS[0]) await checkAccessibility(page, "phone");
    assertEquals(await page.locator(".menu[open]").count(), 1, "one menu closes the other");
  }
  assertEquals(board.complaints, []);
});

async function wrongIn(page: Page): Promise<unknown> {
  return await page.evaluate(`(() => {
    const wrong = [];
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide > 0) wrong.push("wider by " + wide);
    const say = (element) => element.outerHTML.slice(0, 120);
    const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && {
      element, box: element.getBoundingClientRect(),
    };
    const compare = (elements) => {
      const boxes = elements.map(seen).filter((one) => one && one.box.width > 1 && one.box.height > 1);
      for (const [index, a] of boxes.entries()) {
        for (const b of boxes.slice(index + 1)) {
          const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
          const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
          if (across > 1 && down > 1) wrong.push(say(a.element) + " overlaps " + say(b.element));
        }
      }
    };
    // Blocks beside each other, and what stands in the row of actions and at a glance. Rows that stay in sight lie above others.
    for (const parent of document.querySelectorAll(".one, .two, .two > div, .sect, .head, .glance, .bar, .does, .which, .ends")) {
      compare([...parent.children].filter((child) => getComputedStyle(child).position !== "sticky"));
    }
    compare([...document.querySelectorAll(".bar .state, .bar h1, .bar button, .bar summary")]
      .filter((element) => !element.closest(".opened")));
    // Texts stay within their blocks, or within a box that scrolls.
    for (const block of document.querySelectorAll(".sect, .head, .shown, .bar")) {
      const { right } = block.getBoundingClientRect();
      for (const inner of block.querySelectorAll("*")) {
        if (inner.closest("pre, .opened, svg, .unseen, .scroll") || !inner.checkVisibility()) continue;
        if (inner.parentElement.closest("bdi, dd, h1, a, summary, p") && getComputedStyle(inner).display === "inline") continue;
        if (inner.getBoundingClientRect().right > right + 1) wrong.push("beyond its block: " + say(inner));
      }
    }
    for (const source of document.querySelectorAll(".source")) {
      const places = new Set([...source.querySelectorAll("i")].map((i) => i.getBoundingClientRect().left));
      if (places.size > 1) wrong.push("lines of source that begin at different places");
    }
    return wrong.slice(0, 5);
  })()`);
}

const LAYOUT_SHIFT = `new Promise((resolve) => {
  let shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => shift += entry.value))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(shift)));
})`;

const TOP_OF_BAR = `document.querySelector(".bar").getBoundingClientRect().top`;

/** Open menus that reach out of the window. */
const MENU_BEYOND_WINDOW = `[...document.querySelectorAll(".menu[open] > .opened")]
  .map((menu) => [menu, menu.getBoundingClientRect()])
  .filter(([menu, { left, right, bottom }]) =>
    left < 0 || right > innerWidth || (menu.closest(".bar") && bottom > innerHeight))
  .map(([, box]) => box)
  .map(({ left, right, bottom }) => [left, right, bottom].map(Math.round).join(" "))`;
