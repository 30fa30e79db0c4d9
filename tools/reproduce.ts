/**
 * `deno task reproduce RECEIPT`: a failure as a test in this checkout, and what that test says. Exit codes are those that
 * `git bisect run` understands.
 */
import type { Client } from "../client.ts";
import {
  type Reproduction,
  reproductionFor,
  type ReproductionOptions,
} from "../modules/reproduction.ts";
import type { ErrorDetail, LogPage, OccurrenceDetail, StoreReads } from "../store/store.ts";
import { type Call, taskCall, ToolError, WRONG_USE } from "./help.ts";
import { type Command, contentOf, print, runTool } from "./terminal.ts";

const FOLDER = "tests/reproductions";
const UP = "../../";
/** What `main.ts` may call its app, the first choice first. */
const APP_NAMES = ["app", "createApp", "default"] as const;

/** The error is there. */
const RED = 1;
/** It is not known: `git bisect run` skips such a commit. */
const UNKNOWN = 125;

/** What a run of the test has shown. */
interface Verdict {
  result: "reproduced" | "not reproduced" | "not known" | "cannot be built" | "written";
  says: string;
  code: number;
}

if (import.meta.main) await main(taskCall());

export async function main(call: Call): Promise<void> {
  await runTool({
    name: "reproduce",
    summary: "writes a failure as a test in this folder, and runs it",
    takes: "RECEIPT",
    filters: [],
    switches: {
      "no-run": "only writes the test",
      force: "writes it anew, where somebody has changed it",
    },
    settings: {
      main: "the file that exports the app; default main.ts",
      against: "address of the service, for a failure that another service has reported",
    },
  }, { call, work: orUnknown(reproduce) });
}

/** Exit code 1 says that the error is there: what goes wrong on the way to it has another. */
function orUnknown(work: (command: Command) => Promise<void>) {
  return async (command: Command) => {
    try {
      await work(command);
    } catch (error) {
      if (!(error instanceof ToolError) || error.code === WRONG_USE) throw error;
      throw new ToolError(error.message, UNKNOWN);
    }
  };
}

async function reproduce(command: Command): Promise<void> {
  const { query, settings, has, program } = command;
  if (query.q === undefined) {
    throw new ToolError(
      `Which one? ${program} reproduce RECEIPT: the id of a failure, an event or an error`,
      WRONG_USE,
    );
  }
  const store = storeOf(command);
  const main = settings.main ?? "main.ts";
  const asked = query.q.trim();
  let reproduction = await reproductionFor(store, asked);
  if (reproduction === null) throw new ToolError(`Nothing is kept of ${JSON.stringify(asked)}`);
  if (reproduction.kind === "app") {
    reproduction = (await reproductionFor(store, asked, { app: appIn(main) }))!;
  }
  const path = `${FOLDER}/${reproduction.fileName}`;
  const verdict = await verdictOf(reproduction, { path, main, command });
  const { result, says, code } = verdict;
  const { errorId, kind } = reproduction;
  print(
    has.has("json")
      ? JSON.stringify({ result, says, error_id: errorId, kind, file: path })
      : `${result}: ${says}`,
  );
  if (code !== 0) Deno.exit(code);
}

async function verdictOf(
  reproduction: Reproduction,
  { path, main, command }: { path: string; main: string; command: Command },
): Promise<Verdict> {
  const { kind, why = "" } = reproduction;
  if (kind === "impossible") return { result: "cannot be built", says: why, code: UNKNOWN };
  await write(reproduction, { path, isForced: command.has.has("force") });
  if (kind === "skeleton") {
    const says = `${why}; ${path} says what is missing`;
    return { result: "cannot be built", says, code: UNKNOWN };
  }
  if (command.has.has("no-run")) return { result: "written", says: path, code: 0 };
  const { against } = command.settings;
  const whom = kind === "app" ? `the app in ${main}` : against ?? Deno.env.get("REPRODUCE_URL");
  if (whom === undefined) {
    const says = "another service has reported it; --against=URL names its address";
    return { result: "not known", says, code: UNKNOWN };
  }
  console.error(
    `${reproduction.request} is sent to ${whom} now. Side effects are real: databases, mails and other services that ` +
      "it uses are those of this folder and its environment.",
  );
  return await run(path, { against, isQuiet: command.has.has("json") });
}

/** What the service keeps, as a store answers. */
function storeOf(command: Command): Pick<StoreReads, "error" | "occurrence" | "listLogs"> {
  const { api } = command;
  return {
    error: (id) =>
      orNull<ErrorDetail>(contentOf(api.errors[":id"].$get({ param: { id } }), command)),
    occurrence: (id) =>
      orNull<OccurrenceDetail>(contentOf(api.occurrences[":id"].$get({ param: { id } }), command)),
    async listLogs(query) {
      const { logs, ...rest } = await contentOf(
        api.logs.$get({ query: query as LogsQuery }),
        command,
      );
      return { items: logs, ...rest } as LogPage;
    },
  };
}

