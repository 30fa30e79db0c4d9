/**
 * The npm packages of the compared servers: installed on demand into `bench/node`, apart from the service's own.
 *
 * @module
 */
const FOLDER = new URL("./node/", import.meta.url);

/** Autocannon's program, for Node. */
export const AUTOCANNON: string =
  new URL("./node_modules/autocannon/autocannon.js", FOLDER).pathname;

/** Installs what the lock file says, unless it is there. @throws {Error} when npm fails. */
export async function installPackages(): Promise<void> {
  if (isInstalled()) return;
  console.error("Installing the compared servers into bench/node (npm ci)");
  const { success } = await new Deno.Command("npm", {
    args: ["ci", "--no-audit", "--no-fund", "--ignore-scripts"],
    cwd: FOLDER,
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot install the compared servers: npm ci failed in bench/node");
}

/** Name and version of each package. */
export function packageVersions(): string {
  const { dependencies } = JSON.parse(Deno.readTextFileSync(new URL("./package.json", FOLDER)));
  return Object.entries(dependencies).map(([name, version]) => `${name} ${version}`).join(", ");
}

/** npm leaves a copy of the lock it has installed: it is newer than the wish exactly when all is there. */
function isInstalled(): boolean {
  try {
    const wished = Deno.statSync(new URL("./package-lock.json", FOLDER)).mtime!;
    const installed = Deno.statSync(new URL("./node_modules/.package-lock.json", FOLDER)).mtime!;
    return installed >= wished;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
