import { assert, assertEquals, assertMatch } from "@std/assert";
import { Hono } from "hono";
import { type Holdfast, holdfast, type HoldfastOptions, type LogRecord } from "../../holdfast.ts";
import { entryPoints, startScript } from "../helpers/start_script.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const MEMORY: HoldfastOptions = {
  storeUrl: "memory:",
  logConsole: "off",
  logSpill: "off",
  operatorToken: "operator-token-of-the-tests",
  variables: { get: () => undefined },
};

async function errorsOf(
  hf: Holdfast,
): Promise<[message: string, count: number, handled?: boolean][]> {
  await hf.flush();
  const { items } = await hf.store.listErrors({ limit: 100 });
  return await Promise.all(items.map(async ({ id, message, count }) => {
    const { items: [newest] } = await hf.store.occurrences(id, { limit: 1 });
    return [message, count, newest?.record.handled] as [string, number, boolean];
  }));
}

Deno.test("an API at a path answers with a slash at the end as without", async () => {
  await using hf = await holdfast(MEMORY);
  await hf.ready;
  const app = new Hono();
  app.use(hf.middleware());
  app.route("/holdfast", hf.api());
  const ask = hf.answerer(app);
  for (const path of ["/holdfast", "/holdfast/"]) {
    const query = "?query_content=none&user_type=guest";
    const answer = await ask(new Request(`http://localhost${path}${query}`));
    assertEquals(answer.status, 404);
    assertEquals((await answer.json()).error_code, "query_content.not_found");
    const headers = { accept: "text/html" };
    const page = await ask(new Request(`http://localhost${path}`, { headers }));
    assertEquals(page.status, 200);
    assertMatch(await page.text(), /<title>Holdfast/);
  }
  await hf.flush();
  const { items } = await hf.store.listLogs({ limit: 10, level: "WARN" });
  assertEquals([...new Set(items.map(({ route }) => route))], ["/holdfast"]);
});

Deno.test("importing the package opens no file, timer, listener or worker, and needs no right", async (t) => {
  for (const [name, path] of Object.entries(entryPoints())) {
    // It is what runs in the worker, and does nothing else.
    if (path === "./logging/worker.ts") continue;
    await t.step(name, async () => {
      const specifier = `@holdfast/holdfast${name.slice(1)}`;
      await using script = startScript(
        `
const used = [];
const watch = (owner, name) => {
  const own = owner[name];
  owner[name] = function (...args) { used.push(name); return own.apply(this, args); };
};
for (const name of ["setTimeout", "setInterval", "addEventListener", "fetch", "queueMicrotask"]) watch(globalThis, name);
globalThis.Worker = class { constructor() { used.push("Worker"); } };
for (const name of ["open", "openSync", "readFileSync", "readTextFileSync", "readFile", "readTextFile", "serve", "listen", "connect", "addSignalListener", "mkdirSync"]) watch(Deno, name);
await import("${specifier}");
console.log(JSON.stringify(used));`,
        { args: ["--cached-only"] },
      );
      assertEquals((await script.running.ended).code, 0, script.running.output);
      assertEquals(script.running.output.trim(), "[]");
    });
  }
});

Deno.test("leaving its scope releases the store, the worker and every listener", async () => {
  using folder = tempFolder();
  const options: HoldfastOptions = {
    ...MEMORY,
    storeUrl: `sqlite:${folder.at("holdfast.db")}`,
    logSpill: "error",
    catchUncaught: true,
    captureConsole: true,
  };
  const { error } = console;
  let receipt = "";
  {
    await using hf = await holdfast(options);
    assert(console.error !== error);
    receipt = hf.capture(new Error("before the end"));
  }
  assert(console.error === error);
  // The same place is free again, and has what was recorded.
  await using again = await holdfast(options);
  await again.ready;
  assertEquals((await again.store.occurrence(receipt))?.record.message, "Error: before the end");
});

Deno.test("log and capture work outside of requests", async () => {
  await using hf = await holdfast({ ...MEMORY, service: "shop", release: "1.4.0" });
  await hf.ready;
  hf.log.info("ready", { port: 8000 });
  const receipt = hf.capture("no Error at all", { user: { id: "7" }, tags: { till: "2" } });
  await hf.flush();
  const { items } = await hf.store.listLogs({ limit: 10 });
  const [captured, logged] = items as [LogRecord, LogRecord];
  assertEquals(
    [logged.svc_name, logged.release, logged.level, logged.message, logged.attrs],
    ["shop", "1.4.0", "INFO", "ready", { port: 8000 }],
  );
  assertEquals(
    [captured.error_id, captured.handled, captured.error?.message, captured.user, captured.tags],
    [receipt, true, "no Error at all", { id: "7" }, { till: "2" }],
  );
});

