/**
 * The commands that the board's page Connect shows, typed as they stand into a shell in an empty folder. They install the newest
 * clients from their registries, so only `deno task test:clients` runs them.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { JAVA_CLIENT, type Platform, PLATFORMS } from "../../board/services/snippets.ts";
import { dsnOf } from "../../store/intake_key.ts";
import { ROOT } from "../helpers/start_app.ts";
import { environmentWithoutOurs, Running } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";
import { errorsOf, KEY, startTarget } from "./what_arrived.ts";

/** What a command on the page may begin with: all of them are said in docs or installed by a line before. */
const PROGRAM = /^(?:cargo|curl|deno|go|java|mvn|node|npm|pip|python3|sh|venv\/bin\/\w+) \S/;
/** They end with the exception that nobody catches. */
const FAILING = ["python"];
/** Rust's compiler takes its time. */
const MAX_COMMAND_MS = 10 * 60_000;

Deno.test("what Connect offers to copy as a command is a command, one a line", () => {
  const commands = PLATFORMS.flatMap(({ install = "", run = "", ask = "" }) =>
    [install, run, ask].flatMap((text) => text.split("\n")).filter(Boolean)
  );
  for (const command of commands) assertMatch(command, PROGRAM);
  for (const { run = "" } of PLATFORMS) assertEquals(run.split("\n").length, 1, run);
});

Deno.test("the Java client that Connect installs is the one that the tests run", () => {
  const pom = Deno.readTextFileSync(join(ROOT, "tests/clients/programs/java/pom.xml"));
  assertStringIncludes(
    pom.replace(/\s+/g, ""),
    `<artifactId>sentry</artifactId><version>${JAVA_CLIENT}</version>`,
  );
});

for (const platform of PLATFORMS.filter(({ run }) => run !== undefined)) {
  Deno.test({
    name: `what Connect says to type for ${platform.title} works in an empty folder`,
    ignore: Deno.env.get("TEST_CLIENTS") !== "all",
    fn: () => typed(platform),
  });
}

async function typed({ id, install, file, text, run, ask }: Platform): Promise<void> {
  await using target = await startTarget();
  using folder = tempFolder();
  const told = { key: KEY, base: target.url, service: "shop" };
  if (install !== undefined) {
    const installing = start(install, folder.path);
    assertEquals(await codeOf(installing), 0, installing.output);
  }
  Deno.mkdirSync(dirname(folder.at(file)), { recursive: true });
  Deno.writeTextFileSync(folder.at(file), text({ dsn: dsnOf(told), ...told }));
  const port = freePort();
  const env = { PORT: port, FLASK_RUN_PORT: port };
  const program = start(run!, folder.path, env);
  try {
    const code = FAILING.includes(id) ? 1 : 0;
    if (ask === undefined) assertEquals(await codeOf(program), code, program.output);
    else await until(() => isAnswered(ask, port, folder.path), { what: "the server answers" });
    const [error] = await errorsOf(target, { service: "shop", count: 1 });
    assertMatch(error!.message, /^Hello from /);
  } finally {
    if (!program.hasEnded) await program.insist("SIGKILL");
  }
}

/** A shell that somebody types into. */
function start(commands: string, cwd: string, env: Record<string, string> = {}): Running {
  const path = `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;
  return new Running(
    new Deno.Command("bash", {
      // A server's shell is the server, so that it ends with it.
      args: ["-e", "-c", commands.includes("\n") ? commands : `exec ${commands}`],
      cwd,
      clearEnv: true,
      env: { ...environmentWithoutOurs(), ...env, PATH: path },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
}

async function codeOf(running: Running): Promise<number> {
  const timer = setTimeout(() => running.kill("SIGKILL"), MAX_COMMAND_MS);
  const { code } = await running.ended;
  clearTimeout(timer);
  return code;
}

async function isAnswered(ask: string, port: string, cwd: string): Promise<boolean> {
  const answer = await start(ask.replace(/:\d+\//, `:${port}/`), cwd).ended;
  return answer.code === 0;
}

function freePort(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return String((listener.addr as Deno.NetAddr).port);
}
