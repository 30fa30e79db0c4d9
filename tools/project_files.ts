/** What a new project begins with. */

/** This package, as a project names it. */
export const PACKAGE = "@holdfast/holdfast";
/** Its version. */
export const VERSION = "0.1.0";
/** What it is tested with, and what a project starts with: two versions of Hono would have two types. */
export const TESTED = { deno: "2.9.6", hono: "4.13.19", valibot: "1.5.0" } as const;

/** Texts by path. Those that are run as they stand begin with `#!`. */
export function projectFiles(service: string): Readonly<Record<string, string>> {
  return {
    "deno.json": configuration(),
    "main.ts": main(service),
    "modules/registry.ts": REGISTRY,
    "modules/greetings.ts": GREETINGS,
    "tests/main_test.ts": mainTest(service),
    "tests/modules/greetings_test.ts": GREETINGS_TEST,
    "README.md": readme(service),
    "Dockerfile": DOCKERFILE,
    ".dockerignore": "/.env\n/.git/\n/coverage/\n/data/\n/tests/\n",
    ".gitignore": "/.env\n/coverage/\n/data/\n",
    ".ci/run": GATE,
  };
}

const MAY = "--allow-net --allow-read --allow-write --allow-sys=hostname --allow-env";

function configuration(): string {
  const config = {
    imports: {
      [PACKAGE]: `npm:${PACKAGE}@${VERSION}`,
      hono: `npm:hono@${TESTED.hono}`,
      valibot: `npm:valibot@${TESTED.valibot}`,
    },
    // Preserved, since the service's name decides where lines would break.
    fmt: { lineWidth: 100, proseWrap: "preserve" },
    test: { sanitizeOps: true, sanitizeResources: true },
    tasks: {
      start: `deno run --no-prompt ${MAY} main.ts`,
      dev: `deno run --no-prompt --watch ${MAY} main.ts`,
      test: "deno test --allow-all",
      new: `deno run --no-prompt --allow-read=. --allow-write=. ${PACKAGE}/cli new`,
      reproduce:
        `deno run --no-prompt --allow-net --allow-read --allow-env --allow-write=tests/reproductions --allow-run=deno ${PACKAGE}/cli reproduce`,
      ok: "deno fmt --check && deno lint && deno check && deno task test --no-check",
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function main(service: string): string {
  return `/**
 * The service: routes of its own, modules, the JSON API and the board.
 *
 * @module
 */
import { type Holdfast, holdfast } from "${PACKAGE}";
import { Hono } from "hono";
import { ownModules } from "./modules/registry.ts";

const SERVICE = ${JSON.stringify(service)};
const API_PATH = "/holdfast";

if (import.meta.main) {
  const hf = await holdfast({ service: SERVICE, apiPath: API_PATH });
  await hf.serve(app(hf));
}

/** Builds the app. A test builds one of its own: \`testApp(app)\`. */
export function app(hf: Holdfast): Hono {
  const hono = new Hono();
  // First: what runs before it is not recorded.
  hono.use(hf.middleware());
  hono.get("/", (c) => c.text(\`This is \${SERVICE}\\n\`));
  hono.get("/fail", () => {
    throw new Error("Failed on purpose: it is on the board now");
  });
  hono.route("/", hf.modules(ownModules));
  hono.route(API_PATH, hf.api());
  hono.route("/board", hf.board());
  return hono;
}
`;
}

const REGISTRY = `/**
 * The list of all modules. \`deno task new NAME\` adds to it.
 *
 * @module
 */
import { greetings } from "./greetings.ts";

/** What \`main.ts\` serves. */
export const ownModules = [
  greetings,
] as const;
`;

const GREETINGS = `/**
 * Greets people by name.
 *
 * @module
 */
import { defineModule, type Module, ValueError } from "${PACKAGE}";
import * as v from "valibot";

const input = v.object({
  name: v.pipe(v.string(), v.maxLength(80, "must be at most 80 characters")),
});

/** \`GET /greetings?name=…\`: \`{greeting}\`. */
export const greetings: Module = defineModule({
  name: "/greetings",
  summary: "Greet someone.",
  input,
  run({ name }, { log }) {
    if (name === "") throw new ValueError("name must not be empty", { param: "name" });
    log.info("greeted");
    return { greeting: \`Good day, \${name}\` };
  },
});
`;

function mainTest(service: string): string {
  return `import { deepStrictEqual as assertEquals } from "node:assert";
import { testApp } from "${PACKAGE}/testing";
import { app as shop } from "../main.ts";

Deno.test("GET / says who answers", async () => {
  await using app = await testApp(shop);
  const response = await app.request("/");
  assertEquals(response.status, 200);
  assertEquals(await response.text(), "This is ${service}\\n");
});

Deno.test("a failure is recorded, and the answer has its receipt", async () => {
  await using app = await testApp(shop);
  const response = await app.request("/fail");
  await response.body?.cancel();
  assertEquals(response.status, 500);
  const receipt = response.headers.get("x-error-id") ?? "";
  const [error] = await app.errors();
  assertEquals(error?.route, "/fail");
  assertEquals((await app.hf.store.error(receipt))?.id, error?.id);
});

Deno.test("the modules are served", async () => {
  await using app = await testApp(shop);
  const response = await app.request("/greetings?name=Ada");
  assertEquals((await response.json()).content, { greeting: "Good day, Ada" });
});
`;
}

const GREETINGS_TEST = `import { deepStrictEqual as assertEquals } from "node:assert";
import { testApp } from "${PACKAGE}/testing";
import { greetings } from "../../modules/greetings.ts";

Deno.test("GET /greetings greets by name", async () => {
  await using app = await testApp([greetings]);
  const response = await app.request("/greetings?name=Ada");
  assertEquals(response.status, 200);
  assertEquals((await response.json()).content, { greeting: "Good day, Ada" });
});

Deno.test("GET /greetings answers 422 when name is empty", async () => {
  await using app = await testApp([greetings]);
  const response = await app.request("/greetings?name=");
  assertEquals(response.status, 422);
  assertEquals((await response.json()).error_code, "name.invalid");
});
`;

function readme(service: string): string {
  return `# ${service}

\`\`\`sh
deno task dev        # serves at http://127.0.0.1:8000/, restarts after each save; prints a link to the board
deno task start      # the same without watching
deno task test       # the tests; each has a log and a store of its own, in memory
deno task new NAME   # a module, its test and its line in modules/registry.ts
deno task reproduce RECEIPT --url=http://127.0.0.1:8000/holdfast   # a failure as a test, and what it says now
deno task ok         # format, lint, types, tests: what a change must pass; .ci/run does it in CI
\`\`\`

Without Deno, but with Node: write \`npx --yes deno@${TESTED.deno}\` instead of \`deno\`.

## See how a failure is recorded

\`\`\`sh
curl -i http://127.0.0.1:8000/fail
\`\`\`

The answer has an \`X-Error-Id\`, the receipt of this failure: paste it into the board's search, or
reproduce it as above to get a test that fails while the error lives. Log and errors are in \`data/\`,
unless \`STORE_URL\` names another place, and survive a restart.

## Where things are

- \`main.ts\`: the app. Plain Hono routes and any Hono middleware go here.
- \`modules/\`: one file for each module; its input is checked before it runs.
- \`/board\`: errors and logs for people. \`/holdfast\`: the same for programs, and reports of other
  services. \`OPERATOR_TOKEN\` opens both; on your own machine the first start makes one.
  Coding agents ask at \`/holdfast/mcp\`. \`ALERT_URLS\` names who hears of errors.

## Deploy and upgrade

\`docker build -t ${service} .\`, then run it with \`OPERATOR_TOKEN\` set and a volume at \`/app/data\`.
To upgrade, change the version of \`${PACKAGE}\` in \`deno.json\`, then \`deno task ok\`.
`;
}

const DOCKERFILE = `FROM docker.io/denoland/deno:${TESTED.deno}
RUN mkdir -p /app/data && chown -R deno:deno /app
USER deno
WORKDIR /app
COPY --chown=deno:deno . .
# Fetches the packages, so that a start does not.
RUN deno install --entrypoint main.ts
VOLUME /app/data
ENV HOST=0.0.0.0
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \\
  CMD ["deno", "eval", "Deno.exit((await fetch(\`http://127.0.0.1:\${Deno.env.get('PORT') || 8000}/holdfast/healthz\`)).ok ? 0 : 1)"]
# The service is process 1 and hears SIGTERM itself.
ENTRYPOINT ["deno", "run", "--no-prompt", "--cached-only", "${
  MAY.split(" ").join('", "')
}", "main.ts"]
`;

const GATE = `#!/usr/bin/env bash
# What a change must pass.
set -euo pipefail
cd "$(dirname "$0")/.."
if command -v deno >/dev/null; then deno task ok; else npx --yes deno@${TESTED.deno} task ok; fi
`;
