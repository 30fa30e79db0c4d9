import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkAccessibility, startBoard } from "./board.ts";

Deno.test("Connect makes a key, and shows the first event without reloading", async () => {
  await using board = await startBoard();
  const { service } = board;
  const page = await board.signIn();
  await page.getByRole("link", { name: "Connect", exact: true }).click();
  await page.getByRole("link", { name: "Node", exact: true }).click();
  await page.getByRole("textbox", { name: "Service" }).fill("depot");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("button", { name: "Make a key for depot" }).click();
  await page.getByText("is not shown again").waitFor();
  await checkAccessibility(page, "light");
  const program = await page.getByRole("textbox", { name: "first.mjs" }).inputValue();
  const [, key = "", host] = /dsn: "http:\/\/([0-9a-f]{32})@([\d.:]+)\/depot\/1"/.exec(program)!;
  assertEquals(`http://${host}`, service.url);
  await page.getByText("Waiting for something from depot").waitFor();
  const sent = await fetch(`${service.url}/depot/api/1/envelope/?sentry_key=${key}`, {
    method: "POST",
    body: '{}\n{"type":"event"}\n{"exception":{"values":[{"type":"Late","value":"heron"}]}}\n',
  });
  assertEquals(sent.status, 200, await sent.text());
  const arrived = page.getByRole("link", { name: "Arrived: Late: heron" });
  await arrived.waitFor();
  await arrived.click();
  await page.getByRole("heading", { name: "Late" }).waitFor();
  assertEquals(board.complaints, []);
});

Deno.test("a new key is copied with one click, reloading makes no second one, and it is revoked by keyboard", async () => {
  await using board = await startBoard();
  const page = await board.signIn();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/board/keys");
  await page.getByLabel("Service (empty: any)").fill("depot");
  await page.getByRole("button", { name: "Make the key" }).click();
  const shown = await page.getByLabel("Key, as bearer token").inputValue();
  assertMatch(shown, /^[0-9a-f]{32}$/);
  await page.locator(".copytext", { hasText: "bearer" }).getByRole("button", { name: "Copy" })
    .click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assertEquals(await page.evaluate("navigator.clipboard.readText()"), shown);
  await page.reload();
  assert(!(await page.content()).includes(shown));
  const row = page.locator("main > .stack > .table tbody tr", { hasText: "depot" });
  assertEquals(await row.count(), 1);

  await row.getByRole("link", { name: /^Revoke/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("It was never used.").waitFor();
  await checkAccessibility(page, "light");
  await page.getByRole("button", { name: "Revoke the key" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("The key is revoked.").waitFor();
  assertEquals(await row.count(), 0);
  assertEquals(board.complaints, []);
});

Deno.test("without script Connect has a link that looks again, and its texts can be selected", async () => {
  await using board = await startBoard();
  const page = await board.signIn({ javaScriptEnabled: false });
  await page.goto("/board/connect?platform=curl&service=depot");
  await page.getByText("Waiting for something from depot").waitFor();
  await board.report({ svc_name: "depot", error: { type: "Late", message: "heron" } });
  await page.getByRole("link", { name: "Look again" }).click();
  await page.getByRole("link", { name: "Arrived: Late: heron" }).waitFor();
  assertEquals(await page.getByRole("button", { name: "Copy" }).count(), 0);
  assertMatch(
    await page.getByRole("textbox", { name: "A command that reports one failure" }).inputValue(),
    /Authorization: Bearer KEY/,
  );
});
