/** What each command of the program may do. */

const TERMINAL = ["--allow-net", "--allow-read", "--allow-env"];
/** The same as the commands' tasks in deno.json. */
export const FLAGS = {
  start: [
    ...["--v8-flags=--max-semi-space-size=8", "--allow-net", "--allow-read", "--allow-write"],
    ...["--allow-sys=hostname", "--allow-env"],
  ],
  errors: TERMINAL,
  logs: TERMINAL,
  reproduce: [...TERMINAL, "--allow-write=tests/reproductions", "--allow-run=deno"],
  purge: TERMINAL,
  export: TERMINAL,
  backup: ["--allow-read", "--allow-write", "--allow-env"],
  migrate: ["--allow-net", "--allow-read", "--allow-write", "--allow-env"],
  new: ["--allow-read=.", "--allow-write=."],
  init: ["--allow-read", "--allow-write"],
};
