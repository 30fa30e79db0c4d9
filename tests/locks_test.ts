import { assertEquals } from "@std/assert";
import { ROOT } from "./helpers/start_app.ts";

const NAMED_IN_DENO_JSON = [
  ...[
    "@bufbuild/protobuf",
    "@jridgewell/trace-mapping",
    "@tmcp/transport-http",
    "@valibot/to-json-schema",
    "deno-std",
    "fast-check",
    "hono",
    "nodemailer",
    "pg",
    "tmcp",
    "valibot",
    "yauzl",
  ],
];
const FOR_TESTS = [
  "@logtape/logtape",
  "@modelcontextprotocol/client",
  "@sparticuz/chromium",
  "acorn",
  "axe-core",
  "playwright-core",
  "smtp-server",
];

Deno.test("a start fetches no package of the tests: deno.lock names what deno.json does, and nothing else", () => {
  const { specifiers, npm } = readLock("deno.lock");
  const whole = readLock("tests/deno.lock");
  assertEquals(namesIn(specifiers), NAMED_IN_DENO_JSON);
  // Of Hono the tests have an older version, too.
  assertEquals(
    [...new Set(namesIn(whole.specifiers))],
    [...FOR_TESTS, ...NAMED_IN_DENO_JSON].sort(),
  );
  assertEquals(specifiers, partOf(whole.specifiers, specifiers));
  assertEquals(npm, partOf(whole.npm, npm));
});

Deno.test("in a fresh clone deno check finds nothing to add to the lock", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "."],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
});

Deno.test("what deno check leaves out is formatted, linted and tested all the same", () => {
  const config = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  for (const folder of config.exclude) {
    for (const tool of ["fmt", "lint", "test"]) {
      assertEquals(config[tool].exclude.includes(`!${folder}`), true, `${tool}: ${folder}`);
    }
  }
});

interface Lock {
  specifiers: Record<string, string>;
  npm: Record<string, unknown>;
}

function readLock(name: string): Lock {
  return JSON.parse(Deno.readTextFileSync(`${ROOT}${name}`));
}

/** `valibot` of `npm:valibot@1.5.0`; a scope's sign comes first. */
function namesIn(specifiers: Record<string, string>): string[] {
  const names = Object.keys(specifiers).map((specifier) => specifier.slice("npm:".length));
  return names.map((name) => name.slice(0, name.indexOf("@", 1))).sort();
}

/** What the whole says under the part's keys. */
function partOf(
  whole: Record<string, unknown>,
  part: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(Object.keys(part).map((key) => [key, whole[key]]));
}
