import { type Config, ConfigError, ENV_NAMES } from "../config.ts";
import { misnamed } from "../config/names.ts";
import { type Logging, print } from "../logging/mod.ts";
import { hasDsn } from "../store/intake_key.ts";
import { drain } from "./drain.ts";
import { say } from "./say.ts";

/** The start fails for a reason that needs no stack: one sentence. */
export class CannotStart extends Error {
  /** Always `CannotStart`. */
  override name = "CannotStart";
}

/** SIGHUP is what a terminal sends that is closed. */
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** Signals within this time are one: `deno task` passes a terminal's Ctrl+C on, although it reaches all by itself. */
const ONE_STOP_MS = 500;
/** In a warning. */
const MAX_NAMED_KEYS = 5;

export interface ServeOptions {
  config: Config;
  logging: Logging;
  fetch: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;
  /** The last answer when everything else has failed. */
  onError: (thrown: unknown) => Response;
  /** Whether the process ends where it cannot start: then nothing more will come of its log. */
  endsProcess: boolean;
  /** Ends it like a signal. */
  stop: Promise<undefined>;
  /** Lines to say when the store is open. */
  greet: (addr: Deno.Addr) => Promise<string[]>;
}

/**
 * Listens, says where, and settles when requests and log are finished after SIGTERM, SIGINT or SIGHUP. False: the listener
 * ended by itself.
 *
 * @throws {CannotStart} where it cannot listen, or the store cannot be opened.
 */
export async function serveUntilStopped(options: ServeOptions): Promise<boolean> {
  const { config, logging, greet, stop } = options;
  using release = new DisposableStack();
  const spillRest = () => logging.spillRest();
  addEventListener("unload", spillRest);
  release.defer(() => removeEventListener("unload", spillRest));
  // Before the first request: from then on there is something to finish.
  const stopped = Promise.withResolvers<undefined>();
  release.use(onStop(() => stopped.resolve(undefined)));
  const cut = new AbortController();
  const server = listen(options, cut.signal);
  let isOpen = true;
  const close = () => void (isOpen = false);
  server.finished.then(close, close);
  // What is still open at the end is cut off, by the end of the process or by this. Of a server that has ended already Deno
  // would throw where nobody can catch it.
  release.defer(() => isOpen && cut.abort());
  const ended = Promise.race([stopped.promise, stop, untilBroken(server)]);
  const begin = async () => {
    await logging.ready.catch((error: Error) => {
      // First: what the log says of itself meanwhile would stand before the reason.
      void logging.close({ deadlineMs: 0 });
      throw new CannotStart(error.message);
    });
    logging.ownLogger.info("Started");
    warnOfMisnamed(logging);
    warnOfKeysWithoutDsn(config, logging);
    await say(await greet(server.addr), config);
  };
  const why = await Promise.race([begin().then(() => ended), ended]);
  if (why !== undefined) await reportBroken(why, options);
  await drain({ server, logging, config });
  return why === undefined;
}

function listen(
  { config, logging, fetch, onError, endsProcess }: ServeOptions,
  signal: AbortSignal,
): Deno.HttpServer {
  const address = config.onDeploy ? {} : { hostname: config.host, port: config.port };
  try {
    return Deno.serve({ ...address, signal, onListen: () => {}, onError }, fetch);
  } catch (error) {
    const why = whyNot(error as Error);
    if (endsProcess) logging.spillRest();
    throw new CannotStart(`Cannot listen on ${config.host}:${config.port}: ${why}`);
  }
}

/** Calls back at the first signal, until it is disposed of. A signal that is repeated later ends the process at once. */
function onStop(stop: () => void): Disposable {
  let firstMs: number | undefined;
  const onSignal = () => {
    const nowMs = performance.now();
    firstMs ??= nowMs;
    if (nowMs - firstMs > ONE_STOP_MS) Deno.exit(1);
    stop();
  };
  for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, onSignal);
  return {
    [Symbol.dispose]() {
      for (const signal of STOP_SIGNALS) Deno.removeSignalListener(signal, onSignal);
    },
  };
}

function whyNot(error: Error): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "another process listens there; set PORT to a free one";
  }
  if (error instanceof Deno.errors.NotCapable) return error.message;
  return `${error.message}; set HOST to an address of this machine, PORT to one you may use`;
}

/** Such keys still work as bearer tokens; only this line says why Sentry's clients refuse them. */
function warnOfKeysWithoutDsn({ intakeKeys }: Config, { ownLogger }: Logging): void {
  // Never their texts: the log is no place for them.
  const without = intakeKeys.flatMap((key, index) => {
    const whose = key.service === undefined ? "" : ` (of ${JSON.stringify(key.service)})`;
    return hasDsn(key) ? [] : [`number ${index + 1}${whose}`];
  });
  if (without.length === 0) return;
  const unnamed = without.length - MAX_NAMED_KEYS;
  const more = unnamed > 0 ? ` and ${unnamed} more` : "";
  const named = without.slice(0, MAX_NAMED_KEYS).join(", ") + more;
  ownLogger.warn(
    `INTAKE_KEYS: these of ${intakeKeys.length} keys have characters beside letters, digits and _: ${named}. ` +
      "As bearer tokens they go on working, but they have no DSN, and Sentry's clients cannot use them",
  );
}

/** A variable with a mistake in its name has no effect, and nothing else says so. */
function warnOfMisnamed({ ownLogger }: Logging): void {
  // Not every variable may be read everywhere: then there is nothing to say.
  if (Deno.permissions.querySync({ name: "env" }).state !== "granted") return;
  for (const sentence of misnamed(Deno.env.toObject(), ENV_NAMES)) ownLogger.warn(sentence);
}

/**
 * Settles with a reason when the listener ends by itself: Deno gives up listening where it cannot take a connection, with too
 * many open files for one. Without an end of the process nobody would start another.
 */
async function untilBroken(server: Deno.HttpServer): Promise<string> {
  try {
    await server.finished;
    return "it was closed";
  } catch (error) {
    return (error as Error).message;
  }
}

/** Recorded like any other error of this service, and printed where the log is not. */
async function reportBroken(
  why: string,
  { logging, config }: { logging: Logging; config: Config },
): Promise<void> {
  const sentence = `The listener has ended, so this process ends with exit code 1: ${why}`;
  logging.ownLogger.error(sentence);
  if (config.logConsole === "off") await say([sentence], { ...config, level: "ERROR" });
}

/** Says why a process cannot go on, and ends it. What was foreseen needs no stack. */
export async function endWith(error: Error): Promise<never> {
  const isKnown = error instanceof CannotStart || error instanceof ConfigError;
  const text = isKnown ? error.message : `The service cannot go on: ${error.stack}`;
  // The platform collects only calls of the console.
  const isCollected = Deno.env.get("DENO_DEPLOY") !== undefined;
  await print(text, { to: "stderr", isCollected });
  Deno.exit(1);
}
