import { assert, assertEquals, assertMatch } from "@std/assert";
import { ENV_NAMES } from "../config.ts";
import { workerCommand } from "../workers/command.ts";
import { ROOT } from "./helpers/start_app.ts";
import { environmentWithoutOurs, GREETING, startArguments } from "./helpers/start_service.ts";
import { until } from "./helpers/until.ts";

/** Read by others than `config.ts`: colours by the runtime and by us, and what the PostgreSQL driver asks for. */
const OTHER_VARIABLES = [
  "NO_COLOR",
  ...["NODE_PG_FORCE_NATIVE", "PGAPPNAME", "PGBINARY", "PGCLIENT_ENCODING", "PGDATABASE", "PGHOST"],
  ...["PGOPTIONS", "PGPASSWORD", "PGPORT", "PGREPLICATION", "PGSSLMODE", "PGSSLNEGOTIATION"],
  ...["PGUSER", "USER"],
];

Deno.test("the start task may read exactly the variables that the configuration names", () => {
  const allowed = flags().get("--allow-env")?.split(",") ?? [];
  assertEquals(allowed.toSorted(), [...ENV_NAMES, ...OTHER_VARIABLES].toSorted());
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
