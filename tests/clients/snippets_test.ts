/** The programs that the board's page Connect shows, run as they stand with the real clients: each reports its one failure. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { PLATFORMS } from "../../board/services/snippets.ts";
import { ROOT } from "../helpers/start_app.ts";
import { dsnOf } from "../../store/intake_key.ts";
import { type Client, installed, reasonToSkip, runClient } from "./clients.ts";
import { DENO, GO, JAVA, NODE, PYTHON, RUST } from "./shops.ts";
import { errorsOf, KEY, startTarget } from "./what_arrived.ts";

interface Run {
  client: Client;
  /** Runs a program that may be written into a file; `folder` has all that it needs. */
  command: (program: string, folder: string) => readonly string[];
  env?: Record<string, string>;
  /** What it ends with. */
  code?: number;
  /** Where the program is written to, in the client's folder. */
  file?: string;
}

const NOTHING: Client = { ...DENO, install: [] };
const PORT = String(freePort());

/** An app of Hono's waits for somebody who asks. */
const VISITOR = `
const answer = await fetch("http://127.0.0.1:${PORT}/");
await answer.text();
await Sentry.flush(2000);
process.exit(answer.status === 500 ? 0 : 1);
`;

/** Settings end with these lines; a view that fails, and somebody who asks for it. */
const DJANGO = `
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import path


def hello(request):
    raise RuntimeError("Hello from Django")


urlpatterns = [path("", hello)]
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="of-the-tests")
get_wsgi_application()
assert Client(raise_request_exception=False).get("/").status_code == 500
sentry_sdk.flush()
`;
const FLASK = `
assert app.test_client().get("/").status_code == 500
sentry_sdk.flush()
`;

const RUNS: Readonly<Record<string, Run>> = {
  deno: {
    client: DENO,
    file: "first.ts",
    command: (_, folder) => [
      ...["DENO", "run", "--no-lock", "--allow-net", "--allow-env", "--allow-read", "--allow-sys"],
      join(folder, "first.ts"),
    ],
  },
  node: { client: NODE, command: (program) => ["node", "--input-type=module", "-e", program] },
  hono: {
    client: NODE,
    command: (program) => ["node", "--input-type=module", "-e", program + VISITOR],
    env: { PORT },
  },
  python: { client: PYTHON, command: (program) => ["venv/bin/python", "-c", program], code: 1 },
  django: { client: PYTHON, command: (program) => ["venv/bin/python", "-c", program + DJANGO] },
  flask: { client: PYTHON, command: (program) => ["venv/bin/python", "-c", program + FLASK] },
  go: { client: GO, file: "snippet/main.go", command: () => ["go", "run", "./snippet"] },
  java: {
    client: JAVA,
    file: "First.java",
    command: () => ["java", "-cp", "target/dependency/*", "First.java"],
  },
  rust: {
    client: RUST,
    file: "examples/snippet.rs",
    command: () => ["cargo", "run", "--quiet", "--locked", "--example", "snippet"],
  },
  opentelemetry: {
    client: NOTHING,
    command: (program) => ["sh", "-c", program],
    env: { PATH: `${join(Deno.execPath(), "..")}:${Deno.env.get("PATH")}` },
  },
  curl: { client: { ...NOTHING, needs: ["curl"] }, command: (program) => ["sh", "-c", program] },
};

/** Runs in a browser: tests/browser/snippet_test.ts. */
const ELSEWHERE = ["browser"];

Deno.test("every platform that Connect offers is run by a test", () => {
  const run = [...Object.keys(RUNS), ...ELSEWHERE].sort();
  assertEquals(PLATFORMS.map(({ id }) => id).sort(), run);
});

for (const { id, title, text } of PLATFORMS.filter(({ id }) => !ELSEWHERE.includes(id))) {
  const { client, command, env = {}, code, file } = RUNS[id]!;
  const reason = reasonToSkip(client);
  Deno.test({
    name: `what Connect shows for ${title} reports as it stands${reason ? ` (${reason})` : ""}`,
    ignore: reason !== undefined,
    async fn() {
      await using target = await startTarget();
      const service = `the ${id}'s "own"`;
      const dsn = dsnOf({ base: target.url, key: KEY, service });
      const program = text({ dsn, key: KEY, base: target.url, service });
      const folder = await installed(client);
      if (file !== undefined) {
        Deno.mkdirSync(join(folder, file, ".."), { recursive: true });
        Deno.writeTextFileSync(join(folder, file), program);
      }
      await runClient(client, { command: command(program, folder), env, code });
      const [error] = await errorsOf(target, { service: encodeURIComponent(service), count: 1 });
      assertEquals([error!.message, error!.count], [`Hello from ${title}`, 1]);
      assertEquals(error!.record.svc_name, service);
    },
  });
}

Deno.test({
  name: "repeats that clients for JavaScript drop arrive with the lines of docs/reports.md",
  ignore: reasonToSkip(NODE) !== undefined,
  async fn() {
    const docs = Deno.readTextFileSync(join(ROOT, "docs/reports.md"));
    const [, init] = /### Counts that look too small[^]*?```js\n([^]*?)```/.exec(docs)!;
    await using target = await startTarget();
    for (
      const [service, start, count] of [
        ["dropping", "Sentry.init({ dsn: process.env.SENTRY_DSN });", 1],
        ["all", init, 3],
      ] as const
    ) {
      const program = `import * as Sentry from "@sentry/node";
        ${start}
        for (let i = 0; i < 3; i++) Sentry.captureException(new Error("again"));
        Sentry.captureException(new TypeError("the last"));
        await Sentry.flush(2000);`;
      const env = { SENTRY_DSN: dsnOf({ base: target.url, key: KEY, service }) };
      await runClient(NODE, { command: ["node", "--input-type=module", "-e", program], env });
      const errors = await errorsOf(target, { service, count: count + 1 });
      const counts = errors.map(({ message, count }) => [message, count] as const);
      assertEquals(Object.fromEntries(counts), { again: count, "the last": 1 });
    }
  },
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
