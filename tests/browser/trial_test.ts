import { assert, assertEquals } from "@std/assert";
import { type BadNight, makeBadNight } from "./bad_night.ts";
import { type BoardWorld, startBoard } from "./board.ts";
import type { Locator, Page } from "./browser.ts";

/** From the page after signing in to the answer. */
const MAX_CLICKS = 6;

Deno.test("on a bad night an operator finds what broke, for whom and since when, and acts, in six clicks each", async () => {
  await using board = await startBoard();
  const night = await makeBadNight(board.service);
  for (const javaScriptEnabled of [true, false]) {
    const trial = await Trial.start(board, { javaScriptEnabled });

    await trial.task("what broke in the last ten minutes", async ({ page, click }) => {
      await click(page.getByRole("link", { name: "10 min" }));
      await click(page.getByRole("link", { name: "new", exact: true }));
      const rows = await page.locator(".errors [data-row]").allInnerTexts();
      assert(rows.some((row) => row.includes("Cannot destructure property")), rows.join("\n"));
      assert(!rows.some((row) => row.includes("ECONNREFUSED")), rows.join("\n"));
    });

    await trial.task("the release that brought it, and how many users it hit", async (tools) => {
      await openBroken(tools);
      assertEquals(await trial.fact("Since release"), "1.5.0");
      assertEquals(await trial.fact("Users"), "14");
    });

    await trial.task("all logs of one of its requests", async (tools) => {
      const { page, click } = tools;
      await openBroken(tools);
      await click(page.getByRole("link", { name: "Open in logs" }));
      const lines = await page.locator(".logs [data-row]").allInnerTexts();
      assertEquals(lines.length, 4);
      assert(lines.some((line) => line.includes("no discount for code null")));
    });

    await trial.task("mute the noise", async ({ page, click }) => {
      const noise = page.locator(".errors [data-row]", { hasText: "ECONNREFUSED" });
      await click(noise.getByRole("checkbox"));
      await click(page.getByRole("button", { name: "Mute", exact: true }));
      await page.getByRole("status").filter({ hasText: "1 error muted" }).waitFor();
      assertEquals(await stateOf(board, night.noise), "muted");
    });

    await trial.task("resolve it in the next release, and take that back", async (tools) => {
      const { page, click } = tools;
      await openBroken(tools);
      await click(page.getByRole("button", { name: "Resolve in the next release" }));
      await page.getByRole("status").filter({ hasText: "1 error resolved" }).waitFor();
      const { state, resolved_next } = await board.service.asOperator(`/errors/${night.broken}`);
      assertEquals({ state, resolved_next }, { state: "resolved", resolved_next: true });
      await click(page.getByRole("button", { name: "Undo" }));
      await page.getByRole("button", { name: "Resolve in the next release" }).waitFor();
      assertEquals(await stateOf(board, night.broken), "open");
    });

    await board.service.asOperator(`/errors/${night.noise}/mute`, { method: "DELETE" });
    await trial.page.context().close();
  }
  assertEquals(board.complaints, []);
});

interface Tools {
  page: Page;
  /** A click that counts. */
  click: (what: Locator) => Promise<void>;
}

/** One operator, who has just signed in. */
class Trial {
  readonly page: Page;
  #clicks = 0;

  private constructor(page: Page) {
    this.page = page;
  }

  static async start(
    board: BoardWorld,
    { javaScriptEnabled }: { javaScriptEnabled: boolean },
  ): Promise<Trial> {
    return new Trial(
      await board.signIn({ javaScriptEnabled, viewport: { width: 1280, height: 800 } }),
    );
  }

  /** Begins where signing in leads, and fails after too many clicks. */
  async task(name: string, run: (tools: Tools) => Promise<void>): Promise<void> {
    this.#clicks = 0;
    await this.page.goto("/board");
    const click = async (what: Locator) => {
      this.#clicks++;
      await what.click();
    };
    await run({ page: this.page, click });
    assert(this.#clicks <= MAX_CLICKS, `${name} takes ${this.#clicks} clicks`);
  }

  /** What a fact in the head of an error's page says. */
  async fact(name: string): Promise<string> {
    const value = this.page.locator("dt", { hasText: name }).locator("xpath=following-sibling::dd");
    return (await value.first().innerText()).split("\n")[0]!.trim();
  }
}

async function openBroken({ page, click }: Tools): Promise<void> {
  await click(page.getByRole("link", { name: "Cannot destructure property" }));
  await page.getByRole("heading", { name: "TypeError" }).waitFor();
}

async function stateOf(board: BoardWorld, id: BadNight["broken"]): Promise<string> {
  return (await board.service.asOperator(`/errors/${id}`)).state;
}
