import { assert, assertEquals } from "@std/assert";
import { addModule } from "../../tools/new.ts";
import { copyTreeTo } from "../helpers/copy_tree.ts";
import { OPERATOR_TOKEN } from "../helpers/start_app.ts";
import {
  environmentWithoutOurs,
  Running,
  type Service,
  serviceOf,
} from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { stored } from "./board.ts";
import { startBrowser } from "./browser.ts";

/** A service of somebody's own, whose lines are as long as formatters never leave them. */
const LONG_LINE = `  const sentence = "${"a very long line ".repeat(12)}";`;
const MODULE = `import * as v from "valibot";
import { defineModule, type Module } from "./module.ts";

const input = v.object({ how: v.string() });

export const orders: Module = defineModule({
  name: "/orders",
  summary: "Fails.",
  input,
  run({ how }) {
    if (how === "named") return load(how);
    if (how === "first") return ["first"].map((way) => { throw new Error("no such way " + way); });
    return ["second"].map((way) => { throw new Error("no such way " + way); });
  },
});

function load(how: string): never {
${LONG_LINE}
  throw new RangeError("no order " + how + sentence.length);
}
`;
/** At these widths there are two columns. */
const WIDTHS = [1100, 1280, 1500];

Deno.test("a service of one's own, in a folder with a space and an umlaut, sees its own code and no machinery", async (t) => {
  using folder = tempFolder();
  const root = folder.at("Müllers shop");
  copyTreeTo(root);
  addModule("orders", root);
  Deno.writeTextFileSync(`${root}/modules/orders.ts`, MODULE);
  await using service = await startIn(root);

  await t.step(
    "its own functions alone are in the key, those without a name by their line",
    async () => {
      assertEquals((await failWith(service, "named")).parts, [
        "type: RangeError",
        "frame: load in modules/orders.ts",
        "frame: run in modules/orders.ts",
      ]);
      const lines = { first: 'if (how === "first") return', second: 'return ["second"]' };
      for (const [way, line] of Object.entries(lines)) {
        const { parts } = await failWith(service, way);
        assertEquals(parts.length, 3, parts.join("\n"));
        assert(parts[1]?.startsWith(`frame: \`${line}`), parts[1]);
        assertEquals(parts[2], "frame: run in modules/orders.ts");
      }
    },
  );

  await t.step("the error's page shows its source, and no column covers the other", async () => {
    const { id } = await failWith(service, "named");
    await using browser = await startBrowser();
    const context = await browser.newContext({ baseURL: service.url });
    const page = await context.newPage();
    await page.goto("/board");
    await page.getByLabel("Operator token").fill(OPERATOR_TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/board");
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`/board/errors/${id}`);
      const source = page.locator("pre.source").first();
      assert((await source.innerText()).includes("a very long line a very long line"));
      const frames = await page.locator("p.call, li > details > summary").allInnerTexts();
      assert(!frames.some((frame) => frame.includes("modules/run.ts")), frames.join("\n"));
      const [main, side] = await page.locator(".two > *").all();
      const [left, right] = [await main!.boundingBox(), await side!.boundingBox()];
      assert(left!.x + left!.width <= right!.x, `${width}: the main column`);
      for (const panel of await page.locator(".two > div:first-child > *, pre.source").all()) {
        const box = await panel.boundingBox();
        assert(
          box === null || box.x + box.width <= right!.x,
          `${width}: ${await panel.innerText()}`,
        );
      }
      const picture = Deno.env.get("HOLDFAST_PICTURE");
      if (picture) await page.screenshot({ path: `${picture}-${width}.png` });
    }
    await context.close();
  });
});

async function startIn(root: string): Promise<Service> {
  const storeUrl = "sqlite:./data/holdfast.db";
  const running = new Running(
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "main.ts"],
      cwd: root,
      clearEnv: true,
      env: { ...environmentWithoutOurs(), PORT: "0", OPERATOR_TOKEN, STORE_URL: storeUrl },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  return await serviceOf(running, { storeUrl, release() {} });
}

/** The error that this way to fail makes, and what went into its key. */
async function failWith(service: Service, how: string): Promise<{ id: string; parts: string[] }> {
  const answer = await service.fetch(`/orders?how=${how}`);
  assertEquals(answer.status, 500);
  const { error_id } = await answer.json();
  await stored(service, error_id);
  const { id, keys } = await service.asOperator(`/errors/${error_id}`);
  return { id, parts: keys[0].parts };
}
