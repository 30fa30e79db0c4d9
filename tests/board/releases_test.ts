import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { INTAKE_KEY, jsonBody, startApp, type TestApp, withToken } from "../helpers/start_app.ts";
import { openSession } from "../helpers/open_session.ts";

const HOSTILE = `<script>alert(1)</script>"& `.padEnd(200, "x");

Deno.test("the releases page shows what each release brought, and leads to its errors", async () => {
  await using app = await startApp({ logging: { service: "till", release: "1.0" } });
  const cookie = await openSession(app);
  const page = async (path = "/board/releases") =>
    await (await app.request(path, { headers: { cookie } })).text();
  assertStringIncludes(await page("/board/releases?svc_name=none"), "No release of this service");

  const request = { svc_name: "shop", message: "GET /a 200", route: "/a", status: 200 };
  const failure = { svc_name: "shop", error: { type: "E", message: "no price" } };
  await told(app, "/logs", [
    ...Array.from({ length: 7 }, () => ({ ...request, release: "2.0" })),
    { ...request, release: "2.0", status: 503 },
  ]);
  await told(app, "/errors", [{ ...failure, release: "2.0" }]);
  await told(app, "/errors", [{ ...failure, release: HOSTILE, message: "again" }]);
  const shown = await page();
  assertStringIncludes(shown, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;");
  assert(!shown.includes("<script>alert"), shown);
  const row = shown.split("<tr").find((row) => row.includes(">2.0</bdi>"))!;
  assertStringIncludes(row, ">running<");
  assertMatch(row, /data-title="Failed">1<.*data-title="Of 1,000"><span class="share bad">125</);
  assert(row.includes("new_since"), row);
  const [, link = ""] = /href="([^"]+first_release[^"]+)"/.exec(row)!;
  const errors = await page(link.replaceAll("&amp;", "&"));
  assertStringIncludes(errors, "no price");
  assertEquals(errors.split(`name="id"`).length, 2);
  const words = await app.request("/board/releases?q=price&svc_name=shop", { headers: { cookie } });
  assertEquals(words.headers.get("location"), "/board?q=price&svc_name=shop&state=all");
  const ofShop = await page("/board/releases?svc_name=shop");
  assert(!ofShop.includes(">1.0</bdi>") && ofShop.includes(">2.0</bdi>"), ofShop);
  const overview = await page("/board/overview?range=1440");
  assertStringIncludes(overview, "2.0 of shop");
});

Deno.test("a service without releases says how to name them", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  const page = await app.request("/board/releases", { headers: { cookie } });
  assertEquals(page.status, 200);
  assertStringIncludes(await page.text(), "HOLDFAST_RELEASE=");
});

async function told(app: TestApp, path: string, reports: readonly object[]): Promise<void> {
  const answer = await app.request(path, withToken(INTAKE_KEY, jsonBody(reports)));
  assertEquals((await answer.json()).content.accepted, reports.length);
  await app.logging.flush({ deadlineMs: 5_000 });
}
