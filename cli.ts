/**
 * The package's program: `holdfast start`, `holdfast errors`, … What each command does stands in the file it leads to.
 *
 * @module
 */
import type { Call } from "./tools/help.ts";

const WRONG_USE = 2;

/** One thing the program can do. */
interface Command {
  /** For the list of them all. */
  says: string;
  /** Loaded when it is asked for: a search on the terminal needs no server. */
  load: () => Promise<{ main: (call: Call) => void | Promise<void> }>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  start: { says: "runs the service", load: () => import("./main.ts") },
  errors: { says: "lists errors", load: () => import("./tools/errors.ts") },
  logs: { says: "lists log records", load: () => import("./tools/logs.ts") },
  keys: {
    says: "lists, makes and revokes intake keys",
    load: () => import("./tools/keys.ts"),
  },
  reproduce: {
    says: "writes a failure as a test, and runs it",
    load: () => import("./tools/reproduce.ts"),
  },
  alert: {
    says: "sends a test message to who hears of errors",
    load: () => import("./tools/alert.ts"),
  },
  purge: { says: "deletes errors or log records", load: () => import("./tools/purge.ts") },
  export: {
    says: "writes the log, or the errors, as lines of JSON",
    load: () => import("./tools/export.ts"),
  },
  backup: { says: "copies a SQLite store", load: () => import("./tools/backup.ts") },
  migrate: { says: "updates the store's schema", load: () => import("./tools/migrate.ts") },
  init: { says: "makes a project of your own", load: () => import("./tools/init.ts") },
  new: { says: "makes a module and its test", load: () => import("./tools/new.ts") },
};

if (import.meta.main) await main(Deno.args);

/** Does what was typed. */
export async function main(words: readonly string[]): Promise<void> {
  const [name = "help", ...args] = words;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return (await command.load()).main({ program: "holdfast", args });
  if (["help", "--help", "-h"].includes(name)) return console.log(usage());
  console.error(`There is no command ${JSON.stringify(name)}.\n\n${usage()}`);
  Deno.exit(WRONG_USE);
}

function usage(): string {
  const rows = Object.entries(COMMANDS).map(([name, { says }]) => `  ${name.padEnd(9)} ${says}`);
  return [
    "holdfast COMMAND: answers every request, and remembers every failure until someone fixes it",
    "",
    ...rows,
    "  help      this text; holdfast COMMAND --help says more",
  ].join("\n");
}
