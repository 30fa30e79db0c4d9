import { assert, assertEquals } from "@std/assert";
import { DSN_KEYS, envelope, errorsOf, eventEnvelope, PAGE_KEY } from "../helpers/envelopes.ts";
import { serveApp } from "../helpers/serve_app.ts";
import { startApp } from "../helpers/start_app.ts";
import { until } from "../helpers/until.ts";
import { startBrowser } from "./browser.ts";

/** What a page reads of an answer. */
interface Seen {
  status: number;
  limits: string | null;
  retryAfter: string | null;
  body: string;
}

Deno.test("a page of any origin reports to the event routes, and reads what it is answered", async (t) => {
  await using app = await startApp({ intakeKeys: DSN_KEYS, tunnelPath: "/t" });
  await using served = serveApp(app);
  await using shop = servePage();
  await using browser = await startBrowser();
  const page = await browser.newPage();
  await page.goto(shop.url);
  const at = `${served.url}/shop/api/1/envelope/`;
  const url = `${at}?sentry_version=7&sentry_key=${PAGE_KEY}`;
  const send = (to: string, init: Record<string, unknown>): Promise<Seen> =>
    page.evaluate(async ([to, init]) => {
      const answer = await fetch(to as string, { method: "POST", ...init as object });
      return {
        status: answer.status,
        limits: answer.headers.get("x-sentry-rate-limits"),
        retryAfter: answer.headers.get("retry-after"),
        body: await answer.text(),
      };
    }, [to, init] as const);

  await t.step("as text, without a preflight", async () => {
    const seen = await send(url, { body: eventEnvelope("as text"), keepalive: true });
    assertEquals([seen.status, typeof JSON.parse(seen.body).id], [200, "string"]);
    assert(seen.limits?.includes("transaction"));
  });
  await t.step("with headers that need a preflight", async () => {
    const headers = {
      "content-type": "application/x-sentry-envelope",
      "x-sentry-auth": `Sentry sentry_key=${PAGE_KEY}`,
      baggage: "a=b",
      "x-of-a-framework": "1",
    };
    assertEquals((await send(at, { body: eventEnvelope("with headers"), headers })).status, 200);
  });
  await t.step("through the tunnel", async () => {
    const dsn = `${served.url.replace("://", `://${PAGE_KEY}@`)}/1`;
    const seen = await send(`${served.url}/t`, { body: eventEnvelope("in a tunnel", { dsn }) });
    assertEquals(seen.status, 200);
  });
  await t.step("a refusal is read too", async () => {
    const seen = await send(`${at}?sentry_key=wrong`, { body: eventEnvelope("refused") });
    assertEquals([seen.status, JSON.parse(seen.body).error_code], [403, "auth.invalid"]);
  });
  await t.step("from a frame that has no origin", async () => {
    // As text: the page's own names are none of this file's.
    const status = await page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.setAttribute("sandbox", "allow-scripts");
      frame.srcdoc = "<script>" + ${JSON.stringify(inFrame(url))} + "</script>";
      addEventListener("message", ({ data }) => resolve(data), { once: true });
      document.body.append(frame);
    })`);
    assertEquals(status, 200);
  });
  await t.step("with the beacon of a page that ends", async () => {
    const sent = await page.evaluate(`(() => {
      const isSent = navigator.sendBeacon(${JSON.stringify(url)}, ${body("as a beacon")});
      location.href = "about:blank";
      return isSent;
    })()`);
    assertEquals(sent, true);
  });
  await until(async () => await errorsOf(app, "page") === 5, { what: "all five are stored" });
  await t.step("what its policy forbids is reported by the browser itself", async () => {
    const to = `${served.url}/api/1/security/?sentry_key=${PAGE_KEY}`;
    await using strict = servePage({
      "content-security-policy": `default-src 'self'; report-uri ${to}`,
    });
    await page.goto(strict.url);
    await until(async () => await errorsOf(app, "page") === 6, { what: "the report is stored" });
  });
  await t.step("beyond its quota it reads for how long to wait", async () => {
    await page.goto(shop.url);
    const items = Array.from({ length: 200 }, (_, at) => ({ level: "info", body: `line ${at}` }));
    await send(url, { body: envelope([["log", { items }]]) });
    const refused = await send(url, { body: eventEnvelope("beyond it") });
    assertEquals(refused.status, 429);
    assert(Number(refused.retryAfter) >= 1);
    assert(refused.limits?.includes("error"));
  });
});

function inFrame(url: string): string {
  return `fetch(${JSON.stringify(url)}, { method: "POST", body: ${body("without an origin")} })
    .then(({ status }) => status, String).then((said) => parent.postMessage(said, "*"))`;
}

/** The text of an envelope, as a script has it. */
function body(message: string): string {
  return JSON.stringify(eventEnvelope(message));
}

/** A shop at an origin of its own. */
function servePage(headers: Record<string, string> = {}) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(PAGE, { headers: { ...HTML, ...headers } }),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const PAGE = "<!DOCTYPE html><title>shop</title><script>document.title = 'open'</script>";
const HTML = { "content-type": "text/html; charset=utf-8" };
