import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { isInRange, parseAddress, parseRange } from "../../store/address_range.ts";
import { Proxies } from "../../routes/proxies.ts";
import { OPERATOR_TOKEN, startApp, type TestApp } from "../helpers/start_app.ts";
import { logged } from "../helpers/stored.ts";

const PUBLIC_URL = "https://errors.example";

Deno.test("an address is in a range where the first bits are alike", () => {
  const cases: [range: string, inside: string[], outside: string[]][] = [
    ["10.0.0.0/8", ["10.255.0.1", "::ffff:10.0.0.1"], ["11.0.0.1", "::a00:1", "x", ""]],
    ["172.16.0.0/12", ["172.31.255.255"], ["172.32.0.0", "172.15.255.255"]],
    ["192.0.2.7", ["192.0.2.7"], ["192.0.2.6", "192.0.2.07.1"]],
    ["0.0.0.0/0", ["1.2.3.4"], ["::1"]],
    ["2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::1", "2001:db9::"]],
    ["::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2", "0.0.0.1", "127.0.0.1"]],
    ["::ffff:10.0.0.0/104", ["10.1.2.3"], ["11.0.0.0"]],
    ["::/0", ["2001:db8::1"], ["1.2.3.4"]],
  ];
  for (const [range, inside, outside] of cases) {
    const isIn = (text: string) => {
      const address = parseAddress(text);
      return address !== undefined && isInRange(address, parseRange(range));
    };
    assertEquals(inside.filter((text) => !isIn(text)), [], range);
    assertEquals(outside.filter(isIn), [], range);
  }
});

Deno.test("forwarding headers are believed of trusted proxies alone", () => {
  const nearby = ["10.1.2.3", "172.17.0.1", "192.168.1.1", "fd00::1", "::ffff:10.0.0.1"];
  const forwarded = { "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https" };
  const byDefault = new Proxies();
  for (const peer of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) {
    assertEquals(seen(byDefault, peer, forwarded), ["192.0.2.1", "https://x"]);
  }
  for (const peer of [...nearby, "203.0.113.9", "2001:db8::1"]) {
    assertEquals(seen(byDefault, peer, forwarded), [peer, "http://x"]);
  }
  const named = new Proxies({ trusted: ["10.0.0.0/8", "fd00::1"] });
  for (const peer of ["10.1.2.3", "fd00::1", "::ffff:10.0.0.1"]) {
    assertEquals(seen(named, peer, forwarded), ["192.0.2.1", "https://x"]);
  }
  for (const peer of ["127.0.0.1", "172.17.0.1"]) {
    assertEquals(seen(named, peer, forwarded), [peer, "http://x"]);
  }
  assertEquals(byDefault.addressOf(new Request("http://x/"), undefined), "local");
});

