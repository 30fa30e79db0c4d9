import { assertEquals, assertMatch } from "@std/assert";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { taskArguments } from "../helpers/task.ts";

for (
  const name of [
    "start",
    "errors",
    "logs",
    "keys",
    "reproduce",
    "export",
    "backup",
    "migrate",
    "new",
    "seed",
  ]
) {
  Deno.test(`deno task ${name} --help says how it is used, and does nothing`, async () => {
    for (const flag of ["--help", "-h"]) {
      // Wrong for every one of them: nothing is read before the help.
      const variables = { PORT: "none", STORE_URL: "none" };
      const { code, stdout, output } = await runDeno(taskArguments(name, flag), ROOT, variables);
      assertMatch(stdout, new RegExp(`^deno task ${name}`));
      assertEquals(output, stdout);
      assertEquals(code, 0);
    }
  });
}
