import { assert, assertEquals, assertMatch } from "@std/assert";
import { Hono } from "hono";
import { type Holdfast, holdfast, type HoldfastOptions } from "../../holdfast.ts";
import { startScript } from "../helpers/start_script.ts";
import { until } from "../helpers/until.ts";

const MEMORY: HoldfastOptions = {
  storeUrl: "memory:",
  logConsole: "off",
  logSpill: "off",
  operatorToken: "operator-token-of-the-tests",
  variables: { get: () => undefined },
};

Deno.test("a start prints the DSN and the board's link of where they stand, without any path among the options", async () => {
  await using script = startScript(`
    import { Hono } from "hono";
    import { holdfast } from "@holdfast/holdfast";
    const hf = await holdfast({ service: "shop" });
    const app = new Hono();
    app.use(hf.middleware());
    app.route("/tools/holdfast", hf.api());
    app.route("/admin/errors", hf.board());
    await hf.serve(app);
  `);
  const { running } = script;
  await until(() => /Intake: .*\n/.test(running.output) || running.hasEnded, {
    what: `the start is over; so far: ${running.output}`,
  });
  const dsn = new URL(/DSN (http\S+)/.exec(running.output)![1]!);
  assertEquals(dsn.pathname, "/tools/holdfast/my-app/1");
  const envelope = `{"event_id":"${"a".repeat(32)}"}\n{"type":"event"}\n{"message":"here"}`;
  const address = `${dsn.origin}/tools/holdfast/my-app/api/1/envelope/?sentry_key=${dsn.username}`;
  const sent = await fetch(address, { method: "POST", body: envelope });
  assertEquals([sent.status, (await sent.json()).id], [200, "a".repeat(32)]);
  const link = /Board: (http\S+)/.exec(running.output)![1]!;
  assertMatch(link, /\/admin\/errors\/sign-in\?ticket=/);
  const opened = await fetch(link);
  assertEquals(opened.status, 200);
  await opened.body?.cancel();
  // None that would answer 404.
  assert(!running.output.includes("Try:"), running.output);
});

Deno.test("an option that names another path than the routes is told of, with the right one", async () => {
  const api =
    'hf.api() stands at /holdfast, but DSNs and links to it lead elsewhere: set holdfast({ apiPath: "/holdfast" })';
  const board =
    'hf.board() stands at /admin, but links in alerts lead elsewhere: set holdfast({ boardPath: "/admin" })';
  const cases: [paths: HoldfastOptions, warnings: string[]][] = [
    [{ boardPath: "/admin" }, []],
    [{ boardPath: "/admin/", apiPath: "/holdfast/" }, []],
    // An app that another one has at /ops.
    [{ boardPath: "/ops/admin", apiPath: "/ops/holdfast" }, []],
    [{}, [board]],
    [{ boardPath: "/admin", apiPath: "/api" }, [api]],
    [{ boardPath: "/board", apiPath: "/" }, [api, board]],
  ];
  for (const [paths, expected] of cases) {
    await using hf = await holdfast({ ...MEMORY, ...paths });
    const app = new Hono();
    app.use(hf.middleware());
    app.route("/holdfast", hf.api());
    app.route("/admin", hf.board());
    hf.answerer(app);
    hf.answerer(app);
    assertEquals(await warnings(hf), expected, JSON.stringify(paths));
  }
});

async function warnings(hf: Holdfast): Promise<string[]> {
  await hf.ready;
  await hf.flush();
  const { items } = await hf.store.listLogs({ limit: 100, level: "WARN" });
  return items.map(({ message }) => message).reverse();
}