type LogsQuery = NonNullable<Parameters<Client["logs"]["$get"]>[0]>["query"];

async function orNull<Answer>(asked: Promise<unknown>): Promise<Answer | null> {
  try {
    return await asked as Answer;
  } catch (error) {
    if (error instanceof ToolError && error.message.includes("NotFound")) return null;
    throw error;
  }
}

/** @throws {ToolError} where the file exports none. */
function appIn(main: string): NonNullable<ReproductionOptions["app"]> {
  let text: string;
  try {
    text = Deno.readTextFileSync(main);
  } catch {
    throw new ToolError(
      `There is no ${main} here; --main=FILE names the file that exports the app`,
    );
  }
  const name = APP_NAMES.find((name) => exportsIt(text, name));
  if (name !== undefined) return { from: UP + main.replace(/^\.\//, ""), name };
  throw new ToolError(
    `${main} exports no app. Let it export what testApp() takes: export { createApp as app };`,
  );
}

/** By its words: to load it could start what must not be started. */
function exportsIt(text: string, name: string): boolean {
  if (name === "default") return /^export\s+default\b/m.test(text);
  const declared = new RegExp(
    `^export\\s+(?:async\\s+)?(?:const|let|function\\*?)\\s+${name}\\b`,
    "m",
  );
  const listed = new RegExp(`^export\\s*\\{[^}]*(?:^|[\\s{,])${name}\\s*[,}]`, "m");
  return declared.test(text) || listed.test(text);
}

/** Leaves a file as it is where a person has changed it, unless that is wanted otherwise. */
async function write(
  { text }: Reproduction,
  { path, isForced }: { path: string; isForced: boolean },
): Promise<void> {
  const formatted = await format(text);
  const before = readIfThere(path);
  if (before === formatted) return;
  if (before !== undefined && !isForced) {
    console.error(
      `${path} was changed since it was written: it stays as it is; --force writes it anew`,
    );
    return;
  }
  Deno.mkdirSync(FOLDER, { recursive: true });
  Deno.writeTextFileSync(path, formatted);
  console.error(`Wrote ${path}`);
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** As this folder's own rules want it. */
async function format(text: string): Promise<string> {
  const child = deno(["fmt", "--quiet", "--ext=ts", "-"], { stdin: "piped", stdout: "piped" });
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  return success ? new TextDecoder().decode(stdout) : text;
}

async function run(
  path: string,
  { against, isQuiet }: { against: string | undefined; isQuiet: boolean },
): Promise<Verdict> {
  const report = `${path}.xml`;
  const stdout = isQuiet ? "null" : "inherit";
  const child = deno(["test", "--no-check", "--allow-all", `--junit-path=${report}`, path], {
    stdin: "null",
    stdout,
    stderr: stdout,
    ...(against !== undefined && { env: { REPRODUCE_URL: against } }),
  });
  await child.status;
  const found = readIfThere(report);
  if (found === undefined) {
    return { result: "not known", says: "the test cannot be loaded", code: UNKNOWN };
  }
  Deno.removeSync(report);
  return readReport(found);
}

/** Of JUnit's XML: the class of what was thrown says which it is. */
function readReport(xml: string): Verdict {
  const thrown = Array.from(
    xml.matchAll(/<failure message="(?:Uncaught )?(?:\(in promise\) )?(?:Error: )?(\w+)/g),
    ([, name]) => name,
  );
  const unknown = (says: string): Verdict => ({ result: "not known", says, code: UNKNOWN });
  if (thrown.includes("Reproduced")) return { result: "reproduced", says: "red", code: RED };
  if (thrown.includes("OtherFailure")) return unknown("another failure stands in the way");
  if (thrown.includes("NotAllowedIn")) {
    return unknown("it was not allowed in; set REPRODUCE_AUTHORIZATION or REPRODUCE_COOKIE");
  }
  if (thrown.length > 0) return unknown("the test itself fails");
  if (xml.includes("<skipped")) return unknown("the test was skipped");
  const says = "green. State outside (databases, other services, the clock) is not recorded";
  return { result: "not reproduced", says, code: 0 };
}

/** This program itself, where it may be started by its path, else the one on the path: `--allow-run=deno` knows that alone. */
function deno(args: string[], options: Omit<Deno.CommandOptions, "args">): Deno.ChildProcess {
  const own = Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "run", command: own });
  return new Deno.Command(state === "granted" ? own : "deno", { args, ...options }).spawn();
}
