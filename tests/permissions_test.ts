import { assert, assertEquals } from "@std/assert";
import { ROOT } from "./helpers/start_app.ts";
import { startArguments } from "./helpers/start_service.ts";

/** What runs somebody else's code, or asks for all permissions, and so never meets a prompt. */
const WITH_ALL = [
  "bench",
  "bench:board",
  "bench:intake",
  "bench:stores",
  "dev",
  "test",
  "test:clients",
  "test:faults",
];

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
  for (const name of ["start", "compile", "migrate", "export", "backup", "errors", "logs"]) {
    assert(tasks[name].split(" ").includes("--allow-env"), name);
  }
});

Deno.test("the start task gives no more permissions than the service needs", () => {
  const allowed = [...flags().keys()].filter((flag) => flag.startsWith("--allow"));
  assertEquals(allowed.toSorted(), [
    "--allow-env",
    "--allow-net",
    "--allow-read",
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

function flags(): Map<string, string | undefined> {
  const given = startArguments().filter((argument) => argument.startsWith("-"));
  return new Map(given.map((flag) => flag.split("=", 2) as [string, string | undefined]));
}
