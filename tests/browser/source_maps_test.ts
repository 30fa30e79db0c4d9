import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Page, startBrowser } from "./browser.ts";
import type { Service } from "../helpers/start_service.ts";
import { type Client, reasonToSkip, runClient } from "../clients/clients.ts";
import { dsnOf, errorsOf, KEY, ownFrames, rowOf, startTarget } from "../clients/what_arrived.ts";

const WEB: Client = {
  folder: "web",
  needs: ["node", "npm"],
  install: [["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]],
  isQuick: true,
};
const CLI = "node_modules/.bin/sentry-cli";
const ADDRESS = { SENTRY_AUTH_TOKEN: KEY, SENTRY_ORG: "acme", SENTRY_PROJECT: "web" };

const reason = reasonToSkip(WEB);

Deno.test({
  name:
    `minified failures of two releases in a real browser are shown in their source, uploaded by sentry-cli and by a bundler's plugin${
      reason ? ` (${reason})` : ""
    }`,
  ignore: reason !== undefined,
  fn: async () => {
    await using target = await startTarget();
    const releases = [
      { RELEASE: "web@1.0.0", ENTRY: "src/shop.js", WITH: "cli" },
      { RELEASE: "web@1.1.0", ENTRY: "src/next_shop.js", WITH: "plugin" },
    ];
    await using browser = await startBrowserHere();
    for (const release of releases) {
      using out = await buildAndUpload(target, release);
      await using site = serveShop(out.path, dsnOf(target, "web"));
      const page = await browser.newPage();
      await page.goto(site.url);
      await failIn(page);
      await page.close();
    }
    const errors = await errorsOf(target, { service: "web", count: 4 });
    for (const error of errors) console.log(rowOf("@sentry/browser, minified", error));
    errors.sort((one, other) => other.type.localeCompare(one.type));
    assertEquals(errors.map(({ type, count }) => [type, count]), [["TypeError", 2], [
      "PriceError",
      2,
    ]]);
    const [uncaught, caught] = errors.map(({ record }) => record);
    assertEquals(shown(uncaught!), [
      "? src/prices.js:6 return cart.items.map((item) => item.price.amount);",
      "priceOf src/prices.js:6 return cart.items.map((item) => item.price.amount);",
      "? src/shop.js:13 setTimeout(() => priceOf({ items: [{}] }), 0);",
    ]);
    assertEquals(shown(caught!).slice(0, 3), [
      "loadPrice src/prices.js:13 throw new PriceError(`no price for ${sku}`, { cause });",
      "checkout src/shop.js:8 return loadPrice(sku);",
      'buy src/shop.js:17 checkout("A-17");',
    ]);
    // The client's own frames are those of a package.
    const last = uncaught!.error!.frames!.at(-1)!;
    assertMatch(last.file!, /^node_modules\/@sentry\//);
    assertEquals(last.in_app, false);
    assertEquals(caught!.release, "web@1.1.0");
  },
});

/** As a team's pipeline does it. Gives the folder of what it has built, within the project's: paths in maps are relative. */
async function buildAndUpload(
  { url }: Service,
  build: { RELEASE: string; ENTRY: string; WITH: string },
): Promise<Disposable & { path: string }> {
  const OUT = `dist/${crypto.randomUUID()}`;
  const env = { ...ADDRESS, SENTRY_URL: url, ...build, OUT };
  const run = (...command: string[]) => runClient(WEB, { command, env });
  const path = /^built (.+)$/m.exec(await run("node", "build.js"))![1]!;
  if (build.WITH === "cli") {
    await run(CLI, "releases", "new", build.RELEASE);
    await run(CLI, "sourcemaps", "inject", OUT);
    const uploaded = await run(
      CLI,
      "sourcemaps",
      "upload",
      "--wait",
      "--release",
      build.RELEASE,
      OUT,
    );
    assertStringIncludes(uploaded, "File processing complete");
    await run(CLI, "releases", "finalize", build.RELEASE);
  }
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** The built shop on a page. */
function serveShop(out: string, dsn: string) {
  const [bundle] = [...Deno.readDirSync(out)].map(({ name }) => name).filter((name) =>
    name.endsWith(".js")
  );
  const html = `<!doctype html><script>globalThis.DSN = ${JSON.stringify(dsn)};</script>
    <script src="/assets/${bundle}"></script>`;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const isBundle = new URL(request.url).pathname === `/assets/${bundle}`;
    // The map is not served: nobody but the service has it.
    return isBundle
      ? new Response(Deno.readFileSync(`${out}/${bundle}`), {
        headers: { "content-type": "text/javascript" },
      })
      : new Response(html, { headers: { "content-type": "text/html" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Once uncaught and once caught, and waits until the client has sent both. */
async function failIn(page: Page): Promise<void> {
  const failed = page.waitForEvent("pageerror");
  await page.evaluate("shop.total()");
  await failed;
  await page.evaluate("shop.buy()");
  assertEquals(await page.evaluate("shop.sent()"), true);
}

async function startBrowserHere() {
  const browser = await startBrowser();
  return {
    newPage: () => browser.newPage(),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

function shown(record: Parameters<typeof ownFrames>[0]): string[] {
  return ownFrames(record).map(({ function: name = "?", file, line, context_line }) =>
    `${name} ${file}:${line} ${context_line?.trim()}`
  );
}
