import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readConfig } from "../config.ts";
import { ownModules } from "./helpers/own_modules.ts";
import { ROOT } from "./helpers/start_app.ts";
import { startArguments } from "./helpers/start_service.ts";

/** Where nothing may be fetched at the start. */
const UNATTENDED = ["--frozen", "--cached-only"];

Deno.test("in the container and under systemd the service may do what the start task may, and fetches nothing", () => {
  for (
    const words of [entrypointOf(read("Dockerfile")), execStartOf(read("deploy/holdfast@.service"))]
  ) {
    assertMatch(words[0]!, /(^|\/)deno$/);
    assertMatch(words.at(-1)!, /\/main\.ts$/);
    const [noPrompt = "", ...others] = startArguments().slice(1, -1);
    assertEquals(words.slice(1, -1), ["run", noPrompt, ...UNATTENDED, ...others]);
  }
});

Deno.test("the image is made from the files that the service runs from, and from no other", async () => {
  const lines = read(".dockerignore").split("\n").filter((line) => line && !line.startsWith("#"));
  assertEquals(lines[0], "*");
  const kept = lines.slice(1).map((line) => line.replace(/^!/, ""));
  const needed = await ownModules(["main.ts", "logging/worker.ts", "tools/migrate.ts"]);
  const isKept = (path: string) =>
    kept.some((entry) => path === entry || (entry.endsWith("/") && path.startsWith(entry)));
  assertEquals([...needed, "deno.json", "deno.lock"].filter((path) => !isKept(path)), []);
  const isNeeded = (entry: string) => needed.some((path) => path.startsWith(entry));
  assertEquals(kept.filter((entry) => !entry.startsWith("deno.") && !isNeeded(entry)), []);
});

Deno.test("the image has the Deno that the project is tested with, a user that is not root, and a health check", () => {
  const dockerfile = read("Dockerfile");
  const [, version = "none"] = /^ARG DENO_VERSION=(\S+)$/m.exec(dockerfile) ?? [];
  assertStringIncludes(read(".ci/run"), `deno@${version} `);
  const [, uid] = /^USER (\d+):\d+$/m.exec(dockerfile) ?? [];
  assert(Number(uid) > 0);
  assertMatch(dockerfile, /^HEALTHCHECK [^]*\/healthz`/m);
});

Deno.test("systemd waits longer for the end than the service takes by itself", () => {
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(read("deploy/holdfast@.service")) ?? [];
  const { shutdownMs } = readConfig(new Map(), { isTerminal: false });
  assert(Number(seconds) * 1000 > 2 * shutdownMs);
});

function entrypointOf(dockerfile: string): string[] {
  const [, array = ""] = /^ENTRYPOINT (\[[^\]]*\])/m.exec(dockerfile) ?? [];
  return JSON.parse(array.replaceAll("\\\n", ""));
}

function execStartOf(unit: string): string[] {
  const [, command = ""] = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(unit) ?? [];
  return command.replaceAll("\\\n", " ").split(/\s+/);
}

function read(path: string): string {
  return Deno.readTextFileSync(`${ROOT}${path}`);
}
