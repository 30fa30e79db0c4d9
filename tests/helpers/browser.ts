import sparticuz from "@sparticuz/chromium";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

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
