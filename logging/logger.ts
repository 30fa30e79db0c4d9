/**
 * The logger: five methods, children, and it never throws.
 *
 * @module
 */
import { describeError, isError } from "./records/describe.ts";
import { pickError } from "./records/pick_error.ts";
import { type Level, SEVERITY } from "../store/record.ts";
import { snapshot } from "./records/snapshot.ts";

/** What a logger marks all its records with. */
export interface LoggerMarks {
  /** The module at work. */
  module?: string;
  /** The request being answered. */
  requestId?: string;
  /** The route being answered. */
  route?: string;
  /** When it happened, milliseconds since 1970; now where absent. */
  timeMs?: number;
}

/** A record as a logger makes it: texts only, nothing that can still change. */
export interface LoggedRecord extends LoggerMarks {
  /** Level number. */
  severity: number;
  /** One sentence. */
  message: string;
  /** An `ErrorInfo` as JSON text. */
  error?: string;
  /** User data as JSON text. */
  attrs?: string;
}

/** Where a logger's records go. */
export interface LogTarget {
  /** Records below this are not made at all. */
  readonly minimum: number;
  /** Takes one record. */
  append(record: LoggedRecord): void;
}

/**
 * Writes log records. It never throws and never waits: circular values, BigInt, throwing getters and proxies are shown as far as
 * possible.
 *
 * @example
 * ```ts ignore
 * const log = logging.logger.child({ module: "/orders" });
 * log.info("order placed", { order_id: 7 });
 * log.error("payment refused", error);
 * ```
 */
export class Logger {
  readonly #target: LogTarget;
  readonly #marks: LoggerMarks;

  /** `marks` stand on every record. */
  constructor(target: LogTarget, marks: LoggerMarks = {}) {
    this.#target = target;
    this.#marks = marks;
  }

  /** A logger with more marks: per service, per request. */
  child(marks: LoggerMarks): Logger {
    return new Logger(this.#target, { ...this.#marks, ...marks });
  }

  /** Details for debugging. */
  debug(message: unknown, details?: unknown): void {
    this.log("DEBUG", message, details);
  }

  /** What happened. */
  info(message: unknown, details?: unknown): void {
    this.log("INFO", message, details);
  }

  /** Not right, but handled. */
  warn(message: unknown, details?: unknown): void {
    this.log("WARN", message, details);
  }

  /** A failure: opens an error or adds an occurrence to one. */
  error(message: unknown, details?: unknown): void {
    this.log("ERROR", message, details);
  }

  /** A failure that needs someone now: opens an error or adds an occurrence to one. */
  critical(message: unknown, details?: unknown): void {
    this.log("CRITICAL", message, details);
  }

  /**
   * Writes one record. `message` may be an Error too. `details` is an Error, or an object: the first Error under its keys
   * `error`, `err`, `e`, `cause` or `exception` is taken as what was thrown, all else becomes `attrs`.
   */
  log(level: Level, message: unknown, details?: unknown): void {
    const severity = SEVERITY[level];
    if (severity < this.#target.minimum) return;
    try {
      this.#target.append({ ...this.#marks, severity, ...describe(message, details) });
    } catch {
      this.#target.append({
        ...this.#marks,
        severity,
        message: "A log message that cannot be read",
      });
    }
  }
}

function describe(
  message: unknown,
  details: unknown,
): Pick<LoggedRecord, "message" | "error" | "attrs"> {
  const { failure, attrs } = split(message, details);
  const error = failure && describeError(failure.thrown);
  return {
    message: typeof message === "string" ? message : error?.message ?? snapshot(message),
    ...(error && { error: JSON.stringify(error) }),
    ...(attrs !== undefined && { attrs: snapshot(attrs) }),
  };
}

/** Finds what was thrown in what a logger was given. */
function split(
  message: unknown,
  details: unknown,
): { failure?: { thrown: unknown }; attrs?: unknown } {
  const picked = pickError(details);
  // An Error says more than whatever else was given as one.
  const isMessage = isError(message) && !isError(picked?.thrown);
  const failure = isMessage ? { thrown: message } : picked;
  const rest = failure === picked && picked ? picked.rest : details;
  if (rest === undefined || rest === null) return { failure };
  const attrs = typeof rest !== "object" || Array.isArray(rest) ? { details: rest } : rest;
  return { failure, attrs };
}