Deno.test("of several forwarded addresses the caller is the last one that is no proxy of ours", () => {
  const proxies = new Proxies({ trusted: ["127.0.0.1", "10.0.0.0/8"] });
  const cases: [forwarded: string, caller: string][] = [
    ["6.6.6.6, 192.0.2.1", "192.0.2.1"],
    ["6.6.6.6, 192.0.2.1, 10.0.0.2", "192.0.2.1"],
    ["10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["192.0.2.1:4711", "192.0.2.1"],
    ["[2001:db8::7]:4711, 10.0.0.2:80", "2001:db8::7"],
    ["2001:db8::7", "2001:db8::7"],
    ["", "127.0.0.1"],
    [",", "127.0.0.1"],
    ["unknown", "127.0.0.1"],
    ["192.0.2.1, unknown, 10.0.0.2", "10.0.0.2"],
    ["192.0.2.1, <script>", "127.0.0.1"],
    [`192.0.2.1, ${"a:".repeat(50)}`, "127.0.0.1"],
    ["192.0.2.1," + "10.0.0.2,".repeat(7_000) + "10.0.0.2", "10.0.0.2"],
  ];
  for (const [forwarded, caller] of cases) {
    const [address] = seen(proxies, "127.0.0.1", { "x-forwarded-for": forwarded });
    assertEquals(address, caller, forwarded.slice(0, 100));
  }
});

Deno.test("of several schemes and hosts the outermost proxy's counts, and none that is no host", () => {
  const proxies = new Proxies();
  const cases: [headers: Record<string, string>, origin: string][] = [
    [{ "x-forwarded-proto": "https,http" }, "https://x"],
    [{ "x-forwarded-proto": "HTTPS , http" }, "https://x"],
    [{ "x-forwarded-proto": "http,https" }, "http://x"],
    [{ "x-forwarded-proto": "" }, "http://x"],
    [{ "x-forwarded-host": "a.example, b.example" }, "http://a.example"],
    [{ "x-forwarded-host": "a.example/metrics?" }, "http://x"],
    [{ "x-forwarded-host": "[" }, "http://x"],
    [{}, "http://x"],
  ];
  for (const [headers, origin] of cases) {
    assertEquals(seen(proxies, "127.0.0.1", headers)[1], origin, JSON.stringify(headers));
  }
});

Deno.test("a private address that sends such headers and is not trusted is warned of once", () => {
  const warned: string[] = [];
  const proxies = new Proxies({ onUntrusted: (address) => warned.push(address) });
  seen(proxies, "203.0.113.9", { "x-forwarded-for": "192.0.2.1" });
  seen(proxies, "10.0.0.5", {});
  assertEquals(warned, []);
  for (const peer of ["10.0.0.5", "10.0.0.5", "10.0.0.6"]) {
    seen(proxies, peer, { "x-forwarded-proto": "https" });
  }
  assertEquals(warned, ["10.0.0.5"]);
});

Deno.test("the log names the proxy that is not believed, and how to have it believed", async () => {
  await using app = await startApp({ trustedProxies: ["192.0.2.0/24"] });
  await (await app.request("/board", { headers: { "x-forwarded-for": "1.2.3.4" } })).body?.cancel();
  await visit(app, { host: "x", peer: "10.0.0.5", forwardedHost: "y" });
  const { message, level } = await logged(app, "q=TRUSTED_PROXIES");
  assertEquals(level, "WARN");
  assertStringIncludes(
    String(message),
    "10.0.0.5 sends forwarding headers, which are not believed",
  );
});

Deno.test("with PUBLIC_URL outside development the board answers to its host alone", async (t) => {
  await using app = await startApp({ environment: "production", publicUrl: PUBLIC_URL });
  await t.step("its host", async () => {
    for (const host of ["errors.example", "ERRORS.example", "errors.example:443"]) {
      assertEquals((await visit(app, { host })).status, 303, host);
    }
    assertEquals((await visit(app, { host: "x", forwardedHost: "errors.example" })).status, 303);
  });
  await t.step("other hosts", async () => {
    const others = ["evil.example", "127.0.0.1:8000", "localhost", "errors.example:8443"];
    for (const host of [...others, "errors.example.evil.example"]) {
      for (const path of ["/board", "/board/sign-in", "/board/assets/board.css"]) {
        const answer = await visit(app, { host, path });
        assertEquals(answer.status, 403, host);
        assertStringIncludes(await answer.text(), `The board is at ${PUBLIC_URL}/board`);
      }
    }
    const peer = "203.0.113.9";
    const forged = await visit(app, {
      host: "evil.example",
      forwardedHost: "errors.example",
      peer,
    });
    assertEquals(forged.status, 403);
  });
  await t.step("a session, which reads the JSON API at the board's host alone", async () => {
    const cookie = await signIn(app, "errors.example");
    const at = (host: string) =>
      app.fetch(new Request(`http://${host}/errors`, { headers: { cookie } }));
    assertEquals([(await at("errors.example")).status, (await at("evil.example")).status], [
      200,
      401,
    ]);
  });
  await t.step("programs ask under any host", async () => {
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
    const answer = await app.fetch(new Request("http://10.0.0.7/errors", { headers }));
    assertEquals(answer.status, 200);
  });
});

Deno.test("in development, or without PUBLIC_URL, the board answers to every host", async () => {
  await using development = await startApp({ publicUrl: PUBLIC_URL });
  assertEquals((await visit(development, { host: "localhost:8000" })).status, 303);
  await using without = await startApp({ environment: "production" });
  assertEquals((await visit(without, { host: "any.example" })).status, 303);
});

Deno.test("cookies are Secure where people come by https", async () => {
  await using app = await startApp({ environment: "production", publicUrl: PUBLIC_URL });
  // The proxy says nothing of the scheme: PUBLIC_URL does.
  assertMatch(await signIn(app, "errors.example"), /^__Host-holdfast_board_/);
  await using local = await startApp({ publicUrl: PUBLIC_URL });
  assertMatch(await signIn(local, "localhost:8000"), /^holdfast_board_/);
  const chain = { "x-forwarded-proto": "https,http" };
  assertMatch(await signIn(local, "localhost:8000", chain), /^__Host-holdfast_board_/);
});

Deno.test("what the board gives to copy begins with PUBLIC_URL", async () => {
  await using app = await startApp({ publicUrl: PUBLIC_URL });
  const cookie = await signIn(app, "localhost:8000");
  await (await app.request("/fail?how=throw")).body?.cancel();
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items: [error] } = await app.logging.store.listErrors({ limit: 1 });
  const page = await app.fetch(
    new Request(`http://localhost:8000/board/errors/${error!.id}`, { headers: { cookie } }),
  );
  const html = await page.text();

  assertStringIncludes(html, `curl -i -X GET &#39;${PUBLIC_URL}/fail?how=throw`);
});

/** What is made of a request from a peer: the caller's address, and the address it asked. */
function seen(
  proxies: Proxies,
  peer: string,
  headers: Record<string, string>,
): [address: string, origin: string] {
  const request = new Request("http://x/", { headers });
  return [proxies.addressOf(request, from(peer)), proxies.originOf(request, from(peer))];
}

function from(hostname: string): Deno.ServeHandlerInfo {
  return {
    remoteAddr: { transport: "tcp", hostname, port: 1 },
    completed: Promise.resolve(),
  };
}

function visit(
  app: TestApp,
  { host, path = "/board", forwardedHost, peer = "127.0.0.1" }: {
    host: string;
    path?: string;
    forwardedHost?: string;
    peer?: string;
  },
): Promise<Response> {
  const headers = forwardedHost === undefined ? {} : { "x-forwarded-host": forwardedHost };
  return app.fetch(new Request(`http://${host}${path}`, { headers } as RequestInit), from(peer));
}

/** Signs in at a host, and gives the cookie. */
async function signIn(
  app: TestApp,
  host: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await app.fetch(
    new Request(`http://${host}/board/sign-in`, {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin", ...headers },
      body: new URLSearchParams({ token: OPERATOR_TOKEN }),
    }),
    from("127.0.0.1"),
  );
  return answer.headers.get("set-cookie")!.split(";")[0]!;
}
