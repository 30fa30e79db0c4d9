/** `deno task release`: checks all that a release must have, and makes the file for npm's registry. It publishes nothing. */
import { helpOnDemand } from "./help.ts";
import { pack, run } from "./pack.ts";
import { VERSION as PROJECT_VERSION } from "./project_files.ts";

const USAGE =
  "deno task release: checks version, changelog, gate and package, and makes dist/*.tgz; publishes nothing";
const FOLDER = "dist";
/** The bound of the package. The browser of a registry shows it, and `npx` waits for it. */
export const MAX_PACKAGE_BYTES = 1_000_000;

if (import.meta.main) await main();

async function main(): Promise<void> {
  helpOnDemand(USAGE, Deno.args);
  try {
    for await (const line of release()) console.log(line);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}

/** @throws {Error} that says what is missing. */
async function* release(): AsyncGenerator<string> {
  const { version } = JSON.parse(Deno.readTextFileSync("deno.json"));
  const changes = await run("git", { args: ["status", "--porcelain"], cwd: "." });
  if (changes !== "") throw new Error(`These changes are in no commit:\n${changes}`);
  const faults = versionFaults({
    package: version,
    project: PROJECT_VERSION,
    changelog: Deno.readTextFileSync("CHANGELOG.md"),
  });
  if (faults.length > 0) throw new Error(faults.join("\n"));
  yield `Version ${version}. Now the gate, which takes minutes`;
  await run(Deno.execPath(), { args: ["task", "ok"], cwd: "." });
  yield "The gate passes";
  await run(Deno.execPath(), { args: ["publish", "--dry-run"], cwd: "." });
  yield "JSR would take it";
  Deno.mkdirSync(FOLDER, { recursive: true });
  const file = await pack({ to: FOLDER });
  const { size } = Deno.statSync(file);
  if (size > MAX_PACKAGE_BYTES) {
    throw new Error(`${file} has ${size} bytes, more than ${MAX_PACKAGE_BYTES}`);
  }
  yield `Made ${file}, ${size} bytes. Now:`;
  yield `  git tag v${version} && git push --tags`;
  yield `  npm publish --access=public ${file}`;
  yield "  deno publish";
}

/** What is wrong with them, a sentence each. The changelog's first heading is `## 0.1.0, 2026-11-27`. */
export function versionFaults(
  { package: version, project, changelog }: Record<"package" | "project" | "changelog", string>,
): string[] {
  const [, newest, date] = /^## (\S+), (.+)$/m.exec(changelog) ?? [];
  const faults: string[] = [];
  if (newest !== version) {
    faults.push(`deno.json says version ${version}, CHANGELOG.md begins with ${newest}`);
  }
  if (!/^\d{4}-\d\d-\d\d$/.test(date ?? "")) {
    faults.push(`CHANGELOG.md does not give ${newest} a date, but says ${JSON.stringify(date)}`);
  }
  if (project !== version) {
    faults.push(`tools/project_files.ts makes projects for version ${project}, not ${version}`);
  }
  return faults;
}
