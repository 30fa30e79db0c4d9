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
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** All of its processes, by id. */
  readonly pids: readonly number[];
  /** The superuser's address of one of its databases. */
  address(database: string): string;
  /** The address of a new database in it: an empty one, or a copy of another to which nobody is connected. */
  newDatabase(like?: string): Promise<string>;
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
  /** Copies the data folder of a server that is stopped. */
  copyData(to: string): Promise<void>;
  /** Freezes all of its processes, or lets them go on. */
  freeze(isFrozen: boolean): void;
}

/** How a server is to be. */
export interface PostgresOptions {
  /** Settings that differ from the usual. */
  settings?: Record<string, string>;
  /** An empty folder for its tables; the write-ahead log stands elsewhere. Default: a folder of its own for both. */
  disk?: string;
  /** Makes it the standby of a server, which is stopped and started for that. */
  primary?: PostgresServer;
}

/** Starts a server. */
export async function startPostgres(
  { settings = {}, disk, primary }: PostgresOptions = {},
): Promise<PostgresServer> {
  const folder = await Deno.makeTempDir({ prefix: "holdfast-postgres-" });
  const programs = join(folder, "native");
  const data = disk ?? join(folder, "data");
  const wal = join(folder, "wal");
  const port = freePort();
  copyPrograms(programs);
  await Deno.chmod(folder, 0o755);
  const identity = Deno.uid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (primary) await copyPrimary(primary);
  else await makeData();

  let server: Deno.ChildProcess | undefined;
  let databases = 0;
  const self: PostgresServer = {
    port,
    get pids() {
      return [server!.pid, ...childrenOf(server!.pid)];
    },
    address,
    async newDatabase(like) {
      const name = `test_${++databases}`;
      await self.run(`create database ${name} ${template(like)}`);
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
    async copyData(to) {
      // With `-p` it stays the server's own.
      const args = ["-Rp", `${data}/.`, to];
      const { success } = await new Deno.Command("cp", { args }).output();
      if (!success) throw new Error(`Cannot copy ${data} to ${to}`);
    },
    freeze(isFrozen) {
      const signal = isFrozen ? "SIGSTOP" : "SIGCONT";
      for (const pid of self.pids) Deno.kill(pid, signal);
    },
    async [Symbol.asyncDispose]() {
      if (server) await end("SIGQUIT");
      await Deno.remove(folder, { recursive: true });
    },
  };
  await start();
  return self;

  function address(database: string): string {
    return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${database}`;
  }

  async function makeData(): Promise<void> {
    for (const path of disk === undefined ? [data] : [data, wal]) await makeFolder(path);
    await Deno.writeTextFile(join(folder, "password"), PASSWORD);
    await run(
      ...["initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--no-sync"],
      ...["-A", "scram-sha-256", `--pwfile=${join(folder, "password")}`],
      ...(disk === undefined ? [] : [`--waldir=${wal}`]),
    );
  }

  /** See https://www.postgresql.org/docs/current/warm-standby.html; `pg_basebackup` is not among the programs. */
  async function copyPrimary(primary: PostgresServer): Promise<void> {
    await makeFolder(data);
    await primary.stop();
    await primary.copyData(data);
    await primary.start();
    await Deno.writeTextFile(join(data, "standby.signal"), "");
    const { hostname, port, username, password } = new URL(primary.address(""));
    settings.primary_conninfo =
      `host=${hostname} port=${port} user=${username} password=${password}`;
  }

  async function makeFolder(path: string): Promise<void> {
    await Deno.mkdir(path, { mode: 0o700, recursive: true });
    if (Deno.uid() === 0) await Deno.chown(path, NOBODY, NOBODY);
  }

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
    }, { what: "PostgreSQL answers" });
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

/**
 * The server that `TEST_POSTGRES_URL` names (its user may make databases), or one of our own. Test files take turns on a
 * server that was given: a transaction of one would hold back the live tail of another.
 */
export async function anyPostgres(): Promise<AnyServer> {
  const given = Deno.env.get("TEST_POSTGRES_URL");
  if (given === undefined) return await startPostgres();
  const turn = new pg.Client({ connectionString: given });
  await turn.connect();
  // Until it ends, and through a pooler too: there a lock of the session would stay behind.
  await turn.query("begin; select pg_advisory_xact_lock(hashtext('tests of Holdfast'))");
  return {
    async newDatabase(like) {
      const url = new URL(given);
      url.pathname = `/holdfast_test_${crypto.randomUUID().replaceAll("-", "")}`;
      const sql = `create database ${url.pathname.slice(1)} encoding 'UTF8' ${template(like)}`;
      await runOnce(given, sql);
      return url.href;
    },
    dropDatabase: (url) => drop(given, url),
    run: (sql, url = given) => runOnce(url, sql),
    [Symbol.asyncDispose]: () => turn.end(),
  };
}

function template(url: string | undefined): string {
  return url === undefined ? "" : `template ${databaseOf(url)}`;
}

async function drop(admin: string, url: string): Promise<void> {
  await runOnce(admin, `drop database ${databaseOf(url)} with (force)`);
}

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1);
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
