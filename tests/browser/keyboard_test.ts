import { assert, assertEquals } from "@std/assert";
import { failure, startBoard } from "./board.ts";
import type { Page } from "./browser.ts";

Deno.test("by keyboard alone one searches, walks a list, selects, resolves, mutes, opens and asks for help", async () => {
  await using board = await startBoard();
  await board.report(
    failure("First", "the one"),
    failure("Second", "the two"),
    failure("Third", "the three"),
    failure("Fourth", "the four"),
  );
  const page = await board.signIn();
  const press = (key: string) => page.keyboard.press(key);
  const flash = () => page.getByRole("status").first().innerText();

  // The first error within three presses of Tab, and what has the focus can be seen.
  await press("Tab");
  assertEquals(await focused(page), "Skip to errors");
  await press("Enter");
  await page.locator("#list:focus").waitFor();
  await press("Tab");
  assertEquals(await focused(page), "Fourth the four");
  assertEquals(await outline(page), "solid");

  await press("j");
  await press("j");
  assertEquals(await focused(page), "Second the two");
  await press("k");
  assertEquals(await focused(page), "Third the three");
  await press("x");
  await press("j");
  await press("x");
  assertEquals(await page.locator("input[name=id]:checked").count(), 2);
  await press("e");
  await page.getByText("2 errors resolved.").waitFor();
  assertEquals(await flash(), "2 errors resolved.");
  assertEquals(await titles(page), ["Fourth the four", "First the one"]);
  // The focus is where it was: the row below took the place.
  assertEquals(await focused(page), "First the one");
  await press("m");
  await page.getByText("1 error muted.").waitFor();
  assertEquals(await focused(page), "Fourth the four");

  await press("/");
  assertEquals(await page.evaluate("document.activeElement.name"), "q");
  await page.keyboard.type("jkxem?/");
  assertEquals(await page.getByRole("searchbox").inputValue(), "jkxem?/", "typing is typing");
  await press("Escape");
  for (const key of ["Control+e", "Alt+m", "Meta+x"]) {
    await press("j");
    await press(key);
  }
  assertEquals(await page.locator("input[name=id]:checked").count(), 0);
  assertEquals(await titles(page), ["Fourth the four"]);

  await press("?");
  const help = page.getByRole("dialog");
  await help.getByText("next row").waitFor();
  await press("e");
  await press("Escape");
  await help.waitFor({ state: "hidden" });
  await press("j");
  await press("Enter");
  await page.waitForURL("**/board/errors/*");
  await press("e");
  await page.getByText("1 error resolved.").waitFor();
  assertEquals(board.complaints, []);
});

Deno.test("without script the help is a page, and a time zone is chosen in a form", async () => {
  await using board = await startBoard();
  await board.report(failure("Late", "the train is late"));
  const page = await board.signIn({ javaScriptEnabled: false });
  await page.getByRole("link", { name: "Help" }).click();
  await page.getByRole("heading", { name: "Keyboard" }).waitFor();
  await page.goto("/board/logs?q=late");
  await page.getByRole("link", { name: "UTC" }).click();
  await page.getByLabel("Show times in").selectOption("Asia/Tokyo");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/board/logs?q=late");
  await page.getByRole("link", { name: "Tokyo" }).waitFor();
  const title = await page.locator(".logs time").first().getAttribute("title");
  assert(title!.endsWith(" Asia/Tokyo"), title!);
  await page.getByRole("link", { name: "Tokyo" }).click();
  await page.getByRole("button", { name: "Back to UTC" }).click();
  await page.getByRole("link", { name: "UTC" }).waitFor();
});

Deno.test("one click shows all times as the browser's clock does, also those that arrive live", async () => {
  await using board = await startBoard();
  const page = await board.signIn({ timezoneId: "Asia/Tokyo" });
  await page.goto("/board/logs?live=1");
  await page.getByRole("link", { name: "Local time" }).click();
  await page.getByRole("link", { name: "Tokyo" }).waitFor();
  await page.getByText("Live, 0 new").waitFor();
  await board.report(failure("Late", "the train is late"));
  const time = page.locator(".logs li.new time").first();
  await time.waitFor();
  const [iso, title] = [await time.getAttribute("datetime"), await time.getAttribute("title")];
  const inTokyo = new Date(Date.parse(iso!) + 9 * 60 * 60_000).toISOString();
  assertEquals(title, `${inTokyo.slice(0, 19).replace("T", " ")} Asia/Tokyo`);
  assert((await time.innerText()).endsWith(inTokyo.slice(11, 23)));
  assertEquals(board.complaints, []);
});

async function focused(page: Page): Promise<string> {
  const text = await page.evaluate("document.activeElement.textContent");
  return String(text).replace(/\s+/g, " ").trim();
}

async function outline(page: Page): Promise<string> {
  return await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") as string;
}

async function titles(page: Page): Promise<string[]> {
  const texts = await page.locator("[data-row] .what > a").allInnerTexts();
  return texts.map((text) => text.replace(/\s+/g, " ").trim());
}
