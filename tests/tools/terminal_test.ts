import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeTable, widthOf } from "../../tools/table.ts";
import { INTAKE_KEY, jsonBody, OPERATOR_TOKEN, ROOT, withToken } from "../helpers/start_app.ts";
import { startMountedApp } from "../helpers/start_mounted_app.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { taskArguments } from "../helpers/task.ts";
import { until } from "../helpers/until.ts";

const HOSTILE = "\x1b[2J\x1b]0;owned\x07 red\x1b[31m \r\n\u202e\u009b1m end";
// deno-lint-ignore no-control-regex -- controls are what it looks for
const CONTROLS = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/;

Deno.test("deno task errors and logs ask a running service", async (t) => {
  await using service = await startService({ INTAKE_KEYS: INTAKE_KEY });
  await report(service, "/errors", {
    svc_name: "shop",
    error: { type: "Ant", message: "no price" },
  });
  await report(service, "/errors", { svc_name: "shop", error: { type: "Bee", message: HOSTILE } });
  await report(service, "/logs", { svc_name: "till", message: `opened ${HOSTILE}` });
  await until(async () => (await service.asOperator("/logs?svc_name=till")).total === 1, {
    what: "all is stored",
  });

  await t.step("errors in columns, the newest first", async () => {
    const { code, stdout, stderr } = await run("errors", service, {});
    assertEquals(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assertMatch(lines[0]!, /^LAST SEEN +COUNT +STATE +ERROR +ID +SERVICE +WHERE$/);
    assertMatch(lines[1]!, /s ago +1 +open +Bee: .+ [0-9a-f-]{36} +shop +shop$/);
    assertMatch(lines[2]!, /s ago +1 +open +Ant: no price +[0-9a-f-]{36} +shop +shop$/);
    assertEquals(lines[1]!.indexOf("open"), lines[2]!.indexOf("open"));
    assertEquals(stderr, "2 of 2 errors\n");
  });
  await t.step("no control character of strangers reaches the terminal", async () => {
    for (const args of [["errors"], ["errors", "--json"], ["logs"], ["logs", "--json"]]) {
      const { stdout } = await run(args[0]!, service, { args: args.slice(1) });
      assertStringIncludes(stdout, "end");
      assertEquals(CONTROLS.exec(stdout), null, args.join(" "));
    }
  });
  await t.step("lines fit the width there is", async () => {
    for (const columns of [72, 100, 140]) {
      for (const name of ["errors", "logs"]) {
        const { stdout } = await run(name, service, { env: { COLUMNS: String(columns) } });
        const widths = stdout.trimEnd().split("\n").map(widthOf);
        assertEquals(widths.filter((width) => width > columns), [], stdout);
      }
    }
  });
  await t.step("the API's filters, and words, and pages", async () => {
    const some = await run("errors", service, { args: ["price", "--state", "open", "--limit=1"] });
    assertMatch(some.stdout, /Ant: no price/);
    assertEquals(some.stderr, "1 of 1 errors\n");
    const first = await run("errors", service, { args: ["--limit=1"] });
    const cursor = /--cursor=\S+/.exec(first.stderr)![0];
    const second = await run("errors", service, { args: ["--limit=1", cursor] });
    assertMatch(second.stdout, /Ant: no price/);
  });
  await t.step("one error by its id, with its source lines and what happened before", async () => {
    const frames = [
      { function: "pay", file: "pay.py", line: 7, context_line: "charge()", pre_context: ["try:"] },
      { function: HOSTILE, file: "a.py", line: 1 },
    ];
    const cause = { type: "Fog", message: HOSTILE, frames };
    const id = await report(service, "/errors", {
      svc_name: "shop",
      message: `cannot check out ${HOSTILE}`,
      error: { type: "Cat", message: "no pay", frames, cause },
      breadcrumbs: [{ time: "2026-11-05T10:00:00Z", category: "http", message: HOSTILE }],
      headers: { "user-agent": "till/2" },
    });
    await until(async () => (await service.asOperator("/errors?q=pay")).total === 1, {
      what: "it is stored",
    });
    const { code, stdout } = await run("errors", service, { args: [id] });
    assertEquals([code, CONTROLS.exec(stdout)], [0, null]);
    assertStringIncludes(stdout, "Cat: no pay\n  state ");
    assertStringIncludes(stdout, "at pay (pay.py:7)\n        6 | try:\n      > 7 | charge()\n");
    assertStringIncludes(stdout, "Caused by Fog: ");
    assertMatch(stdout, /^ +message +cannot check out /m);
    assertMatch(stdout, /headers +\{"user-agent":"till\/2"\}/);
    assertStringIncludes(stdout, "Before it happened:\n  10:00:00.000 http ");
    const json = await run("errors", service, { args: [id, "--json"] });
    assertEquals(JSON.parse(json.stdout).record.error_id, id);
    const none = await run("errors", service, { args: [crypto.randomUUID()] });
    assertEquals(none.code, 1);
    assertMatch(none.stderr, /^\[Error\] NotFound: no error has the id .+\n$/);
    await service.asOperator(`/errors/${JSON.parse(json.stdout).id}`, { method: "DELETE" });
  });
  await t.step("--json is one object a line", async () => {
    const { stdout } = await run("errors", service, { args: ["--json"] });
    const errors = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(errors.map(({ type }) => type), ["Bee", "Ant"]);
    const without = await run("errors", service, { args: ["--json", "-ant", '-"no such"'] });
    assertEquals(JSON.parse(without.stdout).type, "Bee");
    const logs = await run("logs", service, { args: ["--json", "--svc_name=till"] });
    assertEquals(JSON.parse(logs.stdout).message.startsWith("opened"), true);
  });
  await t.step("logs in columns, the newest last", async () => {
    const { code, stdout } = await run("logs", service, { args: ["--level=INFO", "--limit=3"] });
    assertEquals(code, 0);
    const lines = stdout.trimEnd().split("\n");
    assertEquals(lines.length, 3);
    for (const line of lines) assertMatch(line, /^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}[A-Z]+ /);
    assertEquals([...lines].sort(), lines);
  });
  await t.step("what is wrong is told in one sentence, and by the exit code", async () => {
    const cases: [string[], Record<string, string>, number, RegExp][] = [
      [["--state=lost"], {}, 1, /ValueError: state must be/],
      [["--colour=red"], {}, 2, /Unknown option '--colour'[^]*Filters: --state/],
      [["--url=ftp://x"], {}, 2, /must be http/],
      [["--token=wrong"], {}, 1, /AuthError: .*Set OPERATOR_TOKEN or --token$/m],
      [["--url=http://127.0.0.1:1"], {}, 1, /Nothing answers at http:\/\/127\.0\.0\.1:1/],
      [[], { HOLDFAST_URL: "http://127.0.0.1:1" }, 1, /Nothing answers/],
    ];
    for (const [args, env, code, sentence] of cases) {
      const ran = await run("errors", service, { args, env });
      assertEquals([ran.code, ran.stdout], [code, ""], ran.stderr);
      assertMatch(ran.stderr, sentence);
    }
    assertMatch((await run("logs", service, { args: ["--help"] })).stdout, /--follow/);
    const wrong = await run("logs", service, { args: ["--follow", "--token=wrong"] });
    assertEquals(wrong.code, 1);
    const other = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("hello"),
    );
    const ran = await run("errors", service, {
      args: [`--url=http://127.0.0.1:${other.addr.port}`],
    });
    assertMatch(ran.stderr, /is not Holdfast/);
    await other.shutdown();
  });
  await t.step("purge deletes by service or age, when it is told to", async () => {
    for (
      const [args, sentence] of [
        [["errors", "--svc_name=shop"], /^Nothing was deleted: add --yes/],
        [["--svc_name=shop", "--yes"], /^Say what to delete/],
        [["errors", "--svc_nam=shop", "--yes"], /svc_nam/],
      ] as [string[], RegExp][]
    ) {
      const { code, stdout, stderr } = await run("purge", service, { args });
      assertEquals([code, stdout], [2, ""], stderr);
      assertMatch(stderr, sentence);
    }
    const all = await run("purge", service, { args: ["logs", "--yes"] });
    assertEquals(all.code, 1);
    assertMatch(all.stderr, /everything is not deleted/);
    const young = await run("purge", service, { args: ["errors", "--older_than_days=1", "--yes"] });
    assertEquals(young.stdout, "0 errors deleted\n", young.stderr);
    const shop = await run("purge", service, { args: ["errors", "--svc_name=shop", "--yes"] });
    assertEquals(shop.stdout, "2 errors deleted\n", shop.stderr);
    const till = await run("purge", service, {
      args: ["logs", "--svc_name=till", "--yes", "--json"],
    });
    assertEquals(JSON.parse(till.stdout), { removed: 1 });
    assertEquals((await service.asOperator("/errors?svc_name=shop")).total, 0);
  });
});

