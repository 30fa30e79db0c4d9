import { VERSION } from "../../store/schema/schema.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { PASSWORD, startPostgres } from "../helpers/postgres_server.ts";
import { type Ran, runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const { deploy, tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
const missing = fetchPrograms();

Deno.test("a hosting platform finds in deno.json how to install, migrate and start, and no feature that may change", () => {
  assertEquals(Object.keys(deploy), ["install", "predeploy", "runtime"]);
  assertEquals(deploy.install, "deno install");
  assertEquals(deploy.runtime.type, "dynamic");
  assertStringIncludes(Deno.readTextFileSync(`${ROOT}${deploy.runtime.entrypoint}`), "hf.serve");
  assertEquals(JSON.stringify({ deploy, tasks }).match(/unstable/g), null);
});

Deno.test("before a deployment the SQLite file is made, and the next time left as it is", async () => {
  using folder = tempFolder();
  const STORE_URL = `sqlite:${folder.at("new", "holdfast.db")}`;
  assertDone(await predeploy({ STORE_URL }));
  const before = schemaOf(folder.at("new", "holdfast.db"));
  assertDone(await predeploy({ STORE_URL }));
  assertEquals(schemaOf(folder.at("new", "holdfast.db")), before);
});

Deno.test({
  name: "before a deployment the linked database gets its tables, from several at once and again",
  ignore: missing !== undefined,
  fn: async () => {
    await using server = await startPostgres();
    const DATABASE_URL = await server.newDatabase();
    const all = await Promise.all([1, 2, 3].map(() => predeploy({ DATABASE_URL })));
    for (const ran of [...all, await predeploy({ DATABASE_URL })]) assertDone(ran);
    const versions = await server.run("select version from holdfast.versions", DATABASE_URL);
    assertEquals(versions, [{ version: VERSION }]);
  },
});

Deno.test("a deployment ends with exit code 1 and one sentence where the database cannot be reached", async () => {
  const ran = await predeploy({ DATABASE_URL: `postgres://me:${PASSWORD}@127.0.0.1:1/none` });
  assertEquals(ran.code, 1);
  const [sentence, ...more] = withoutTask(ran);
  assertMatch(
    sentence!,
    /^The store at postgres:\/\/127\.0\.0\.1:1\/none cannot be used just now: /,
  );
  assertEquals([more, ran.output.includes(PASSWORD)], [[], false]);
});

Deno.test("a deployment ends with exit code 1 where a variable of the service is wrong", async () => {
  const ran = await predeploy({
    STORE_URL: "memory:",
    DENO_DEPLOY: "true",
    OPERATOR_TOKEN: "short",
  });
  assertEquals(ran.code, 1);
  assertMatch(ran.output, /OPERATOR_TOKEN must be a token of at least 16/);
});

/** What the platform runs, with nothing set but these. */
function predeploy(variables: Record<string, string>): Promise<Ran> {
  const [program, ...args] = deploy.predeploy.split(" ");
  assertEquals(program, "deno");
  return runDeno(args, ROOT, { STORE_URL: "", DATABASE_URL: "", ...variables });
}

function assertDone(ran: Ran): void {
  assertEquals([ran.code, withoutTask(ran)], [0, ["The store is up to date"]], ran.output);
}

/** `deno task` says first what it runs. */
function withoutTask({ output }: Ran): string[] {
  return output.trim().split("\n").filter((line) => !line.startsWith("Task migrate"));
}

function schemaOf(path: string): unknown {
  using db = new DatabaseSync(path, { readOnly: true });
  return db.prepare(
    "select sql from sqlite_schema union all select user_version from pragma_user_version",
  ).all();
}
