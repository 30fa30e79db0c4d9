import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import type { Logging } from "../../logging/mod.ts";
import type { LogRecord } from "../../store/record.ts";
import { type StdRecord, workerHandler } from "../../std_log.ts";
import { ROOT, startApp } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const LEVELS = { NOTSET: 0, DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40, CRITICAL: 50 };
type StdLevel = keyof typeof LEVELS;

const FLUSH_MS = 5_000;
/** A registry that has not answered by then counts as out of reach. */
const FETCH_MS = 8_000;
const RUN_MS = 30_000;

/** What a handler of @std/log must be, as its documentation has it. */
abstract class BaseHandler {
  level: number;
  formatter: (record: StdRecord) => string;

  constructor(
    readonly levelName: StdLevel,
    { formatter = ({ msg }) => msg }: { formatter?: (record: StdRecord) => string } = {},
  ) {
    this.level = LEVELS[levelName];
    this.formatter = formatter;
  }

  handle(record: StdRecord): void {
    if (record.level >= this.level) this.log(this.formatter(record));
  }

  abstract log(message: string): void;
  setup(): void {}
  destroy(): void {}
}

/** What a logger of @std/log hands to its handlers. */
function recordOf(level: StdLevel, msg: string, ...args: unknown[]): StdRecord {
  const levelName = level;
  return { msg, args, level: LEVELS[level], levelName, loggerName: "orders", datetime: MOMENT };
}

const MOMENT = new Date("2026-11-20T08:30:00.123Z");

Deno.test("a record of @std/log keeps its message, level, time and logger", async () => {
  await using app = await startApp();
  handlerFor(app.logging).handle(recordOf("WARN", "stock is low", { sku: "A-7" }, 3n));

  const [record] = await stored(app.logging);
  assertEquals(record?.message, "stock is low");
  assertEquals([record?.level, record?.severity], ["WARN", 30]);
  assertEquals(record?.time, MOMENT.toISOString());
  assertEquals(record?.module, "orders");
  assertEquals(record?.attrs, { args: [{ sku: "A-7" }, "3"] });
  assertEquals(record?.error, undefined);
});

Deno.test("an Error among the arguments opens an error, the others stay beside it", async () => {
  await using app = await startApp();
  const error = new TypeError("card expired");
  handlerFor(app.logging).handle(recordOf("ERROR", "payment refused", 7, error));

  const [record] = await stored(app.logging);
  assertEquals([record?.error?.type, record?.error?.message], ["TypeError", "card expired"]);
  assertMatch(record?.error?.stack ?? "", /std_log_test\.ts/);
  assertEquals(record?.attrs, { args: [7] });
  const { items } = await app.logging.store.listErrors({ limit: 10 });
  assertEquals(items.map(({ message, svc_name }) => [message, svc_name]), [
    ["card expired", "holdfast"],
  ]);
});

Deno.test("an Error that is the message itself is read back from its stack's text", async () => {
  await using app = await startApp();
  const { stack = "" } = new RangeError("two\nlines");
  handlerFor(app.logging).handle(recordOf("CRITICAL", stack));

  const [record] = await stored(app.logging);
  assertEquals([record?.error?.type, record?.error?.message], ["RangeError", "two\nlines"]);
  // The message stands beside the stack; its lines could be taken for frames.
  assertEquals(record?.error?.stack, stack.replace("\nlines", ""));
});

Deno.test("an Error inside of an argument is the error too", async () => {
  await using app = await startApp();
  const failure = { err: new RangeError("card expired"), order_id: 7 };
  handlerFor(app.logging).handle(recordOf("ERROR", "payment refused", "EUR", failure));
  const [record] = await stored(app.logging);
  assertEquals([record?.error?.type, record?.error?.message], ["RangeError", "card expired"]);
  assert(record?.error?.stack?.includes("std_log_test.ts"));
  assertEquals(record?.attrs, { args: ["EUR", { order_id: 7 }] });
});