Deno.test("deno task errors and logs tell who was hit and where, and narrow by it", async () => {
  await using service = await startService({ INTAKE_KEYS: INTAKE_KEY });
  await report(service, "/errors", { svc_name: "shop", error: { type: "Ant", message: "gone" } });
  await report(service, "/errors", {
    svc_name: "till",
    error: { type: "Bee", message: "jammed" },
    environment: "staging",
    user: { id: "ada" },
    tags: { os: "Mac OS" },
  });
  await until(async () => (await service.asOperator("/errors?environment=staging")).total === 1, {
    what: "it is stored",
  });
  for (const arg of ["--tag=os:Mac OS", "--user=ada", 'tag.os:"Mac OS"']) {
    const { stdout, stderr } = await run("errors", service, { args: [arg] });
    const [head, line] = stdout.split("\n");
    assertMatch(head!, /^LAST SEEN +COUNT +USERS .* ENVIRONMENT/, stderr);
    assertMatch(line!, /s ago +1 +1 +open +Bee: jammed .* staging/);
    assertEquals(stderr, "1 of 1 errors\n");
  }
  const { stdout } = await run("logs", service, { args: ["--environment=staging"] });
  assertEquals(stdout.trimEnd().split("\n").length, 1);
});

Deno.test("deno task logs --follow shows what arrives, across a restart, once", async () => {
  let service = await startService({ INTAKE_KEYS: INTAKE_KEY });
  const { port } = new URL(service.url);
  await say(service, "before");
  await until(async () => (await service.asOperator("/logs?svc_name=till")).total === 1, {
    what: "it is stored",
  });
  const tool = new Deno.Command(Deno.execPath(), {
    args: taskArguments("logs", "--follow", "--svc_name=till", "--json"),
    cwd: ROOT,
    env: { HOLDFAST_URL: service.url, OPERATOR_TOKEN },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let output = "";
  const reading = (async () => {
    for await (const text of tool.stdout.pipeThrough(new TextDecoderStream())) output += text;
  })();
  const shows = (word: string) => until(() => output.includes(word), { what: word });
  try {
    await shows("before");
    await say(service, "one");
    await shows("one");
    service.kill("SIGTERM");
    await service.ended;
    const { storeUrl } = service;
    const next = await startService({ INTAKE_KEYS: INTAKE_KEY, PORT: port, STORE_URL: storeUrl });
    await using _old = service;
    service = next;
    await say(service, "two");
    await shows("two");
    const messages = output.trimEnd().split("\n").map((line) => JSON.parse(line).message);
    assertEquals(messages, ["before", "one", "two"]);
  } finally {
    tool.kill("SIGTERM");
    await tool.status;
    await reading;
    await service[Symbol.asyncDispose]();
  }
});

Deno.test("the tools ask an API at a path of its own, behind a proxy's prefix too", async (t) => {
  await using app = await startMountedApp({ INTAKE_KEYS: INTAKE_KEY });
  await app.fail();
  for (const base of [`${app.publicUrl}/holdfast`, `${app.service.url}/holdfast/`]) {
    await t.step(base.endsWith("/") ? "directly" : "through the proxy", async () => {
      const ask = (name: string, ...args: string[]) =>
        run(name, app.service, { args, env: { HOLDFAST_URL: base } });
      const errors = await ask("errors");
      assertMatch(errors.stdout, /RangeError: no order 7 is here/, errors.stderr);
      const logs = await ask("logs", "--level=ERROR");
      assertMatch(logs.stdout, /no order 7 is here/, logs.stderr);
      const purged = await ask("purge", "errors", "--svc_name=nobody", "--yes");
      assertEquals(purged.stdout, "0 errors deleted\n", purged.stderr);
      const beside = await run("errors", app.service, { env: { HOLDFAST_URL: app.publicUrl } });
      assertStringIncludes(beside.stderr, `What answers at ${app.publicUrl} is not Holdfast`);
      const { stderr: hinted } = await run("errors", app.service, {
        env: { HOLDFAST_URL: app.service.url },
      });
      assertStringIncludes(hinted, `mostly to ${app.service.url}/holdfast`);

      const tool = new Deno.Command(Deno.execPath(), {
        args: taskArguments("logs", "--follow", "--level=ERROR", "--json"),
        cwd: ROOT,
        env: { HOLDFAST_URL: base, OPERATOR_TOKEN },
        stdin: "null",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const lines = tool.stdout.pipeThrough(new TextDecoderStream()).getReader();
      try {
        assertMatch((await lines.read()).value ?? "", /no order 7 is here/);
      } finally {
        tool.kill("SIGTERM");
        await tool.status;
        await lines.cancel();
      }
    });
  }
});

Deno.test("a tool whose reader has gone ends in peace", async () => {
  await using service = await startService({ INTAKE_KEYS: INTAKE_KEY });
  await report(service, "/logs", Array(100).fill({ svc_name: "till", message: "x".repeat(2000) }));
  await until(async () => (await service.asOperator("/logs?svc_name=till")).total === 100, {
    what: "all is stored",
  });
  const tool = new Deno.Command(Deno.execPath(), {
    args: taskArguments("logs", "--limit=100"),
    cwd: ROOT,
    env: { HOLDFAST_URL: service.url, OPERATOR_TOKEN },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  await tool.stdout.cancel();
  assertEquals((await tool.status).code, 0);
});

Deno.test("columns are cut to the terminal by what its cells take, not by characters", () => {
  const table = makeTable([
    { title: "A", text: (row: string[]) => row[0]!, maxWidth: 6 },
    { title: "B", text: (row: string[]) => row[1]!, isFlexible: true },
  ], { rows: [["漢字かな交じり文", "x"], ["e\u0301", "🙂🙂"]], width: 30, color: true });
  assertEquals(table.line(["漢字かな交じり文", "x"]), "漢字…   x");
  assertEquals(table.line(["e\u0301", "🙂".repeat(20)]), `e\u0301       ${"🙂".repeat(10)}…`);
  assertEquals(widthOf("漢🙂e\u0301"), 5);
});

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

async function run(
  name: string,
  service: Service,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> },
): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: taskArguments(name, ...args),
    cwd: ROOT,
    env: { HOLDFAST_URL: service.url, OPERATOR_TOKEN, ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function report(service: Service, path: string, body: unknown): Promise<string> {
  const response = await service.fetch(path, withToken(INTAKE_KEY, jsonBody(body)));
  const text = await response.text();
  assertEquals(response.status, 202, text);
  return JSON.parse(text).content.ids[0];
}

async function say(service: Service, message: string): Promise<void> {
  await report(service, "/logs", { svc_name: "till", message });
}
