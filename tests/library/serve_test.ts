import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { type Script, startScript } from "../helpers/start_script.ts";
import { until } from "../helpers/until.ts";

const APP = `
import { Hono } from "hono";
import { holdfast } from "@holdfast/holdfast";
const hf = await holdfast({ service: "shop" });
const app = new Hono();
app.use(hf.middleware());
app.get("/", (c) => c.text("hello"));
app.get("/string", () => { throw "a text"; });
app.get("/null", () => { throw null; });
app.get("/rejects", () => Promise.reject(7));
app.get("/stray", (c) => { queueMicrotask(() => { throw new Error("that nobody awaits"); }); return c.text("on its way"); });
app.get("/breaks", () => {
  let sent = 0;
  return new Response(new ReadableStream({
    pull(controller) {
      if (sent++ > 0) throw new RangeError("broke half-way");
      controller.enqueue(new TextEncoder().encode("half of it"));
    },
  }));
});
app.get("/slow", async (c) => {
  // A request that is open when the signal comes: it ends after it.
  await new Promise((resolve) => {
    const onSignal = () => {
      Deno.removeSignalListener("SIGTERM", onSignal);
      resolve();
    };
    Deno.addSignalListener("SIGTERM", onSignal);
    console.log("slow begins");
  });
  return c.text("finished");
});
app.route("/board", hf.board());
`;

/** Runs the app; gives where it serves. */
async function served(script: Script): Promise<string> {
  const url = await until(
    () =>
      /serves at (http:\/\/[^\s/"]+)/.exec(script.running.output)?.[1] ?? script.running.hasEnded,
    { what: `the app says where it serves: ${script.running.output}` },
  );
  if (url === true) throw new Error(script.running.output);
  return url;
}

/** What was stored, when the process has ended: type, handled. */
function storedFailures({ folder }: Script): { type: string; count: number }[] {
  using store = new DatabaseSync(folder.at("data", "holdfast.db"), { readOnly: true });
  return store.prepare("select type, count from errors order by type").all() as never;
}

Deno.test("under hf.serve() what is thrown and is no Error is answered, with its receipt; uncaught errors and broken streams are recorded", async () => {
  await using script = startScript(`${APP} await hf.serve(app);`);
  const url = await served(script);
  for (const path of ["/string", "/null", "/rejects"]) {
    const response = await fetch(url + path);
    const { content_status, error_id, request_id } = await response.json();
    assertEquals([response.status, content_status], [500, "error"]);
    assertEquals(response.headers.get("x-error-id"), error_id);
    assertEquals(response.headers.get("x-request-id"), request_id);
  }
  assertEquals(await (await fetch(`${url}/stray`)).text(), "on its way");
  const broken = await fetch(`${url}/breaks`);
  await assertRejects(() => broken.text());
  assertEquals(await (await fetch(url)).text(), "hello");
  script.running.kill("SIGTERM");
  assertEquals((await script.running.ended).code, 0);
  assertEquals(storedFailures(script), [
    { type: "Error", count: 1 },
    { type: "RangeError", count: 1 },
    { type: "null", count: 1 },
    { type: "number", count: 1 },
    { type: "string", count: 1 },
  ]);
});

Deno.test("SIGTERM finishes the request that is being answered, and the log, and ends with 0", async () => {
  await using script = startScript(`${APP} await hf.serve(app);`);
  const url = await served(script);
  const answer = fetch(`${url}/slow`);
  await until(() => script.running.output.includes("slow begins"), {
    what: "the request is there",
  });
  script.running.kill("SIGTERM");
  assertEquals(await (await answer).text(), "finished");
  assertEquals((await script.running.ended).code, 0);
  assertMatch(script.running.output, /GET \/slow 200/);
});

Deno.test("with exit: false the end is the caller's, and nothing is left that holds the process", async () => {
  await using script = startScript(`${APP}
await hf.serve(app, { exit: false });
console.log("the caller goes on");`);
  await served(script);
  script.running.kill("SIGINT");
  assertEquals((await script.running.ended).code, 0);
  assertMatch(script.running.output, /the caller goes on/);
});

Deno.test("hf.close() stops what hf.serve() serves", async () => {
  await using script = startScript(`${APP}
const serving = hf.serve(app, { exit: false });
await hf.ready;
const { timedOut } = await hf.close();
await serving;
console.log("closed", { timedOut });`);
  assertEquals((await script.running.ended).code, 0);
  assertMatch(script.running.output, /closed \{ timedOut: false \}/);
});

Deno.test("served by Deno.serve alone, hf.close() stores all that was recorded", async () => {
  await using script = startScript(`${APP}
app.get("/throws", () => { throw new TypeError("no card"); });
const server = Deno.serve({ port: 0, hostname: "127.0.0.1" }, app.fetch);
const url = \`http://127.0.0.1:\${server.addr.port}\`;
const answers = [];
for (const path of ["/throws", "/string"]) {
  const response = await fetch(url + path);
  answers.push([response.status, await response.text(), response.headers.has("x-error-id")]);
}
await server.shutdown();
const { timedOut } = await hf.close();
console.log(JSON.stringify({ answers, timedOut }));`);
  assertEquals((await script.running.ended).code, 0, script.running.output);
  const [line] = /\{"answers.*/.exec(script.running.output) ?? [];
  assertEquals(JSON.parse(line ?? "null"), {
    answers: [[500, "Internal Server Error", true], [500, "Internal Server Error", false]],
    timedOut: false,
  });
  assertEquals(storedFailures(script), [
    { type: "TypeError", count: 1 },
    { type: "string", count: 1 },
  ]);
});

Deno.test("a start that cannot be says why in one sentence, and ends with 1", async () => {
  using taken = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const variables = { PORT: String(taken.addr.port) };
  await using script = startScript(`${APP} await hf.serve(app);`, { variables });
  assertEquals((await script.running.ended).code, 1);
  assertMatch(
    script.running.output,
    /Cannot listen on 127\.0\.0\.1:\d+: another process listens there/,
  );
  assert(!/^\s+at /m.test(script.running.output), script.running.output);
});

Deno.test("a start that cannot be throws where the end is the caller's, who may try again", async () => {
  using taken = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const variables = { PORT: String(taken.addr.port) };
  await using script = startScript(
    `${APP}
try { await hf.serve(app, { exit: false }); } catch (error) { console.log("threw", error.name); }
await hf.close();
console.log("over");`,
    { variables },
  );
  assertEquals((await script.running.ended).code, 0, script.running.output);
  assertMatch(script.running.output, /threw CannotStart\n[^]*over/);
});
