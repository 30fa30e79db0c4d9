import type { HonoContext } from "../modules/hono.ts";
import {
  ask,
  askThrough,
  BadCursor,
  BadMerge,
  BadSearch,
  BadSplit,
  type Logger,
  type Logging,
  StoreBusy,
  type StoreReads,
  TooManyKeys,
  TooManyTails,
} from "../logging/mod.ts";
import { Failure, ValueError } from "../modules/failure.ts";
import { isEventId } from "../store/ids.ts";
import { readTime } from "../modules/iso_time.ts";
import type { Context, Module } from "../modules/module.ts";
import type { Operator } from "../store/operator.ts";
import type { Exchange } from "./exchange.ts";
import type { KeyRing } from "./key_ring.ts";
import type { Tools } from "./tools.ts";

/** An occurrence this young may still be on its way into the store; nobody waits longer for it. */
const FRESH_MS = 2_000;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The store's own refusals, and the parameter that is at fault. */
const REFUSALS = [
  [BadCursor, "cursor"],
  [BadMerge, "into"],
  [BadSearch, "q"],
  [BadSplit, "variant"],
] as const;

/** Made for every request; what costs something is made on first use. Functions are getters: they can be taken out of it. */
export class RequestContext implements Context {
  readonly #c: HonoContext;
  readonly #exchange: Exchange;
  readonly #module: Module;
  readonly #tools: Tools;
  #aborter: AbortController | undefined;
  #log: Logger | undefined;

  constructor(c: HonoContext, served: { module: Module; exchange: Exchange; tools: Tools }) {
    this.#c = c;
    this.#exchange = served.exchange;
    this.#module = served.module;
    this.#tools = served.tools;
  }

  get c(): HonoContext {
    // The module may set headers on it: the answer is to carry them.
    return this.#exchange.honoContext = this.#c;
  }

  get requestId(): string {
    return this.#exchange.requestId;
  }

  get signal(): AbortSignal {
    return (this.#aborter ??= new AbortController()).signal;
  }

  get log(): Logger {
    return this.#log ??= this.#tools.logging.logger.child({
      module: this.#module.name,
      requestId: this.requestId,
      route: this.#exchange.route,
    });
  }

  get store(): StoreReads {
    return this.#tools.store;
  }

  get origin(): string {
    return this.#tools.publicUrl ?? this.#exchange.origin;
  }

  get header(): Context["header"] {
    return (name) => this.#exchange.request.headers.get(name);
  }

  get watchLogs(): Context["watchLogs"] {
    return (query) => this.#tools.logging.tails.open(query).catch(rename);
  }

  get intake(): Context["intake"] {
    const { intakeKey } = this.#exchange;
    return {
      service: intakeKey?.service,
      take: (services) => intakeKey ? this.#tools.intake.take(intakeKey, services) : [...services],
    };
  }

  get report(): Context["report"] {
    return (report) =>
      this.#tools.logging.report(report, {
        reporter: this.#exchange.intakeKey?.id,
        timeMs: report.time === undefined ? undefined : readTime(report.time),
      });
  }

  get requireOperator(): Context["requireOperator"] {
    return () => this.#tools.requireOperator(this.#exchange);
  }

  get operator(): Operator | undefined {
    return this.#exchange.operator;
  }

  /** The time is over: what listens to `signal` may stop. */
  abort(reason: Error): void {
    (this.#aborter ??= new AbortController()).abort(reason);
  }
}

/** The store with its own errors turned into named failures, and with what this process knows of keys. */
export function contextStore(logging: Logging, keys: KeyRing): StoreReads {
  return askThrough(async (question, args) => {
    // What has just been brought is counted in the answer.
    if (question === "listKeys" || question === "intakeCounts") await logging.intakeCounts.flush();
    const given = question === "listKeys" ? [await keys.configured()] : args;
    const answer = await ask(logging.store, question, given).catch(rename);
    if (question === "addKey" || question === "revokeKey") keys.forget();
    if (question !== "receipt" || answer !== null || !mayBeOnItsWay(String(args[0]))) {
      return answer;
    }
    // A client may ask with a receipt that is a moment old: what was taken before is stored first.
    await logging.flush({ deadlineMs: FRESH_MS });
    return await ask(logging.store, question, args).catch(rename);
  });
}

/**
 * Whether an id may have been made a moment ago. A receipt is a UUIDv7, which begins with its time; a client's event id says none, and
 * is waited for as long as anything is on its way.
 */
function mayBeOnItsWay(id: string): boolean {
  if (isEventId(id)) return true;
  if (!UUID_V7.test(id)) return false;
  const madeMs = parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return Math.abs(Date.now() - madeMs) < FRESH_MS;
}

/** The store's own errors as named failures; anything else as it is. */
export function named(error: unknown): unknown {
  if (error instanceof StoreBusy) {
    return new Failure("unavailable", "the store does not answer at the moment", {
      code: "store.unavailable",
      cause: error,
    });
  }
  if (error instanceof TooManyKeys) {
    return new Failure("conflict", error.message, { param: "keys", cause: error });
  }
  if (error instanceof TooManyTails) {
    return new Failure("too_many", error.message, { cause: error });
  }
  for (const [kind, param] of REFUSALS) {
    if (error instanceof kind) return new ValueError(error.message, { param, cause: error });
  }
  return error;
}

/** Throws it as {@linkcode named} has it. */
export function rename(error: unknown): never {
  throw named(error);
}
