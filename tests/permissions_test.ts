import { assert, assertEquals } from "@std/assert";
import { ENV_NAMES } from "../config.ts";
import { startArguments } from "./helpers/start_service.ts";

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

function flags(): Map<string, string | undefined> {
  const given = startArguments().filter((argument) => argument.startsWith("-"));
  return new Map(given.map((flag) => flag.split("=", 2) as [string, string | undefined]));
}
