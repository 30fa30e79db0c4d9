import { assertEquals } from "@std/assert";
import { ROOT } from "./helpers/start_app.ts";

const SERVICE_PACKAGES = ["@valibot/to-json-schema", "hono", "pg", "valibot"];

Deno.test("the lock of the start names what the service runs on, and nothing that only tests need", () => {
  const { specifiers, npm } = readLock("start.lock");
  const whole = readLock("deno.lock");
  const names = Object.keys(specifiers).map((specifier) => nameOf(specifier.slice("npm:".length)));
  assertEquals(names.sort(), SERVICE_PACKAGES);
  assertEquals(specifiers, partOf(whole.specifiers, specifiers));
  assertEquals(npm, partOf(whole.npm, npm));
});

interface Lock {
  specifiers: Record<string, string>;
  npm: Record<string, unknown>;
}

function readLock(name: string): Lock {
  return JSON.parse(Deno.readTextFileSync(`${ROOT}${name}`));
}

/** `valibot` of `valibot@1.5.0`; a scope's sign comes first, peers behind an underscore. */
function nameOf(id: string): string {
  return id.slice(0, id.indexOf("@", 1));
}

/** What the whole says under the part's keys. */
function partOf(
  whole: Record<string, unknown>,
  part: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(Object.keys(part).map((key) => [key, whole[key]]));
}
