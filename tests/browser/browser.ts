// deno-lint-ignore-file no-import-prefix -- so that a start does not fetch a browser, see below
/**
 * A real browser. Its packages are named here and not in `deno.json`: `deno task` fetches what is named there before any task.
 *
 * @module
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import sparticuz from "npm:@sparticuz/chromium@153.0.0";
import { type Browser, chromium } from "npm:playwright-core@1.65.0";

export type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
} from "npm:playwright-core@1.65.0";

/** Where systems keep a browser of this family. */
const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const LOCK_FILE = "holdfast-test-browser.lock";
/** Containers have a small /dev/shm and no user namespaces; the pages under test are our own. */
const ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];

/**
 * Starts a browser: the one at `CHROME_PATH`, else an installed one, else the one inside @sparticuz/chromium (Linux x64),
 * which comes with the other npm packages.
 */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await browserPath(), args: ARGUMENTS });
}

async function browserPath(): Promise<string> {
  const named = Deno.env.get("CHROME_PATH");
  if (named) return named;
  return INSTALLED.find(exists) ?? await unpackedPath();
}

/** Unpacked once into the system's temporary folder. Test files run side by side: only one may unpack. */
async function unpackedPath(): Promise<string> {
  using lock = await Deno.open(join(tmpdir(), LOCK_FILE), { create: true, write: true });
  await lock.lock(true);
  return await sparticuz.executablePath();
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
