#!/usr/bin/env node
/**
 * `npx @holdfast/holdfast start`: runs the program of this package on a machine that has only Node. npx brings Deno, which is no
 * dependency of the library.
 */
import { execFileSync, spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { FLAGS } from "./flags.mjs";

const DENO_VERSION = "2.9.6";
const CLI = fileURLToPath(new URL("../cli.js", import.meta.url));
/** How long a service outlives an npx that was told to stop. */
const PARENT_CHECK_MS = 500;
const isWindows = process.platform === "win32";

run(process.argv.slice(2));

/** @param {string[]} words */
function run(words) {
  // Before Deno is fetched, which takes its time the first time.
  const parent = process.ppid;
  const deno = denoPath();
  const flags = (Object.hasOwn(FLAGS, words[0] ?? "") ? FLAGS[words[0]] : [])
    // It may be on no path: npx has brought it.
    .map((flag) => flag.replace(/^--allow-run=deno$/, `--allow-run=${deno}`));
  const child = spawn(
    deno,
    // The packages that npm has put beside this one, whatever configuration stands in the folder.
    [
      "run",
      "--no-prompt",
      "--no-config",
      "--node-modules-dir=manual",
      ...flags,
      CLI,
      ...words,
    ],
    { stdio: "inherit" },
  );
  // It drains, and this process waits for it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  // npx passes no SIGTERM on: it ends, and its service would go on unseen.
  setInterval(() => process.ppid === parent || child.kill("SIGTERM"), PARENT_CHECK_MS);
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** Deno's own program: npx and the wrapper that it starts pass no signal on. */
function denoPath() {
  const asked = [
    "--yes",
    "--prefer-offline",
    `deno@${DENO_VERSION}`,
    "eval",
    "console.log(Deno.execPath())",
  ];
  try {
    const stdio = ["ignore", "pipe", "inherit"];
    return execFileSync("npx", asked, { stdio, encoding: "utf8", shell: isWindows }).trim();
  } catch {
    console.error(`holdfast: npx could not bring deno@${DENO_VERSION}, which it runs on`);
    process.exit(1);
  }
}
