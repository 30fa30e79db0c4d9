import { assert, assertEquals, assertMatch } from "@std/assert";
import { isHost } from "../../routes/host.ts";
import { rawRequest } from "../helpers/raw_request.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { serveApp } from "../helpers/serve_app.ts";
import { startApp } from "../helpers/start_app.ts";

Deno.test("a Host that is no host is refused before anything else, and chooses no route", async (t) => {
  await using app = await startApp();
  await using served = serveApp(app);
  const hosts = [
    "x/metrics?",
    "x/board/sign-in?ticket=x&",
    "[",
    "a@b",
    "x#",
    "x?",
    "\\",
    "a b",
    "",
  ];
  const others = ["x:99999", "x:y", "[::1", "%zz", "::1", "1.2.3.999", "a..b", "x".repeat(300)];
  for (const host of [...hosts, ...others]) {
    for (const path of ["/healthz", "/board", "/nothing"]) {
      await t.step(`${path} of ${host.slice(0, 40)}`, async () => {
        const answer = await ask(`GET ${path} HTTP/1.1\r\nHost: ${host}`, served.url);
        const envelope = await readEnvelope(answer, { status: 400, code: "host.invalid" });
        assertMatch(String(envelope.content), /^\[Error\] KeyError: Host must be a host name/);
      });
    }
  }
  await t.step("a request line with a host of its own", async () => {
    for (const target of ["http://a%zz/healthz", "http://a@b/healthz", "http://x:99999/healthz"]) {
      const answer = await ask(`GET ${target} HTTP/1.1\r\nHost: x`, served.url);
      await readEnvelope(answer, { status: 400, code: "host.invalid" });
    }
    const answer = await ask("GET http://x/healthz HTTP/1.1\r\nHost: y/metrics?", served.url);
    await readEnvelope(answer, { status: 400, code: "host.invalid" });
    // A start that is known to be right is not the start of another host.
    await readEnvelope(await ask("GET /healthz HTTP/1.1\r\nHost: x", served.url), { status: 200 });
    const longer = await ask("GET http://x%zz/healthz HTTP/1.1\r\nHost: x", served.url);
    await readEnvelope(longer, { status: 400, code: "host.invalid" });
  });
  await t.step("none of it is an error", async () => {
    await app.logging.flush({ deadlineMs: 30_000 });
    assertEquals((await app.logging.store.stateCounts({})).open, 0);
  });
});

Deno.test("every host that can be connected to is served, and so is a request without one", async () => {
  await using app = await startApp();
  await using served = serveApp(app);
  const hosts = [
    "x",
    "X.example",
    "x.example.",
    "a_b-c.d:8000",
    "127.0.0.1:1",
    "[::1]",
    "[2001:DB8::1]:80",
    // An empty port is the usual one (RFC 3986, 3.2.3).
    "x:",
  ];
  for (const host of [...hosts, ...hosts]) {
    const answer = await ask(`GET /healthz HTTP/1.1\r\nHost: ${host}`, served.url);
    await readEnvelope(answer, { status: 200 });
    assert(isHost(host), host);
  }
  await readEnvelope(await ask("GET /healthz HTTP/1.0", served.url), { status: 200 });
  await readEnvelope(await ask("GET http://other/healthz HTTP/1.1\r\nHost: x", served.url), {
    status: 200,
  });
});

async function ask(head: string, url: string): Promise<Response> {
  const { status, headers, body } = await rawRequest(`${head}\r\nConnection: close\r\n\r\n`, {
    url,
  });
  return new Response(body, { status, headers });
}
