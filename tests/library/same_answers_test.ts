import { assertEquals } from "@std/assert";
import { sign } from "hono/jwt";
import { holdfast } from "../../holdfast.ts";
import { existingApp, type ExistingAppOptions, JWT_SECRET } from "../helpers/existing_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const FORM = "application/x-www-form-urlencoded";
const PARTS = [
  `--cut\r\ncontent-disposition: form-data; name="note"\r\n\r\nhello`,
  `--cut\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\nbytes`,
  "--cut--\r\n",
].join("\r\n");
const TOKEN = await sign({ sub: "ana" }, JWT_SECRET);

/** What is asked: method, path, headers and body. */
interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Its chunks may be cut elsewhere at each run, and its headers come in the order of a copy. */
  isLoose?: boolean;
}

const ASKED: readonly (readonly [path: string, asked?: Asked])[] = [
  ["/"],
  ["/", { method: "HEAD" }],
  ["/", { headers: { "x-request-id": "from-the-client" } }],
  ["/", { method: "OPTIONS" }],
  ["/orders/7?q=tea"],
  ["/cors/data", { headers: { origin: "https://shop.example" } }],
  ["/cors/data", {
    method: "OPTIONS",
    headers: { origin: "https://shop.example", "access-control-request-method": "GET" },
  }],
  ["/private/me"],
  ["/private/me", { headers: { authorization: "Bearer wrong" } }],
  ["/private/me", { headers: { authorization: `Bearer ${TOKEN}` } }],
  ["/static/page.html"],
  ["/static/none.html"],
  ["/redirect"],
  ["/moved", { isLoose: true }],
  ["/orders", { method: "POST" }],
  ["/orders/7", { method: "DELETE" }],
  ["/cookies"],
  ["/cached/first"],
  ["/cached/first"],
  ["/fetched", { isLoose: true }],
  ["/compressed/page", { headers: { "accept-encoding": "gzip" }, isLoose: true }],
  ["/compressed/page"],
  ["/etag/page"],
  ["/etag/page", { headers: { "if-none-match": '"ba2b3b0d4c0d6fd1b5ba5f2b2a5cd8e7d8f0ed0f"' } }],
  ["/big"],
  ["/anything/at-all", { method: "PATCH" }],
  ["/anything/at-all", { method: "PROPFIND" }],
  ["/context"],
  ["/environment"],
  ["/unread", { method: "POST", body: "x".repeat(200_000) }],
  ["/json", { method: "POST", body: '{"a":[1,2]}' }],
  ["/json", { method: "POST", body: "{" }],
  ["/text", { method: "POST", body: "y".repeat(200_000) }],
  ["/twice", { method: "POST", body: '{"a":1}' }],
  ["/form", { method: "POST", body: "a=1&b=2", headers: { "content-type": FORM } }],
  ["/form", {
    method: "POST",
    body: PARTS,
    headers: { "content-type": "multipart/form-data; boundary=cut" },
  }],
  ["/parsed", {
    method: "POST",
    body: PARTS,
    headers: { "content-type": "multipart/form-data; boundary=cut" },
  }],
  ["/bytes", { method: "POST", body: "12345" }],
  ["/raw", { method: "POST", body: "12345" }],
  ["/echoed", { method: "POST", body: "12345", isLoose: true }],
  ["/limited/text", { method: "POST", body: "short" }],
  ["/limited/text", { method: "POST", body: "too long for this" }],
  ["/validated", {
    method: "POST",
    body: '{"name":"tea"}',
    headers: { "content-type": "application/json" },
  }],
  ["/validated", { method: "POST", body: "{}", headers: { "content-type": "application/json" } }],
  ["/validated", { method: "POST", body: "{", headers: { "content-type": "application/json" } }],
  ["/stream/text", { isLoose: true }],
  ["/stream/text", { method: "HEAD" }],
  ["/stream/events", { isLoose: true }],
  ["/stream/bytes", { isLoose: true }],
  ["/stream/broken", { isLoose: true }],
  ["/forbidden"],
  ["/challenge"],
  ["/busy"],
  ["/throws"],
  ["/throws", { method: "HEAD" }],
  ["/rejects"],
  ["/throws/string"],
  ["/throws/null"],
  ["/rejects/number"],
  ["/answers/500"],
  ["/answers/error"],
  ["/answers/nothing"],
  ["/sub/throws"],
  ["/sub/fine"],
  ["/plain/throws"],
  ["/mounted/fine"],
  ["/mounted/throws"],
  ["/mounted/none"],
  ["/legacy/page"],
  ["/nowhere"],
  ["/%ff%00"],
];

