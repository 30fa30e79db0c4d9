import { assert, assertEquals } from "@std/assert";
import { installed, reasonToSkip } from "../clients/clients.ts";
import { BROWSER } from "../clients/shops.ts";
import {
  dsnOf,
  errorsOf,
  KEY,
  logsOf,
  ownFrames,
  rowOf,
  startTarget,
} from "../clients/what_arrived.ts";
import type { Service } from "../helpers/start_service.ts";
import { startBrowser } from "./browser.ts";

const reason = reasonToSkip(BROWSER);
const name = "what fails in a page with @sentry/browser is here, with a public key";

for (const how of ["", ", through a tunnel"]) {
  Deno.test({
    name: `${name}${how}${reason ? ` (${reason})` : ""}`,
    ignore: reason !== undefined,
    async fn() {
      await using target = await startTarget({
        INTAKE_KEYS: `web:${KEY}:public`,
        TUNNEL_PATH: "/t",
      });
      const asked = await visit(target, how === "" ? undefined : `${target.url}/t`);
      await check(target);
      const paths = [...new Set(asked.map((url) => new URL(url).pathname))];
      assertEquals(paths, [how === "" ? "/any/api/1/envelope/" : "/t"]);
    },
  });
}

/** Opens the shop from another origin than the service's, fails, and gives back where the page sent something. */
async function visit(target: Service, tunnel: string | undefined): Promise<string[]> {
  const script = Deno.readTextFileSync(`${await installed(BROWSER)}/bundled.js`);
  await using shop = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const isScript = new URL(request.url).pathname === "/shop.js";
    const page = '<!doctype html><body><script src="/shop.js"></script>';
    return new Response(isScript ? script : page, {
      headers: { "content-type": isScript ? "text/javascript" : "text/html" },
    });
  });
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") asked.push(request.url());
    });
    const settings = new URLSearchParams({ dsn: dsnOf(target, "any"), ...tunnel && { tunnel } });
    await page.goto(`http://127.0.0.1:${shop.addr.port}/cart/7?${settings}`);
    // The same failure twice, another one between them, because equal ones in a row are not sent.
    for (const button of ["cart", "checkout", "cart", "finish"]) {
      const thrown = button === "cart" ? page.waitForEvent("pageerror") : undefined;
      await page.getByRole("button", { name: button }).click();
      await thrown;
    }
    await page.waitForFunction("document.title === 'done'");
    return asked;
  } finally {
    await browser.close();
  }
}

async function check(target: Service): Promise<void> {
  const errors = await errorsOf(target, { service: "web", count: 4 });
  console.log(errors.map((error) => rowOf("@sentry/browser", error)).join("\n"));
  const [cart, checkout] = ["TypeError", "PriceError"].map((type) =>
    errors.find((error) => error.type === type)!
  );
  assertEquals([errors.length, cart?.count, checkout?.count], [3, 2, 1]);
  assertEquals(cart!.message, "Cannot read properties of undefined (reading 'amount')");
  const names = ownFrames(cart!.record).map((frame) => frame.function);
  assertEquals(names.slice(0, 3), [undefined, "priceOf", "later"]);
  assertEquals([cart!.record.handled, checkout!.record.handled], [false, true]);
  assertEquals(checkout!.record.error?.cause?.type, "SyntaxError");
  for (const { record } of [cart!, checkout!]) {
    assertEquals([record.release, record.environment], ["shop-web@5.0.1", "production"]);
    assertEquals([record.user?.id, record.tags], ["u-42", { tenant: "acme", retry: "3" }]);
    assert(record.path?.startsWith("/cart/7?"), record.path);
    assert(!record.path?.includes(KEY), "the key is in no record");
    assert(record.headers?.["user-agent"]?.includes("Chrome"), "the browser is known");
    const crumbs = record.breadcrumbs?.map(({ message }) => message) ?? [];
    assert(crumbs.includes("loading the cart"), crumbs.join());
  }
  const [message] = await logsOf(target, "web", "stock is low");
  assertEquals([message?.level, message?.message], ["WARN", "stock is low for sku A-17"]);
}
