import { assert, assertEquals, assertMatch } from "@std/assert";
import { workerCommand } from "../workers/command.ts";
import { ROOT } from "./helpers/start_app.ts";
import { environmentWithoutOurs, GREETING, startArguments } from "./helpers/start_service.ts";
import { until } from "./helpers/until.ts";

/** What runs somebody else's code, or asks for all permissions, and so never meets a prompt. */
const WITH_ALL = ["bench", "bench:board", "bench:stores", "dev", "test", "test:faults"];

Deno.test("no task stops to ask for a permission: it has what it needs, or fails with a sentence", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  for (const [name, command] of Object.entries(tasks as Record<string, string>)) {
    for (const part of command.split(" && ")) {
      if (!/^deno (run|compile) /.test(part)) continue;
      const words = part.split(" ");
      const expected = WITH_ALL.includes(name) ? "--allow-all" : "--no-prompt";
      assert(words.includes(expected), `${name}: ${part}`);
    }
  }
});

Deno.test("the service and the tools may read every variable: a driver that asks for one more stops nobody", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  for (const name of ["start", "compile", "migrate", "errors", "logs"]) {
    assert(tasks[name].split(" ").includes("--allow-env"), name);
  }
});

Deno.test("the start task gives no more permissions than the service needs", () => {
  const allowed = [...flags().keys()].filter((flag) => flag.startsWith("--allow"));
  assertEquals(allowed.toSorted(), [
    "--allow-env",
    "--allow-net",
    "--allow-read",
    // For the supervisor of `--workers N`; whoever answers requests gives it back first.
    "--allow-run",
    "--allow-sys",
    "--allow-write",
  ]);
  assertEquals(flags().get("--allow-sys"), "hostname");
});

Deno.test("no task that serves runs with all permissions or with features that may change", () => {
  for (const flag of flags().keys()) {
    assert(!["-A", "--allow-all", "--allow-ffi"].includes(flag), flag);
    assert(!flag.startsWith("--unstable"), flag);
  }
});

Deno.test("a process that answers requests gives up the right to start programs", async () => {
  const [run, ...options] = startArguments();
  const preload = `--preload=${ROOT}tests/helpers/tell_permission.ts`;
  const process = new Deno.Command(Deno.execPath(), {
    args: [run!, preload, ...options],
    cwd: ROOT,
    clearEnv: true,
    env: { ...environmentWithoutOurs(), PORT: "0", STORE_URL: "memory:", LOG_SPILL: "off" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let output = "";
  const reading = (async () => {
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) output += text;
  })();
  await until(() => GREETING.test(output), { what: "it serves" });
  process.kill("SIGTERM");
  await Promise.all([process.status, reading]);
  // Neither granted nor denied: whoever needs it would have to ask.
  assertMatch(output, /^run permission: prompt$/m);
});

Deno.test("a worker gets the permissions of the start task, but may start no programs", () => {
  const options = workerCommand(ROOT, { worker: 1, socket: "/tmp/x/socket" }).slice(1, -2);
  const expected = startArguments().slice(1, -1).filter((option) => option !== "--allow-run");
  assertEquals(options, ["--unstable-net", ...expected]);
});

function flags(): Map<string, string | undefined> {
  const given = startArguments().filter((argument) => argument.startsWith("-"));
  return new Map(given.map((flag) => flag.split("=", 2) as [string, string | undefined]));
}
