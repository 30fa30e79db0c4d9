#!/usr/bin/env node
/**
 * `npx @holdfast/holdfast start`: runs the program of this package on a machine that has Node alone. npx brings Deno, which is no
 * dependency of the library.
 *
 * @module
 */
import { execFileSync, spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";

const DENO_VERSION = "2.9.6";
const TERMINAL = ["--allow-net", "--allow-read", "--allow-env"];
/** What each command may do: the same as its task in deno.json. */
const FLAGS = {
  start: [
    ...["--v8-flags=--max-semi-space-size=8", "--allow-net", "--allow-read", "--allow-write"],
    ...["--allow-sys=hostname", "--allow-env"],
  ],
  errors: TERMINAL,
  logs: TERMINAL,
  purge: TERMINAL,
  migrate: ["--allow-net", "--allow-read", "--allow-write", "--allow-env"],
  new: ["--allow-read=.", "--allow-write=."],
  init: ["--allow-read", "--allow-write"],
};
const CLI = fileURLToPath(new URL("../cli.js", import.meta.url));
const isWindows = process.platform === "win32";

run(process.argv.slice(2));

/** @param {string[]} words */
function run(words) {
  const flags = FLAGS[words[0]] ?? [];
  const child = spawn(
    denoPath(),
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