Deno.test("a handler takes nothing below its own level", async () => {
  await using app = await startApp();
  const handler = handlerFor(app.logging, "ERROR");
  handler.handle(recordOf("WARN", "too mild"));
  handler.handle(recordOf("ERROR", "bad enough"));

  assertEquals((await stored(app.logging)).map(({ message }) => message), ["bad enough"]);
});

Deno.test("a handler throws at nothing, whatever was logged", async () => {
  await using app = await startApp();
  const handler = handlerFor(app.logging);
  const thrower = new Proxy({}, {
    get() {
      throw new Error("not to be read");
    },
  });
  handler.handle(thrower as StdRecord);
  handler.handle(recordOf("ERROR", "a proxy", thrower));
  handler.handle({ ...recordOf("INFO", "no time"), datetime: new Date(NaN) });
  fc.assert(fc.property(fc.string(), fc.array(fc.anything()), (msg, args) => {
    handler.handle(recordOf("INFO", msg, ...args));
  }));

  const { timedOut } = await app.logging.flush({ deadlineMs: FLUSH_MS });
  const { accepted, stored } = app.logging.stats();
  assertEquals({ timedOut, missing: accepted - stored }, { timedOut: false, missing: 0 });
});

const isReachable = await fetchesStdLog();

Deno.test({
  name: isReachable
    ? "the documented example runs with the real @std/log"
    : "skipped: jsr:@std/log@0.224.14 cannot be fetched here",
  ignore: !isReachable,
  async fn() {
    using folder = tempFolder();
    await Deno.writeTextFile(folder.at("example.ts"), example(folder.path));
    const { code, stdout, stderr } = await run(
      ["run", "--check", "-A", folder.at("example.ts")],
      RUN_MS,
    );
    assertEquals(code, 0, stderr);
    const record = JSON.parse(stdout) as LogRecord;
    assertEquals([record.module, record.level, record.message], [
      "orders",
      "ERROR",
      "payment refused",
    ]);
    assertEquals([record.error?.type, record.error?.message], ["Error", "card expired"]);
    assertEquals(record.attrs, { args: [{ order_id: 7 }] });
  },
});

function handlerFor(logging: Logging, level: StdLevel = "DEBUG"): BaseHandler {
  const WorkerHandler = workerHandler(BaseHandler, { log: logging.logger });
  return new WorkerHandler(level, { formatter: () => "never asked" });
}

async function stored(logging: Logging): Promise<LogRecord[]> {
  await logging.flush({ deadlineMs: FLUSH_MS });
  return (await logging.store.listLogs({ limit: 100 })).items;
}

/** The example of `docs/log-record.md`, with its first and last lines around it. */
function example(folder: string): string {
  const docs = Deno.readTextFileSync(`${ROOT}docs/log-record.md`);
  const shown = /```ts std-log\n([^]*?)```/.exec(docs)?.[1] ?? "";
  const inHere = shown.replace('"@holdfast/holdfast/std-log"', `"${ROOT}std_log.ts"`)
    .replace('"@holdfast/holdfast"', `"${ROOT}holdfast.ts"`)
    .replace(
      "holdfast({",
      `holdfast({ storeUrl: "sqlite:${folder}/holdfast.db", logConsole: "off",`,
    );
  return [
    inHere,
    `await hf.flush({ deadlineMs: ${FLUSH_MS} });`,
    `const { items } = await hf.store.listLogs({ limit: 1 });`,
    `console.log(JSON.stringify(items[0]));`,
    `await hf.close({ deadlineMs: ${FLUSH_MS} });`,
  ].join("\n");
}

async function fetchesStdLog(): Promise<boolean> {
  try {
    const { code } = await run(["cache", "jsr:@std/log@0.224.14"], FETCH_MS);
    return code === 0;
  } catch {
    return false;
  }
}

/** Without our lock file: the package is no dependency of ours. */
async function run(
  [command = "", ...rest]: string[],
  withinMs: number,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const args = [command, "--no-lock", `--config=${ROOT}deno.json`, ...rest];
  const process = new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(withinMs),
  });
  const { code, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
