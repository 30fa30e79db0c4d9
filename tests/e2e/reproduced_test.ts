import { assert, assertEquals } from "@std/assert";
import { sign } from "hono/jwt";
import { reproductionFor } from "../../modules/reproduction.ts";
import { type AppBuilder, testApp } from "../../testing.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

/** What the test of a failure says: before it is mended, and after. */
type Outcome = "red" | "green" | "skipped" | "impossible";

interface Case {
  app: "fail" | "existing" | "shop";
  request: [path: string, init?: RequestInit];
  /** Before. Default red. */
  outcome?: Outcome;
  /** Requests that come before it. */
  before?: number;
}

const OWNER = `Bearer ${await sign(
  { sub: "o1", role: "owner" },
  "only-for-this-example",
  "HS256",
)}`;
const COOKIE = "cart=7";
const json = (text: string, method = "POST"): RequestInit => ({
  method,
  headers: { "content-type": "application/json" },
  body: text,
});
const form = new FormData();
form.append("file", new File(["hello world"], "a b.txt", { type: "text/plain" }));

const CASES: Case[] = [
  ...["throw", "string", "null", "reject", "overflow", "stream", "timeout", "bad-return"].map(
    (how): Case => ({ app: "fail", request: [`/fail?how=${how}`] }),
  ),
  ...["{", "null"].map((text): Case => ({
    app: "existing",
    request: ["/api/orders", { ...json(text), headers: { authorization: OWNER } }],
  })),
  { app: "existing", request: ["/api/orders/8/invoice", { headers: { authorization: OWNER } }] },
  { app: "shop", request: ["/json", json('{"items": [{"name": "tea\\u2028"}]}')] },
  {
    app: "shop",
    request: ["/form", {
      method: "POST",
      body: new URLSearchParams("name=é%26%3D&colour=blue&colour=red"),
    }],
  },
  { app: "shop", request: ["/files", { method: "POST", body: form }] },
  { app: "shop", request: ["/text", { method: "PUT", body: 'a\u2028*/${b}\\"`\n' }] },
  {
    app: "shop",
    request: ["/bytes", { method: "POST", body: new Uint8Array(9) }],
    outcome: "impossible",
  },
  {
    app: "shop",
    request: ["/json", json(JSON.stringify({ items: [{ name: "x".repeat(9_000) }] }))],
    outcome: "impossible",
  },
  { app: "shop", request: ["/search/2?tag=a%20b&tag=c&token=abcdefghijkl"] },
  { app: "shop", request: ["/sign-in", json('{"password": "hunter2!"}')] },
  { app: "shop", request: ["/weak", json('{"password": "12345"}')], outcome: "green" },
  { app: "shop", request: ["/header", { headers: { "accept-language": "sv" } }] },
  { app: "shop", request: ["/cookie", { headers: { cookie: COOKIE } }] },
  {
    app: "shop",
    request: ["/plain", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "a=1&b=%C3%A9",
    }],
  },
  { app: "shop", request: ["/captured"] },
  { app: "shop", request: ["/exception"] },
  { app: "shop", request: ["/answered"] },
  { app: "shop", request: ["/third"], before: 2, outcome: "green" },
  { app: "shop", request: ["/environment"], outcome: "green" },
];

/** What mends the bugs of a file. */
const MENDS: readonly [file: string, before: string, after: string][] = [
  ["fail/modules/fail.ts", "ways[how](signal)", '(ways[how], signal, "mended")'],
  [
    "existing/main.ts",
    "await c.req.json<{ item: string }>()",
    "await c.req.json().catch(() => 0) ?? {}",
  ],
  [
    "existing/main.ts",
    'throw new Error(`order ${c.req.param("id")} has no invoice`)',
    'return c.text("1 kr")',
  ],
  ["shop/main.ts", "const MENDED: boolean = false", "const MENDED: boolean = true"],
];

Deno.test(`${CASES.length} failures as tests: red while they live, green when they are mended, and honest about the rest`, async () => {
  using folder = tempFolder();
  for (const state of ["before", "after"]) writeApps(folder.at(state), state === "after");
  Deno.env.set("HOLDFAST_TEST_SHOP", "closed");
  const written = await writeTests(folder.path);
  Deno.env.delete("HOLDFAST_TEST_SHOP");
  for (const state of ["before", "after"]) {
    const imports = written.filter(({ name }) => name !== undefined)
      .map(({ app, file }) => `import "./${app}/tests/reproductions/${file}";\n`);
    Deno.writeTextFileSync(folder.at(state, "one_thread.ts"), ONE_THREAD);
    const all = ['import "./one_thread.ts";\n', ...imports].join("");
    Deno.writeTextFileSync(folder.at(state, "all_test.ts"), all);
  }
  const { output } = await runDeno(
    [
      ...["test", "--no-check", "--allow-all", "--parallel", "--config", `${ROOT}deno.json`],
      ...[
        `--junit-path=${folder.at("report.xml")}`,
        ...["before", "after"].map((state) => folder.at(state, "all_test.ts")),
      ],
    ],
    ROOT,
    { REPRODUCE_AUTHORIZATION: OWNER, REPRODUCE_COOKIE: COOKIE },
  );
  const reports = readReports(Deno.readTextFileSync(folder.at("report.xml")));
  const shown = written.map(({ title, name, why }) => [
    title,
    name === undefined ? `impossible: ${why}` : reports.before?.get(name),
    name === undefined ? undefined : reports.after?.get(name),
  ]);
  assertEquals(
    shown.map(([title, before, after]) => [title, before?.split(":")[0], after]),
    CASES.map(({ app, request: [path, { method = "GET" } = {}], outcome = "red" }) => [
      `${app} ${method} ${path}`,
      outcome,
      outcome === "impossible" ? undefined : "green",
    ]),
    output,
  );
});

