/** Makes the file that goes to npm's registry: what `deno pack` gives, with the program and exact versions. */
import { basename } from "node:path";

/** Where npm finds the program; `deno pack` knows no such thing. */
const BIN = { holdfast: "bin/holdfast.mjs" };
/** Not of our own: an app's Hono is to be ours as well, for two copies have types that do not fit each other. */
const PEERS: Readonly<Record<string, string>> = { hono: "^4.13.0" };

export interface PackOptions {
  /** The folder that the file is made in. */
  to: string;
  /** The checkout. Default: the folder one is in. */
  root?: string;
  /** In place of the version in `deno.json`. */
  version?: string;
}

/**
 * Packs the checkout. Gives the file's path: `holdfast-holdfast-0.1.0.tgz`, as npm names it.
 *
 * @throws {Error} with all that was printed, when a step fails.
 */
export async function pack({ to, root = ".", version }: PackOptions): Promise<string> {
  const folder = Deno.makeTempDirSync();
  try {
    const packed = `${folder}/packed.tgz`;
    await run(Deno.execPath(), {
      args: [
        ...["pack", "--quiet", "--allow-dirty", "--no-source-maps", `--output=${packed}`],
        ...(version === undefined ? [] : [`--set-version=${version}`]),
      ],
      cwd: root,
    });
    await run("tar", { args: ["-xzf", packed], cwd: folder });
    finish(`${folder}/package/package.json`, importsOf(root));
    // npm's own way to pack: what npm would not publish fails here.
    const names = await run("npm", {
      args: ["pack", "--silent", `--pack-destination=${Deno.realPathSync(to)}`],
      cwd: `${folder}/package`,
    });
    return `${to}/${basename(names.trim())}`;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function importsOf(root: string): Record<string, string> {
  return JSON.parse(Deno.readTextFileSync(`${root}/deno.json`)).imports;
}

/** `deno pack` allows any later version of a dependency; what was tested is one. */
function finish(path: string, imports: Record<string, string>): void {
  const description = JSON.parse(Deno.readTextFileSync(path));
  const own = Object.keys(description.dependencies).filter((name) => !Object.hasOwn(PEERS, name));
  const dependencies = own.map((name) => {
    const version = imports[name]?.slice(`npm:${name}@`.length);
    if (version === undefined) throw new Error(`deno.json does not name ${name}`);
    return [name, version];
  });
  const finished = {
    ...description,
    bin: BIN,
    dependencies: Object.fromEntries(dependencies),
    peerDependencies: PEERS,
  };
  Deno.writeTextFileSync(path, `${JSON.stringify(finished, null, 2)}\n`);
}

/** Runs a program to its end and gives what it printed. @throws {Error} with all of it, when it fails. */
export async function run(
  program: string,
  { args, cwd }: { args: string[]; cwd: string },
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    stdin: "null",
  }).output();
  const [printed, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (success) return printed!;
  throw new Error(`${basename(program)} ${args.join(" ")} failed:\n${printed}${complained}`);
}
