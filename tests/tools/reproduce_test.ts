import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runDeno } from "../helpers/run_deno.ts";
import {
  INTAKE_KEY,
  jsonBody,
  OPERATOR_TOKEN,
  ROOT,
  startApp,
  type TestApp,
  withToken,
} from "../helpers/start_app.ts";
import { taskArguments } from "../helpers/task.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const MAIN = `import { type Holdfast } from "@holdfast/holdfast";
import { Hono } from "hono";
import { fail } from "./modules/fail.ts";

const createApp = (hf: Holdfast) => hf.envelopes(new Hono()).route("/", hf.modules([fail]));
export { createApp as app };
`;

Deno.test("deno task reproduce: red while the error lives, green when it is mended, and a word where it is neither", async (t) => {
  await using app = await startApp();
  await using server = serve(app);
  using checkout = tempFolder();
  Deno.mkdirSync(checkout.at("modules"));
  const source = Deno.readTextFileSync(`${ROOT}modules/fail.ts`)
    .replace('"./module.ts"', '"@holdfast/holdfast"');
  Deno.writeTextFileSync(checkout.at("modules/fail.ts"), source);
  Deno.writeTextFileSync(checkout.at("main.ts"), MAIN);
  Deno.writeTextFileSync(checkout.at("deno.json"), configuration());
  const run = (...args: string[]) => reproduce(checkout.path, { url: server.url, args });
  const receipt = (await (await app.request("/fail?how=throw")).json()).error_id;
  const file = checkout.at(`tests/reproductions/${receipt}_test.ts`);

  await t.step("red: exit code 1, after a warning", async () => {
    const { code, stdout, output } = await run(receipt);
    assertEquals([code, lastLine(stdout)], [1, "reproduced: red"], output);
    assertStringIncludes(output, `Wrote tests/reproductions/${receipt}_test.ts\n`);
    assertMatch(
      output,
      /^GET \/fail is sent to the app in main\.ts now\. Side effects are real: /m,
    );
    assertEquals(Array.from(Deno.readDirSync(checkout.at("tests/reproductions"))).length, 1);
  });

  await t.step(
    "green when it is mended: exit code 0; a file that a person changed stays",
    async () => {
      Deno.writeTextFileSync(
        checkout.at("modules/fail.ts"),
        source.replace("ways[how](signal)", '(ways[how], signal, "mended")'),
      );
      Deno.writeTextFileSync(file, `${Deno.readTextFileSync(file)}// mine\n`);
      const { id } = (await app.logging.store.error(receipt))!;
      const { code, stdout, output } = await run(id);
      assertEquals(code, 0, output);
      assertMatch(lastLine(stdout), /^not reproduced: green\. State outside .* is not recorded$/);
      assertStringIncludes(output, `_test.ts was changed since it was written`);
      assert(Deno.readTextFileSync(file).endsWith("// mine\n"));
      const again = await run(receipt, "--force", "--no-run", "--json");
      assertEquals(JSON.parse(again.stdout), {
        result: "written",
        says: `tests/reproductions/${receipt}_test.ts`,
        error_id: receipt,
        kind: "app",
        file: `tests/reproductions/${receipt}_test.ts`,
      });
      assert(!Deno.readTextFileSync(file).includes("// mine"));
    },
  );

  await t.step("another failure in its way is not it: exit code 125", async () => {
    Deno.writeTextFileSync(
      checkout.at("modules/fail.ts"),
      source.replace("ways[how](signal)", "(ways[how], signal, [].at(7)!.toString())"),
    );
    const { code, stdout, output } = await run(receipt);
    assertEquals(code, 125, output);
    assertEquals(lastLine(stdout), "not known: another failure stands in the way");
  });

  await t.step("what cannot be built says why: exit code 125", async () => {
    const cut = await report(app, { method: "POST", path: "/a", input_json: "x".repeat(100_000) });
    const elsewhere = await report(app, { method: "GET", path: "/a" });
    const job = await report(app, {});
    for (
      const [id, says] of [
        [cut, "cannot be built: the body was cut"],
        [elsewhere, "not known: another service has reported it; --against=URL names its address"],
        [job, /^cannot be built: it did not happen in a request .* says what is missing$/],
        [crypto.randomUUID(), /^Nothing is kept of "/],
      ] as const
    ) {
      const { code, output } = await run(id);
      const line = lastLine(output.replace(/^Wrote .*\n/m, ""));
      assertEquals(code, 125, output);
      if (typeof says === "string") assertEquals(line, says);
      else assertMatch(line, says);
    }
    assertEquals((await run()).code, 2);
    // The skeletons are valid files: they are skipped until a person writes them.
    const { code, output } = await runDeno(
      ["test", "--no-check", checkout.at("tests/reproductions", `${job}_test.ts`)],
      checkout.path,
    );
    assertEquals(code, 0, output);
    assertStringIncludes(output, "1 ignored");
  });

  await t.step("a failure of another service is asked for where a person says", async () => {
    const id = await report(app, { method: "GET", path: "/fail?how=string" });
    const { code, stdout, output } = await run(id, `--against=${server.url}`);
    assertEquals([code, lastLine(stdout)], [1, "reproduced: red"], output);
    const fine = await report(app, { method: "GET", path: "/healthz" });
    assertEquals((await run(fine, `--against=${server.url}/`)).code, 0);
  });

  await t.step("a checkout without an app says what to export", async () => {
    Deno.writeTextFileSync(checkout.at("main.ts"), "export const application = 1;\n");
    const none = await run(receipt);
    assertEquals(none.code, 125);
    assertMatch(none.output, /^main\.ts exports no app\. Let it export what testApp\(\) takes/m);
    const away = await run(receipt, "--main=src/server.ts");
    assertMatch(away.output, /^There is no src\/server\.ts here/m);
  });
});

/** Of a project that depends on this package, as it stands here. */
function configuration(): string {
  const { imports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const own = {
    "@holdfast/holdfast": `${ROOT}holdfast.ts`,
    "@holdfast/holdfast/testing": `${ROOT}testing.ts`,
  };
  return JSON.stringify({ imports: { ...imports, ...own }, lock: false });
}

async function report(app: TestApp, parts: Record<string, unknown>): Promise<string> {
  const body = { svc_name: "till", error: { type: "Ant", message: "no price" }, ...parts };
  const answer = await app.request("/errors", withToken(INTAKE_KEY, jsonBody(body)));
  const { content: { ids } } = await answer.json();
  await app.logging.flush({ deadlineMs: 5_000 });
  return ids[0];
}

async function reproduce(cwd: string, { url, args }: { url: string; args: string[] }) {
  const task = taskArguments("reproduce", ...args)
    .map((word) => word === "tools/reproduce.ts" ? `${ROOT}${word}` : word);
  return await runDeno(task, cwd, { HOLDFAST_URL: url, OPERATOR_TOKEN });
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)!;
}

/** On a real port: the tool asks over the network. */
function serve(app: TestApp): AsyncDisposable & { url: string } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