/** Each in a folder of its own, as a checkout of its own would be. */
function writeApps(folder: string, isMended: boolean): void {
  const files: Record<string, string> = {
    "fail/modules/fail.ts": read("modules/fail.ts")
      .replace('"./module.ts"', '"@holdfast/holdfast"'),
    "fail/main.ts": `import { type Holdfast } from "@holdfast/holdfast";
import { Hono } from "hono";
import { fail } from "./modules/fail.ts";
export const app = (hf: Holdfast) => hf.envelopes(new Hono()).route("/", hf.modules([fail]));
`,
    "existing/main.ts": read("examples/existing-app/main.ts"),
    "shop/main.ts": read("tests/e2e/reproduced/shop.ts"),
  };
  for (const [path, text] of Object.entries(files)) {
    const source = MENDS.filter(([file]) => isMended && file === path)
      .reduce((source, [, before, after]) => {
        assert(source.includes(before), before);
        return source.replace(before, after);
      }, text);
    Deno.mkdirSync(`${folder}/${path}`.replace(/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, source);
  }
}

function read(path: string): string {
  return Deno.readTextFileSync(`${ROOT}${path}`);
}

interface Written {
  app: string;
  title: string;
  /** The test's; undefined where there is none. */
  name?: string;
  file: string;
  why?: string | undefined;
}

/** Lets all of it fail, and writes what reproduces it beside both states of the app. */
async function writeTests(folder: string): Promise<Written[]> {
  const written: Written[] = [];
  for (const app of ["fail", "existing", "shop"]) {
    const root = `file://${folder}/before/${app}/`;
    const { app: subject } = await import(`${root}main.ts`) as { app: AppBuilder };
    await using tested = await testApp(subject, { root, requestTimeoutMs: SHORT_MS });
    for (const { request: [path, init], before = 0, ...of } of CASES) {
      if (of.app !== app) continue;
      for (let visit = 0; visit < before; visit++) await (await tested.request(path)).text();
      const answer = await tested.request(path, init);
      await answer.text().catch(() => {});
      const receipt = answer.headers.get("x-error-id") ?? (await tested.errors()).at(-1)!.id;
      await tested.errors();
      const made = (await reproductionFor(tested.hf.store, receipt))!;
      const title = `${app} ${init?.method ?? "GET"} ${path}`;
      // The same request may fail twice: each test has a name of its own.
      const number = written.length;
      const [, name = ""] = /^ {2}name: "(.*)",$/m.exec(made.text) ?? [];
      const text = made.text.replace(/^ {2}name: "/m, `  name: "${number} `)
        .replace("testApp(app, {", `testApp(app, { requestTimeoutMs: ${SHORT_MS},`);
      const file = `${made.errorId}_test.ts`;
      for (const state of ["before", "after"]) {
        Deno.mkdirSync(`${folder}/${state}/${app}/tests/reproductions`, { recursive: true });
        Deno.writeTextFileSync(`${folder}/${state}/${app}/tests/reproductions/${file}`, text);
      }
      written.push({
        app,
        title,
        file,
        why: made.why,
        ...(made.kind !== "impossible" && { name: `${number} ${name}` }),
      });
    }
  }
  return written;
}

/** Fifty tests would start fifty workers. */
const ONE_THREAD = "delete (globalThis as { Worker?: unknown }).Worker;\n";
/** Of the requests that take too long. */
const SHORT_MS = 300;

/** Of JUnit's XML, by the file that was run: each test's name, and what came of it. */
function readReports(xml: string): Record<string, Map<string, string>> {
  const reports: Record<string, Map<string, string>> = {};
  for (
    const [, name = "", file = "", inner = ""] of xml.matchAll(
      /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g,
    )
  ) {
    const state = file.includes("before") ? "before" : "after";
    const thrown = /<failure message="Uncaught (?:\(in promise\) )?(\w+): ([^"]*)"/.exec(inner);
    const outcome = thrown === null ? "green" : thrown[1] === "Reproduced" ? "red" : thrown[1]!;
    (reports[state] ??= new Map()).set(name, thrown ? `${outcome}: ${thrown[2]}` : outcome);
  }
  return reports;
}
