/**
 * Which files are this package's: their frames are a library's in every service, as Hono's are. Imported from npm or JSR the
 * package is outside of the service's folder anyway; in a checkout of it, services live in the same folder.
 */
import { toFolder } from "./paths.ts";

/** The package's folder, ending in a slash. */
export const PACKAGE_ROOT: string = toFolder(new URL("../../", import.meta.url).href);

const FOLDERS = ["board", "config", "intake", "logging", "process", "routes", "store", "tools"];
const FILES = ["cli", "client", "config", "holdfast", "logtape", "main", "std_log", "testing"];
/**
 * `modules/` is where a service adds its own. `fail` is not on the list: it is the example of a module that fails, and shows
 * what a service's own failure looks like.
 */
const MODULES = [
  "change_errors",
  "envelope",
  "errors",
  "failure",
  "home",
  "hono",
  "inputs",
  "iso_time",
  "issues",
  "keys",
  "logs",
  "module",
  "people",
  "purge",
  "receipts",
  "recorded_request",
  "registry",
  "releases",
  "reply",
  "report_parts",
  "reports",
  "reproduction",
  "reproduction_text",
  "run",
  "search",
  "shapes",
  "source_text",
  "traffic",
  "unsayable",
  "verbs",
];

const OURS = new RegExp(
  `^(?:(?:${FOLDERS.join("|")})/.+|(?:${FILES.join("|")})|modules/(?:${
    MODULES.join("|")
  }))\\.[jt]sx?$`,
);

/** Whether a file, a path, belongs to the package that stands in `packageRoot`. */
export function isOfPackage(file: string, packageRoot: string = PACKAGE_ROOT): boolean {
  return file.startsWith(packageRoot) && OURS.test(file.slice(packageRoot.length));
}
