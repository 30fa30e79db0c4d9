import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { releasesAfter } from "../../board/error/fix.tsx";
import type { Release } from "../../store/store.ts";
import { openSession } from "../helpers/open_session.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";

Deno.test("releases are proposed that are newer than the one that broke", () => {
  const listed = (...names: string[]) => names.map((release) => ({ release }) as Release);
  const appeared = listed("main-4", "1.2.1", "1.10", "1.9", "main-2", "1.2.0", "(others)");
  assertEquals(releasesAfter(appeared, "1.9"), ["main-4", "1.10"]);
  assertEquals(releasesAfter(appeared, "main-2"), ["main-4", "1.2.1", "1.10", "1.9"]);
  assertEquals(releasesAfter(appeared, "main-4"), []);
  assertEquals(releasesAfter(appeared, "1.10"), ["main-4"]);
  assertEquals(releasesAfter(listed("b", "a"), "gone since"), ["b", "a"]);
  assertEquals(releasesAfter(listed("b", "a"), null), ["b", "a"]);
});

Deno.test("an error is resolved in the next release, in a named one or from now on, and that is undone", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  const id = await failed(app, "1.0");
  const path = `/board/errors/${id}`;
  await told(app, "/logs", { svc_name: "shop", message: "up", release: "1.1<b>" });

  const open = await page(path);
  // The button does what is usual; the menu has that, and what else there is.
  assertMatch(
    open,
    /name="when" value="next"><button [^>]*name="action" value="resolve" data-key="e"/,
  );
  assertMatch(open, /name="when" value="next">Resolve in the next release</);
  assertMatch(open, /name="when" value="">Resolve from now on</);
  assertStringIncludes(open, `name="newer" value="1.1&lt;b&gt;">Resolve in `);
  assertStringIncludes(open, `<option value="1.1&lt;b&gt;"></option>`);
  assert(!/(?:<option|"newer") value="1.0">/.test(open), "the release that broke is proposed");
  assertStringIncludes(open, "first_release%3A1.0");

  const next = await act({ action: "resolve", id, back: path, when: "next" });
  assertStringIncludes(next, "By the next release. None has come yet.");
  assertStringIncludes(next, "1 error resolved.");
  assertStringIncludes(next, `<input type="hidden" name="what" value="resolve">`);
  assertStringIncludes(next, `name="action" value="undo">Undo</button>`);
  assertStringIncludes(await act({ action: "reopen", id, back: path }), "1 error reopened.");

  const proposed = await act({ action: "resolve", id, back: path, newer: "1.1<b>" });
  assertMatch(proposed, /class="holds resolved">.*?In release <a[^>]+><bdi>1\.1&lt;b&gt;</s);
  assert(!proposed.includes('data-key="e"'), "what is resolved can be resolved");
  await act({ action: "reopen", id, back: path });

  // What is typed wins.
  await act({ action: "resolve", id, back: path, newer: "1.1<b>", release: " 1.2 " });
  await told(app, "/logs", {
    ...{ svc_name: "shop", message: "GET /a", route: "/a", status: 200, release: "1.2" },
  });
  const proved = await page(path);
  assertStringIncludes(proved, "In release <a");
  assertStringIncludes(proved, "1 answer of its route");
  assertStringIncludes(proved, "none failed with this error. It is proved when 100 of them");
  await failed(app, "1.3");
  const back = await page(path);
  assertStringIncludes(back, "came_back_in%3A1.3");
  assertStringIncludes(await page("/board?q=came_back_in:1.3"), "no price");

  assertStringIncludes(
    await act({ action: "resolve", id, back: path, when: "" }),
    "By time, whatever the release.",
  );

  async function page(path: string): Promise<string> {
    return await (await app.request(path, { headers: { cookie } })).text();
  }
  async function act(form: Record<string, string>): Promise<string> {
    const answer = await app.request("/board/act", {
      method: "POST",
      headers: { cookie, "sec-fetch-site": "same-origin" },
      body: new URLSearchParams(form),
    });
    assertEquals(answer.status, 303);
    return await page(answer.headers.get("location")!);
  }
});

/** A failure of one error in a release; gives the error's id. */
async function failed(app: TestApp, release: string): Promise<string> {
  const error = { type: "NoPrice", message: "no price" };
  const [receipt] = await told(app, "/errors", {
    ...{ svc_name: "shop", route: "/a", status: 500, release, error },
  });
  return (await app.logging.store.occurrence(receipt!))!.error;
}

async function told(app: TestApp, path: string, report: object): Promise<string[]> {
  const answer = await app.report(path, report);
  const { content } = await answer.json();
  assertEquals(content.accepted, 1);
  await app.logging.flush({ deadlineMs: 5_000 });
  return content.ids;
}
