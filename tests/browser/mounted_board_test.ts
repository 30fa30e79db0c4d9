import { assert, assertEquals, assertMatch } from "@std/assert";
import { startBrowser } from "./browser.ts";
import { OPERATOR_TOKEN } from "../helpers/start_app.ts";
import { startMountedApp } from "../helpers/start_mounted_app.ts";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "" : " with script off";

  Deno.test(`behind a prefix and below a parameter the board leads nowhere else${how}`, async () => {
    await using app = await startMountedApp();
    await using browser = await startBrowser();
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    const board = `${app.publicUrl}/ops/red/board`;
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(board)) complaints.push(`request to ${request.url()}`);
    });

    await app.fail();
    await page.goto(`${board}/logs`);
    await page.getByLabel("Operator token").fill(OPERATOR_TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${board}/logs`);
    await page.getByRole("link", { name: "Errors", exact: true }).click();
    await page.getByRole("link", { name: "no order 7 is here" }).click();
    assertMatch(await page.locator(".source .hit").first().innerText(), /throw new RangeError/);
    await page.getByLabel("More ways to resolve").click();
    await page.getByRole("textbox", { name: "Note (optional)" }).fill("ordered again");
    await page.getByRole("button", { name: "Resolve from now on" }).click();
    assertEquals(await page.getByRole("status").first().innerText(), "1 error resolved.");
    await page.getByText("ordered again").waitFor();
    assert(page.url().startsWith(`${board}/errors/`), page.url());

    await page.getByRole("link", { name: "Logs", exact: true }).click();
    await page.getByRole("link", { name: "Live tail" }).click();
    if (javaScriptEnabled) await page.getByText("Live, 0 new").waitFor();
    await app.fail();
    if (!javaScriptEnabled) await page.reload();
    const row = page.locator(javaScriptEnabled ? ".logs li.new" : ".logs li", {
      hasText: "no order 7 is here",
    }).first();
    await row.locator("summary").first().click();
    await row.getByRole("link", { name: "All logs of this request" }).click();
    await page.waitForURL(`${board}/logs?q=request_id*`);
    await page.locator(".logs summary").first().click();
    await page.goBack();

    const again = page.locator(".logs li", { hasText: "no order 7 is here" }).first();
    await again.locator("summary").first().click();
    await again.getByRole("link", { name: "View error" }).click();
    await page.waitForURL(`${board}/errors/*/occurrences/*`);
    await page.getByText("came back").first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${board}/sign-in?why=out`);
    await page.goto(board);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assertEquals(complaints, []);
  });
}

Deno.test("the start message's link opens the board where it stands", async () => {
  await using app = await startMountedApp({ HOLDFAST_ENV: "development" });
  const [, link] = /Board: (http\S+ticket=[\w-]+)/.exec(app.service.output)!;
  assert(link!.startsWith(`${app.publicUrl}/ops/red/board/sign-in?ticket=`), link);
  await using browser = await startBrowser();
  const page = await browser.newPage();
  await page.goto(link!);
  assertEquals(page.url(), `${app.publicUrl}/ops/red/board`);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
});
