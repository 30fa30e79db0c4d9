import { assertEquals } from "@std/assert";
import { FLAGS } from "../../bin/flags.mjs";
import { versionFaults } from "../../tools/release.ts";
import { VERSION } from "../../tools/project_files.ts";
import { ROOT } from "../helpers/start_app.ts";
import { taskArguments } from "../helpers/task.ts";

Deno.test("the version is the same wherever it stands; only the date of the release is to come", () => {
  const { version } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const changelog = Deno.readTextFileSync(`${ROOT}CHANGELOG.md`);
  const dated = changelog.replace(/^(## \S+), unreleased$/m, "$1, 2026-01-01");
  assertEquals(versionFaults({ package: version, project: VERSION, changelog: dated }), []);
});

Deno.test("a release says each place where its version is another, or its date is missing", () => {
  const changelog = "# Changelog\n\n## 0.2.0, unreleased\n";
  assertEquals(versionFaults({ package: "0.1.0", project: "0.0.9", changelog }), [
    "deno.json says version 0.1.0, CHANGELOG.md begins with 0.2.0",
    'CHANGELOG.md does not give 0.2.0 a date, but says "unreleased"',
    "tools/project_files.ts makes projects for version 0.0.9, not 0.1.0",
  ]);
});

Deno.test("the package's program gives each command what its task has", () => {
  for (const [name, flags] of Object.entries(FLAGS)) {
    // There is no task that makes a project out of a checkout.
    if (name === "init") continue;
    const task = taskArguments(name).filter((argument) => /^--(allow|v8-flags)/.test(argument));
    assertEquals(flags, task, name);
  }
});