Deno.test("an Error given to console.error is recorded where that is asked for, once, and goes on being printed", async () => {
  const { error: own } = console;
  const printed: unknown[][] = [];
  const printing = (...args: unknown[]) => void printed.push(args);
  console.error = printing;
  try {
    const hf = await holdfast({ ...MEMORY, captureConsole: true });
    await hf.ready;
    const caught = new Error("captured as well");
    hf.capture(caught);
    console.error(caught);
    console.error("cannot pay", new TypeError("card expired"), { id: 7 });
    console.error("no Error");
    const errors = await until(async () => {
      const found = await errorsOf(hf);
      return found.length === 2 && found;
    }, { what: "both are recorded" });
    assertEquals(errors.sort(), [["captured as well", 1, true], ["card expired", 1, true]]);
    // What is printed at the last moment is recorded as well, and the console is given back.
    console.error(new RangeError("at the end"));
    assertEquals((await hf.close()).timedOut, false);
    assert(console.error === printing);
    assertEquals(printed.length, 4);
  } finally {
    console.error = own;
  }
});

Deno.test("a failure that Hono prints is recorded with its request, and once", async () => {
  const { error: own } = console;
  console.error = () => {};
  try {
    await using hf = await holdfast({ ...MEMORY, captureConsole: true });
    await hf.ready;
    const app = new Hono();
    app.use(hf.middleware());
    app.get("/", () => {
      throw new Error("printed by Hono");
    });
    const response = await app.request("/");
    // What was printed is looked at when this turn is over.
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(await errorsOf(hf), [["printed by Hono", 1, false]]);
    const { items: [record] } = await hf.store.listLogs({ limit: 1, level: "ERROR" });
    assertEquals(record?.error_id, response.headers.get("x-error-id") ?? "none");
  } finally {
    console.error = own;
  }
});

Deno.test("console.error is left alone where nobody asked, and by one that is closed under another's", async () => {
  const { error: own } = console;
  try {
    const printing = () => {};
    console.error = printing;
    await using _silent = await holdfast(MEMORY);
    assert(console.error === printing);
    const first = await holdfast({ ...MEMORY, captureConsole: true });
    const second = await holdfast({ ...MEMORY, captureConsole: true });
    await second.ready;
    await first.close();
    console.error(new Error("after the first"));
    await until(async () => (await errorsOf(second)).length === 1, { what: "it is recorded" });
    await second.close();
  } finally {
    console.error = own;
  }
});

Deno.test("uncaught errors are recorded where that is asked for, and end the process where it is not", async (t) => {
  const program = (options: string) => `
import { holdfast } from "@holdfast/holdfast";
const hf = await holdfast({ ${options} });
await hf.ready;
Promise.reject(new Error("nobody awaits"));
setTimeout(() => { throw new TypeError("nobody catches"); });
setTimeout(async () => {
  while ((await hf.flush()).timedOut);
  const { items } = await hf.store.listErrors({ limit: 10 });
  const found = [];
  for (const { id, message } of items) {
    const { items: [newest] } = await hf.store.occurrences(id, { limit: 1 });
    found.push([message, newest.record.handled]);
  }
  console.log(JSON.stringify(found.sort()));
  await hf.close();
  console.log("closed");
  Promise.reject(new Error("after the end"));
}, 5);`;
  await t.step("asked for", async () => {
    await using script = startScript(program("catchUncaught: true"));
    // What comes after the end is the process's own again.
    assertEquals((await script.running.ended).code, 1, script.running.output);
    // On two streams, whose order is not known.
    const { output } = script.running;
    assertMatch(output, /\[\["nobody awaits",false\],\["nobody catches",false\]\]\n[^]*closed/);
    assertMatch(output, /after the end/);
  });
  await t.step("not asked for", async () => {
    await using script = startScript(program(""));
    assertEquals((await script.running.ended).code, 1);
    assert(!script.running.output.includes("closed"));
  });
});
