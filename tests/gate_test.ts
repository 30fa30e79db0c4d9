import { assertEquals } from "@std/assert";
import { ROOT } from "./helpers/start_app.ts";
import { tempFolder } from "./helpers/temp_folder.ts";

Deno.test("the gate runs every test once: with coverage, or in the run that the first leaves out", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const runs = tasks.ok.split(" && ").filter((part: string) => part.startsWith("deno task test "));
  const [covered = [], others = []] = runs.map((run: string) => run.split(" ").slice(3));
  assertEquals(runs.length, 2);
  const left = covered.find((word: string) => word.startsWith("--ignore="));
  assertEquals(
    left.slice("--ignore=".length).split(","),
    others.filter((word: string) => !word.startsWith("--")),
  );
  assertEquals(covered.filter((word: string) => !word.startsWith("--")), []);
});

Deno.test("CI's last line adds up all runs of tests, and its exit code is the gate's", async () => {
  const both = `ok | 12 passed (3 steps) | 0 failed (1m3s)
a test says: 5 passed, 7 failed
FAILED | 30 passed | 2 failed | 1 ignored (9s)`;
  assertEquals(await ranWith(both, 1), { code: 1, last: "42 passed, 2 failed" });
  assertEquals(await ranWith("ok | 7 passed | 0 failed (1s)", 0), {
    code: 0,
    last: "7 passed, 0 failed",
  });
  assertEquals(await ranWith("error: Found 1 not formatted file", 3), {
    code: 3,
    last: "0 passed, 0 failed",
  });
});

/** What `.ci/run` makes of a gate that prints this and ends so. */
async function ranWith(output: string, exitCode: number): Promise<{ code: number; last?: string }> {
  using folder = tempFolder();
  const gate = folder.at("npx");
  Deno.writeTextFileSync(gate, `#!/bin/sh\ncat <<'end'\n${output}\nend\nexit ${exitCode}\n`);
  Deno.chmodSync(gate, 0o755);
  const { code, stdout } = await new Deno.Command(`${ROOT}.ci/run`, {
    env: { PATH: `${folder.path}:${Deno.env.get("PATH")}` },
  }).output();
  return { code, last: new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1) };
}
