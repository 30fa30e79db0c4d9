import { assertEquals, assertMatch } from "@std/assert";
import { OPERATOR_TOKEN, ROOT } from "../helpers/start_app.ts";
import { environmentWithoutOurs, startArguments } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

/** What breaks in the runtime, while the start is at it. */
const BROKEN = {
  "before it serves": `Deno.addSignalListener = () => {
    throw new Error("broken on purpose");
  };`,
  "while it serves already": `const { serve } = Deno;
  Deno.serve = (...args) => Object.defineProperty(serve(...args), "addr", {
    get() { throw new Error("broken on purpose"); },
  });`,
};

for (const [when, preload] of Object.entries(BROKEN)) {
  Deno.test(`a start that fails unforeseen ${when} ends the process with 1 and says why: it does not serve on without an end`, async () => {
    using folder = tempFolder();
    Deno.writeTextFileSync(folder.at("break.js"), preload);
    const [run, ...options] = startArguments();
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [run!, `--preload=${folder.at("break.js")}`, ...options],
      cwd: ROOT,
      clearEnv: true,
      env: {
        ...environmentWithoutOurs(),
        OPERATOR_TOKEN,
        PORT: "0",
        STORE_URL: `sqlite:${folder.at("store.db")}`,
      },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    assertEquals(code, 1);
    assertMatch(
      new TextDecoder().decode(stderr),
      /^The service cannot go on: Error: broken on purpose\n {4}at /m,
    );
  });
}