const OWN_ERRORS: Record<string, ExistingAppOptions["onError"]> = {
  "Hono's own answers to errors": undefined,
  "an onError of its own": (error, c) => c.json({ mine: error.message }, 500),
  "an onError that answers with text": (error, c) => c.text(`sorry: ${error.message}`, 500),
};

for (const [how, onError] of Object.entries(OWN_ERRORS)) {
  Deno.test(`an app with ${how} answers the same bytes with and without Holdfast, but for two headers`, async (t) => {
    using folder = tempFolder();
    Deno.writeTextFileSync(folder.at("page.html"), "<h1>static</h1>\n");
    using _quiet = quietConsole();
    await using upstream = serve(() => Response.json({ from: "upstream" }));
    await using hf = await holdfast({
      storeUrl: `sqlite:${folder.at("holdfast.db")}`,
      logConsole: "off",
    });
    const options = { upstream: upstream.url, files: folder.path, ...(onError && { onError }) };
    await using before = serve(existingApp(options).fetch);
    await using after = serve(existingApp({ ...options, recorder: hf.middleware() }).fetch);
    for (const [path, asked = {}] of ASKED) {
      await t.step(
        `${asked.method ?? "GET"} ${path} ${asked.body?.slice(0, 20) ?? ""}`,
        async () => {
          const [was, is] = [
            await answerOf(path, asked, before),
            await answerOf(path, asked, after),
          ];
          assertEquals(stripped(is, asked), stripped(was, asked));
        },
      );
    }
  });
}

Deno.test("a WebSocket goes on as it was, and its upgrade is recorded once", async () => {
  using folder = tempFolder();
  await using hf = await holdfast({
    storeUrl: `sqlite:${folder.at("holdfast.db")}`,
    logConsole: "off",
  });
  const app = existingApp({ recorder: hf.middleware(), upstream: "", files: folder.path });
  await using served = serve(app.fetch);
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}/socket`);
  await new Promise((resolve) => socket.onopen = resolve);
  const heard = new Promise((resolve) => socket.onmessage = ({ data }) => resolve(data));
  socket.send("tea");
  assertEquals(await heard, "tea!");
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  await hf.flush();
  const { items } = await hf.store.listLogs({ q: "socket", limit: 10 });
  assertEquals(items.map(({ route, status }) => [route, status]), [["/socket", 101]]);
});

interface Served extends AsyncDisposable {
  url: string;
  port: number;
}

/** As people serve an app of their own: nothing of ours around it. */
function serve(
  answer: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>,
): Served {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  const { port } = server.addr;
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** All bytes of an answer, to the end of the connection; one character each. */
async function answerOf(path: string, asked: Asked, { port }: Served): Promise<string> {
  const { method = "GET", headers = {}, body } = asked;
  const lines = Object.entries({
    host: "shop.example",
    connection: "close",
    ...(body !== undefined && { "content-length": String(body.length) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
  const bytes = new TextEncoder().encode(request);
  const sent = (async () => {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  })().catch(() => {});
  let text = "";
  const chunk = new Uint8Array(64 * 1024);
  for (;;) {
    const count = await connection.read(chunk).catch(() => null);
    if (count === null) break;
    text += Array.from(chunk.subarray(0, count), (byte) => String.fromCharCode(byte)).join("");
  }
  await sent;
  return text;
}

/**
 * Without the two headers that may be new, and without what changes from second to second. Deno writes the name of a header
 * that nobody has looked at in lower case, and in HTTP its case means nothing.
 */
function stripped(answer: string, { isLoose = false }: Asked): { head: string[]; body: string } {
  const end = answer.indexOf("\r\n\r\n");
  const head = answer.slice(0, end).split("\r\n")
    .map((line) => line.replace(/^[^:]+(?=:)/, (name) => name.toLowerCase()))
    .filter((line) => !/^(?:x-request-id|x-error-id|date):/.test(line));
  const body = answer.slice(end + 4);
  if (!isLoose) return { head, body };
  return {
    head: head.sort(),
    body: head.includes("transfer-encoding: chunked") ? joined(body) : body,
  };
}

/** The chunks of a body, together; its end stays visible. */
function joined(chunks: string): string {
  return chunks.replace(/([0-9a-f]+)\r\n/g, (line, size) => size === "0" ? line : "")
    .replaceAll("\r\n", "");
}

/** Hono and `Deno.serve` print what they answer with 500. */
function quietConsole(): Disposable {
  const { error } = console;
  console.error = () => {};
  return { [Symbol.dispose]: () => void (console.error = error) };
}
