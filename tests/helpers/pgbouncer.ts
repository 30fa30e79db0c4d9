/**
 * PgBouncer, where the machine has it: it is in no package that Deno could fetch.
 *
 * @module
 */
import { PASSWORD, type PostgresServer } from "./postgres_server.ts";
import { tempFolder } from "./temp_folder.ts";
import { until } from "./until.ts";

const MAX_CLIENTS = 5_000;

/** One that runs. */
export interface PgBouncer extends AsyncDisposable {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
}

/** Starts it in transaction mode, for the superuser alone. See https://www.pgbouncer.org/config.html. */
export async function startPgBouncer(
  server: PostgresServer,
  { serverConnections }: { serverConnections: number },
): Promise<PgBouncer> {
  const folder = tempFolder();
  Deno.chmodSync(folder.path, 0o755);
  const { port } = freeAddress();
  Deno.writeTextFileSync(folder.at("users.txt"), `"postgres" "${PASSWORD}"\n`);
  Deno.writeTextFileSync(
    folder.at("pgbouncer.ini"),
    `[databases]
    * = host=127.0.0.1 port=${server.port}
    [pgbouncer]
    listen_addr = 127.0.0.1
    listen_port = ${port}
    unix_socket_dir =
    auth_type = scram-sha-256
    auth_file = ${folder.at("users.txt")}
    pool_mode = transaction
    default_pool_size = ${serverConnections}
    max_client_conn = ${MAX_CLIENTS}`.replaceAll(/^ +/gm, ""),
  );
  const process = new Deno.Command("pgbouncer", {
    args: ["-q", folder.at("pgbouncer.ini")],
    // It refuses to run as root.
    ...(Deno.uid() === 0 && { uid: 65534, gid: 65534 }),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until(() => Deno.connect({ port }).then((it) => it.close() ?? true, () => false), {
    what: "PgBouncer listens",
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await process.status;
      folder[Symbol.dispose]();
    },
  };
}

function freeAddress(): Deno.NetAddr {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr;
}

/** Why there is none; undefined where there is. */
export function withoutPgBouncer(): string | undefined {
  try {
    new Deno.Command("pgbouncer", { args: ["--version"], stdout: "null" }).outputSync();
  } catch {
    return "there is no pgbouncer on the PATH";
  }
}
