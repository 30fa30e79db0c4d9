/**
 * Real clients of other systems, unmodified: each is a small shop in `programs/`, which is told where to report, fails, and ends.
 * What arrived is asked of the real service.
 *
 * Clients of npm and PyPI run in the gate, where their runtime is there; `TEST_CLIENTS=all` (`deno task test:clients`) runs the
 * rest too, and fails where a toolchain is missing. Versions are pinned by the programs' own lock files. What a program needs is
 * installed once for each state of its folder, in the system's temporary folder.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../helpers/start_app.ts";
import { environmentWithoutOurs } from "../helpers/start_service.ts";

/** Some keep running for ever when an answer does not come. */
const MAX_RUN_MS = 120_000;
/** Rust's compiler takes its time. */
const MAX_INSTALL_MS = 15 * 60_000;
const IS_ALL = Deno.env.get("TEST_CLIENTS") === "all";

/** One program of one client. */
export interface Client {
  /** Its folder in `programs/`. */
  folder: string;
  /** Toolchains that must be there: `node`, `python3`. */
  needs: readonly string[];
  /** Commands that install what it needs, run in a copy of the folder; `DENO` stands for this runtime. */
  install: readonly (readonly string[])[];
  /** Installs in seconds: the gate runs it. */
  isQuick: boolean;
}

/** Why a client cannot run here; undefined where it can. */
export function reasonToSkip({ needs, isQuick }: Client): string | undefined {
  if (IS_ALL) return undefined;
  if (!isQuick) return "runs by deno task test:clients";
  const missing = needs.filter((program) => !isInstalled(program));
  return missing.length === 0 ? undefined : `${missing.join(" and ")} is not installed`;
}

function isInstalled(program: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => {
    try {
      return Deno.statSync(join(folder, program)).isFile;
    } catch {
      return false;
    }
  });
}

/**
 * Runs a command in the client's folder with `env`, until it ends, and gives back what it printed.
 *
 * @throws {Error} with all that it printed, when it fails or does not end.
 */
export async function runClient(
  client: Client,
  { command, env, code = 0 }: {
    command: readonly string[];
    env: Record<string, string>;
    /** What it ends with. */
    code?: number | undefined;
  },
): Promise<string> {
  const folder = await installed(client);
  return await run(command, { cwd: folder, env, code, withinMs: MAX_RUN_MS });
}

/** The folder with all that the client needs. Test files run side by side: only one may install. */
export async function installed({ folder, install }: Client): Promise<string> {
  const source = join(ROOT, "tests/clients/programs", folder);
  const target = join(tmpdir(), "holdfast-test-clients", `${folder}-${stateOf(source, install)}`);
  Deno.mkdirSync(target, { recursive: true });
  using lock = await Deno.open(`${target}.lock`, { create: true, write: true });
  await lock.lock(true);
  const mark = `${target}.installed`;
  if (isThere(mark)) return target;
  for (const path of filesIn(source)) {
    Deno.mkdirSync(join(target, path, ".."), { recursive: true });
    Deno.copyFileSync(join(source, path), join(target, path));
  }
  for (const command of install) {
    await run(command, { cwd: target, env: {}, withinMs: MAX_INSTALL_MS });
  }
  Deno.writeTextFileSync(mark, "");
  return target;
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function stateOf(folder: string, install: Client["install"]): string {
  const hash = createHash("sha256").update(JSON.stringify(install));
  for (const path of filesIn(folder)) {
    hash.update(path).update(Deno.readFileSync(join(folder, path)));
  }
  return hash.digest("hex").slice(0, 16);
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(join(folder, name)).map((path) => join(name, path)) : [name]
  ).sort();
}

async function run(
  [program, ...args]: readonly string[],
  { cwd, env, code: expected = 0, withinMs }: {
    cwd: string;
    env: Record<string, string>;
    code?: number;
    withinMs: number;
  },
): Promise<string> {
  const process = new Deno.Command(program === "DENO" ? Deno.execPath() : program!, {
    args,
    cwd,
    clearEnv: true,
    env: { ...environmentWithoutOurs(), ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => process.kill("SIGKILL"), withinMs);
  const { code, signal, stdout, stderr } = await process.output();
  clearTimeout(timer);
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (code === expected) return output;
  const command = [program, ...args].join(" ");
  throw new Error(`${command} in ${cwd} ended with ${signal ?? code}:\n${output}`);
}
