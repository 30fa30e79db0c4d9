/**
 * The service as a hosting platform runs it: all permissions and no other flag, an address and a database from outside, and a
 * disk that promises nothing. What is copied here is said in `docs/deploy.md`; the platform itself is not.
 *
 * @module
 */
import { copyTree } from "./copy_tree.ts";
import { OPERATOR_TOKEN } from "./start_app.ts";
import {
  environmentWithoutOurs,
  Running,
  type Service,
  serviceOf,
  type Variables,
} from "./start_service.ts";

/** Older Denos are tried with it: `PLATFORM_DENO=/path/to/deno`. */
const DENO = Deno.env.get("PLATFORM_DENO") ?? Deno.execPath();
/** Root may write anywhere; without capabilities it is a user like others. */
const AS_ANY_USER = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"];
const READ_ONLY = 0o555;
const WRITABLE = 0o755;

/** What the platform's user did not set. */
export const DEPLOYMENT = "deployment-of-the-tests";

/** How an instance differs from the usual one. */
export interface InstanceOptions {
  /** Of the linked database. */
  databaseUrl: string;
  /** Whether the instance may write into its folder. */
  disk: "ephemeral" | "read-only";
  /** Whether the platform has Web Workers. Default true. */
  hasWorkers?: boolean;
  /** What the app's owner has set. */
  variables?: Variables;
}

/** The code of one release, in a folder that instances start in: one after the other, as none shares a disk. */
export interface Instances extends Disposable {
  /** All files below it, sorted. */
  files(): string[];
  /** Starts one, and waits until it says where it serves. */
  start(): Promise<Service>;
}

/** Lays the code out. */
export function instances(options: InstanceOptions): Instances {
  const folder = copyTree();
  if (options.disk === "read-only") setMode(folder.path, READ_ONLY);
  return {
    files: () => [...filesBelow(folder.path)].sort(),
    start: () =>
      serviceOf(spawn(folder.path, options), {
        storeUrl: options.databaseUrl,
        release() {},
      }),
    [Symbol.dispose]() {
      setMode(folder.path, WRITABLE);
      folder[Symbol.dispose]();
    },
  };
}

function spawn(cwd: string, { databaseUrl, hasWorkers = true, variables }: InstanceOptions) {
  const preload = hasWorkers ? [] : ["--preload", "tests/helpers/platform_without_workers.ts"];
  const [program = "", ...args] = [
    ...(Deno.uid() === 0 ? AS_ANY_USER : []),
    ...[DENO, "run", "--allow-all", ...preload, "main.ts"],
  ];
  return new Running(
    new Deno.Command(program, {
      args,
      cwd,
      clearEnv: true,
      env: {
        ...environmentWithoutOurs(),
        ...ofThePlatform(databaseUrl),
        OPERATOR_TOKEN,
        ...variables,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
}

/** https://docs.deno.com/deploy/reference/env_vars_and_contexts/ and …/databases/. HOST and PORT are ours, and not used there. */
function ofThePlatform(databaseUrl: string): Variables {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  return {
    DENO_DEPLOY: "true",
    DENO_DEPLOYMENT_ID: DEPLOYMENT,
    DENO_TIMELINE: "production",
    DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0",
    HOST: "192.0.2.1",
    PORT: "1",
    DATABASE_URL: databaseUrl,
    PGHOST: hostname,
    PGPORT: port,
    PGDATABASE: pathname.slice(1),
    PGUSER: username,
    PGPASSWORD: password,
    PGSSLMODE: "disable",
  };
}

function setMode(path: string, mode: number): void {
  Deno.chmodSync(path, mode);
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    if (isDirectory) setMode(`${path}/${name}`, mode);
  }
}

function* filesBelow(path: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    if (isDirectory) yield* filesBelow(`${path}/${name}`);
    else yield `${path}/${name}`;
  }
}
