/**
 * A real PostgreSQL server of a test's own.
 *
 * @module
 */
import { basename, join } from "node:path";
import pg from "pg";
import { copyPrograms } from "./postgres_programs.ts";
import { until } from "./until.ts";

/** PostgreSQL refuses to run as root; this user exists on every Unix, and owns nothing. */
const NOBODY = 65534;

/** Of every user of a test server: no message may hold it. */
export const PASSWORD = "correct-horse";

/**
 * What a test server needs besides the defaults: no waiting for the disk, room for eight processes, and
 * nobody else at work, for whom a live tail would wait.
 */
const SETTINGS = {
  autovacuum: "off",
  fsync: "off",
  full_page_writes: "off",
  listen_addresses: "127.0.0.1",
  max_connections: "60",
  unix_socket_directories: "",
};

/** A server in a folder of its own. */
export interface PostgresServer extends AsyncDisposable {
  /** The address of a new, empty database in it. */
  newDatabase(): Promise<string>;
  /** Removes a database, whoever is connected. */
  dropDatabase(url: string): Promise<void>;
  /** Runs statements as the superuser, in one of the databases. */
  run(sql: string, url?: string): Promise<Record<string, unknown>[]>;
  /** Shuts it down, as an operator would: `fast` ends the connections. Settles when it is down. */
  stop(): Promise<void>;
  /** Kills it. Settles when it is gone. */
  kill(): Promise<void>;
  /** Starts it again, with the same data on the same port. Settles when it answers. */
  start(): Promise<void>;
  /** Copies a file into its data folder, for its own eyes. */
  adopt(path: string): Promise<void>;
  /** Freezes all of its processes, or lets them go on. */
  freeze(isFrozen: boolean): void;
}

/** Starts a server. */
export async function startPostgres(
  settings: Record<string, string> = {},
): Promise<PostgresServer> {
  const folder = await Deno.makeTempDir({ prefix: "holdfast-postgres-" });
  const programs = join(folder, "native");
  const data = join(folder, "data");
  const port = freePort();
  copyPrograms(programs);
  await Deno.mkdir(data, { mode: 0o700 });
  await Deno.chmod(folder, 0o755);
  const identity = Deno.uid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (Deno.uid() === 0) await Deno.chown(data, NOBODY, NOBODY);
  await Deno.writeTextFile(join(folder, "password"), PASSWORD);
  await run(
    ...["initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--no-sync"],
    ...["-A", "scram-sha-256", `--pwfile=${join(folder, "password")}`],
  );

  let server: Deno.ChildProcess | undefined;
  let databases = 0;
  const address = (database: string) =>
    `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const self: PostgresServer = {
    async newDatabase() {
      const name = `test_${++databases}`;
      await self.run(`create database ${name}`);
      return address(name);
    },
    dropDatabase: (url) => drop(address("postgres"), url),
    run: (sql, url = address("postgres")) => runOnce(url, sql),
    stop: () => end("SIGINT"),
    kill: () => end("SIGKILL"),
    start,
    async adopt(path) {
      const copy = join(data, basename(path));
      await Deno.copyFile(path, copy);
      await Deno.chmod(copy, 0o600);
      if (Deno.uid() === 0) await Deno.chown(copy, NOBODY, NOBODY);
    },
    freeze(isFrozen) {
      const signal = isFrozen ? "SIGSTOP" : "SIGCONT";
      for (const pid of [server!.pid, ...childrenOf(server!.pid)]) Deno.kill(pid, signal);
    },
    async [Symbol.asyncDispose]() {
      if (server) await end("SIGQUIT");
      await Deno.remove(folder, { recursive: true });
    },
  };
  await start();
  return self;

  async function start(): Promise<void> {
    const options = Object.entries({ ...SETTINGS, ...settings, port })
      .flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    await until(async () => {
      // After a kill its last processes may still hold the shared memory: then it ends at once.
      server ??= command("postgres", "-D", data, ...options).spawn();
      const spawned = server;
      void spawned.status.then(() => {
        if (server === spawned) server = undefined;
      });
      return await self.run("select 1").then(() => true, () => false);
    }, { what: "PostgreSQL answers", withinMs: 30_000 });
  }

  async function end(signal: Deno.Signal): Promise<void> {
    const ending = server!;
    ending.kill(signal);
    await ending.status;
    server = undefined;
  }

  async function run(...[name = "", ...args]: string[]): Promise<void> {
    const { success, stderr } = await command(name, ...args).spawn().output();
    if (!success) throw new Error(`${name} failed: ${new TextDecoder().decode(stderr)}`);
  }

  function command(name: string, ...args: string[]): Deno.Command {
    return new Deno.Command(join(programs, "bin", name), {
      args,
      ...identity,
      cwd: folder,
      clearEnv: true,
      env: { LC_ALL: "C", LD_LIBRARY_PATH: join(programs, "lib") },
      stdin: "null",
      stdout: "null",
      stderr: name === "postgres" ? "null" : "piped",
    });
  }
}

/** What a test needs that does not break the server. */
export type AnyServer = Pick<
  PostgresServer,
  "newDatabase" | "dropDatabase" | "run" | typeof Symbol.asyncDispose
>;

/** The server that `TEST_POSTGRES_URL` names (its user may make databases), or one of our own. */
export async function anyPostgres(): Promise<AnyServer> {
  const given = Deno.env.get("TEST_POSTGRES_URL");
  if (given === undefined) return await startPostgres();
  return {
    async newDatabase() {
      const url = new URL(given);
      url.pathname = `/holdfast_test_${crypto.randomUUID().replaceAll("-", "")}`;
      await runOnce(given, `create database ${url.pathname.slice(1)} encoding 'UTF8'`);
      return url.href;
    },
    dropDatabase: (url) => drop(given, url),
    run: (sql, url = given) => runOnce(url, sql),
    async [Symbol.asyncDispose]() {},
  };
}

async function drop(admin: string, url: string): Promise<void> {
  await runOnce(admin, `drop database ${new URL(url).pathname.slice(1)} with (force)`);
}

async function runOnce(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // A server that goes away ends the connection twice: once here, once in the answer.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function childrenOf(pid: number): number[] {
  const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim();
  return text === "" ? [] : text.split(" ").map(Number);
}
