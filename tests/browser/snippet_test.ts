/** The program that the board's page Connect shows for browsers, in a real one. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { PLATFORMS } from "../../board/services/snippets.ts";
import { dsnOf } from "../../store/intake_key.ts";
import { installed, reasonToSkip, runClient } from "../clients/clients.ts";
import { BROWSER } from "../clients/shops.ts";
import { errorsOf, KEY, startTarget } from "../clients/what_arrived.ts";
import { startBrowser } from "./browser.ts";

const reason = reasonToSkip(BROWSER);

Deno.test({
  name: `what Connect shows for a browser reports as it stands${reason ? ` (${reason})` : ""}`,
  ignore: reason !== undefined,
  async fn() {
    await using target = await startTarget({ INTAKE_KEYS: `web:${KEY}:public` });
    const { text } = PLATFORMS.find(({ id }) => id === "browser")!;
    const told = { key: KEY, base: target.url, service: "web" };
    const folder = await installed(BROWSER);
    const [source, bundle] = ["snippet.js", "snippet.bundled.js"];
    Deno.writeTextFileSync(join(folder, source), text({ dsn: dsnOf(told), ...told }));
    const bundling = ["node_modules/.bin/esbuild", source, "--bundle", `--outfile=${bundle}`];
    await runClient(BROWSER, { command: bundling, env: {} });
    const script = Deno.readTextFileSync(join(folder, bundle));
    await using site = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      ({ url }) =>
        url.endsWith(".js")
          ? new Response(script, { headers: { "content-type": "text/javascript" } })
          : new Response('<!doctype html><body><script src="/main.js"></script>', {
            headers: { "content-type": "text/html" },
          }),
    );
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${site.addr.port}/`);
      const [error] = await errorsOf(target, { service: "web", count: 1 });
      assertEquals([error!.type, error!.message], ["Error", "Hello from the browser"]);
    } finally {
      await browser.close();
    }
  },
});
