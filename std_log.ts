/**
 * A handler for @std/log that writes to this log. It imports nothing of that package and uses only its documented surface, as of
 * 0.224.14.
 *
 * @module
 */
import { FAILURE_SEVERITY, levelOf, type Logger, pickFromList } from "./logging/mod.ts";

/** The text that @std/log makes of an Error given as the message: its stack. */
const STACK_HEAD = /^(?:Uncaught )?([\w$.]{1,100})(?:: ([^]*))?$/;
const STACK_LINE = /^ {4}at /;

/** The part of a `LogRecord` of @std/log that is read. */
export interface StdRecord {
  /** The message, already a text. */
  readonly msg: string;
  /** What was logged beside the message. */
  readonly args: unknown[];
  /** 10, 20, 30, 40 or 50: the same numbers as ours. */
  readonly level: number;
  /** `DEBUG` to `CRITICAL`. */
  readonly levelName: string;
  /** The logger's name in `setup({ loggers })`. */
  readonly loggerName: string;
  /** When it was logged. */
  readonly datetime: Date;
}

/** The part of a `BaseHandler` of @std/log that is used. */
export interface StdHandler {
  /** Records below this level are ignored. */
  level: number;
  /** Takes one record. */
  handle(record: StdRecord): void;
}

/**
 * Makes a handler class for the `setup({ handlers })` of @std/log. Message, level and time stay as they are; the logger's
 * name becomes `module`; the first Error among the arguments, or in one of them, becomes `error`, all others are in
 * `attrs.args`. If the message itself is an Error, @std/log passes its stack as text; the Error is read back from that.
 *
 * A handler never throws, and has nothing to flush: the log does that. Formatters are not used, because the worker encodes.
 *
 * @example
 * ```ts ignore
 * import { BaseHandler, getLogger, setup } from "jsr:@std/log@0.224.14";
 * import { holdfast } from "@holdfast/holdfast";
 * import { workerHandler } from "@holdfast/holdfast/std-log";
 *
 * const hf = await holdfast({ service: "shop" });
 * const WorkerHandler = workerHandler(BaseHandler, hf);
 * setup({
 *   handlers: { worker: new WorkerHandler("DEBUG") },
 *   loggers: { orders: { level: "INFO", handlers: ["worker"] } },
 * });
 * getLogger("orders").error("payment refused", new Error("card expired"), { order_id: 7 });
 * ```
 */
export function workerHandler<LevelName, Options, Handler extends StdHandler>(
  BaseHandler: abstract new (levelName: LevelName, options?: Options) => Handler,
  { log }: { readonly log: Logger },
): new (levelName: LevelName, options?: Options) => Handler {
  // A class cannot extend a type that is only a parameter.
  const Base = BaseHandler as abstract new (levelName: LevelName, options?: Options) => StdHandler;

  class WorkerHandler extends Base {
    override handle(record: StdRecord): void {
      try {
        if (record.level >= this.level) write(record, log);
      } catch {
        log.error("A record of @std/log that cannot be read");
      }
    }

    /** `BaseHandler` asks for it; nothing comes here. */
    log(): void {}
  }
  // Sound: it is BaseHandler's subclass, and adds to it only what is there already.
  return WorkerHandler as unknown as new (levelName: LevelName, options?: Options) => Handler;
}

function write(record: StdRecord, log: Logger): void {
  const { msg, args, level, loggerName, datetime } = record;
  const picked = pickFromList(args);
  const rest = picked ? picked.rest : args.length > 0 ? args : undefined;
  const thrown = picked ? picked.thrown : errorOf(msg, level);
  const details = {
    ...(thrown !== undefined && { error: thrown }),
    ...(rest !== undefined && { args: rest }),
  };
  log.child({ module: loggerName, timeMs: datetime.getTime() || undefined }).log(
    levelOf(level),
    msg,
    Object.keys(details).length > 0 ? details : undefined,
  );
}

/** What was thrown, where a failure's message is the text of a stack. Its frames are the last lines, whatever stands above. */
function errorOf(message: string, level: number): object | undefined {
  if (level < FAILURE_SEVERITY) return undefined;
  const lines = message.split("\n");
  const head = lines.slice(0, lines.findLastIndex((line) => !STACK_LINE.test(line)) + 1);
  if (head.length === lines.length) return undefined;
  const found = STACK_HEAD.exec(head.join("\n"));
  return found ? { name: found[1], message: found[2] ?? "", stack: message } : undefined;
}
