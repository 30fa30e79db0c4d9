/**
 * Starts the service: reads the configuration, starts the log, serves, and drains at SIGTERM, SIGINT and SIGHUP.
 *
 * @module
 */
import { type Config, ConfigError, ENV_NAMES, readConfig } from "./config.ts";
import { hasDsn } from "./config/intake_keys.ts";
import { misnamed } from "./config/names.ts";
import { catchStrays, type Logging, print, startLogging, toFolder } from "./logging/mod.ts";
import { drain } from "./process/drain.ts";
import { greeting } from "./process/greeting.ts";
import { operatorOf } from "./process/operator.ts";
import { say } from "./process/say.ts";
import { untilStopped } from "./process/stop_signals.ts";
import { type App, createApp } from "./routes/app.ts";

/** The folder this file is in: tells own stack frames from others'. */
const ROOT = toFolder(new URL(".", import.meta.url).href);

/** What `--help` prints. */
const USAGE = `deno task start: the service

  --help  this text

All else is set by variables: docs/configuration.md. SIGTERM, SIGINT (Ctrl+C) and SIGHUP stop it:
requests and log are finished first.`;

/** The start fails for a reason that needs no stack: one sentence. */
class CannotStart extends Error {}

// Not left to the listener for uncaught errors, which keeps a process serving: without this function nothing would ever end it.
if (import.meta.main) await main().catch(endWith);

async function main(): Promise<void> {
  if (wantsHelp()) return await print(USAGE, { to: "stdout" });
  const config = readConfigOfEnvironment();
  const logging = startLog(config);
  const strays = catchStrays(logging);
  const spillRest = () => logging.spillRest();
  addEventListener("unload", spillRest);
  const operator = operatorOf(config);
  const app = createApp({
    logging,
    environment: config.env,
    requestTimeoutMs: config.requestTimeoutMs,
    maxBodyBytes: config.maxBodyBytes,
    operatorToken: operator.token,
    intakeKeys: config.intakeKeys,
    publicUrl: config.publicUrl,
    trustedProxies: config.trustedProxies,
  });
  // Before the first request: from then on there is something to finish.
  const stopped = untilStopped();
  const server = serve(config, app);
  const ended = Promise.race([stopped, untilBroken(server)]);
  const begin = async () => {
    await logging.ready.catch((error: Error) => {
      // Now, and not what the log says of itself while the reason is printed.
      spillRest();
      removeEventListener("unload", spillRest);
      throw new CannotStart(error.message);
    });
    logging.logger.info("Started");
    tellMisnamed(logging);
    tellKeysWithoutDsn(config, logging);
    const signInPath = await app.newSignInPath();
    await say(greeting(server.addr, { config, operator, signInPath }), config);
  };
  const why = await Promise.race([begin().then(() => ended), ended]);
  if (why !== undefined) await tellBroken(why, { logging, config });
  await drain({ server, logging, config });
  strays[Symbol.dispose]();
  Deno.exit(why === undefined ? 0 : 1);
}

/** An argument that is passed over would be a setting that somebody believes in. */
function wantsHelp(): boolean {
  if (Deno.args.some((arg) => arg === "--help" || arg === "-h")) return true;
  if (Deno.args.length === 0) return false;
  throw new CannotStart(
    `The service takes no arguments, only variables (docs/configuration.md); given was: ${
      Deno.args.join(" ")
    }`,
  );
}

function readConfigOfEnvironment(): Config {
  try {
    return readConfig(Deno.env, { isTerminal: Deno.stdout.isTerminal() });
  } catch (error) {
    if (error instanceof ConfigError) throw new CannotStart(error.message);
    throw error;
  }
}

function startLog(config: Config): Logging {
  return startLogging({
    level: config.logLevel,
    console: config.logConsole,
    color: config.logConsole === "pretty" && !Deno.noColor,
    consoleCollected: config.consoleCollected,
    file: config.logFile,
    otlp: config.otlpLogs,
    bodies: config.logBodies,
    keepUser: config.keepUser,
    spill: config.logSpill,
    dataDir: config.dataDir,
    isDiskEphemeral: config.onDeploy,
    storeUrl: config.storeUrl,
    alertUrl: config.alertWebhookUrl,
    publicUrl: config.publicUrl,
    retention: {
      days: config.retentionDays,
      keepOccurrences: config.keepOccurrences,
      maxMegabytes: config.storeMaxMegabytes,
    },
    service: config.service,
    release: config.release,
    redactNames: config.redactNames,
    environment: config.env,
    root: ROOT,
    instance: `${Deno.hostname()}:${Deno.pid}`,
  });
}

function serve(config: Config, app: App): Deno.HttpServer {
  const address = config.onDeploy ? {} : { hostname: config.host, port: config.port };
  try {
    return Deno.serve({
      ...address,
      onListen: () => {},
      onError: (thrown) => app.onError(thrown),
    }, app.fetch);
  } catch (error) {
    const why = whyNot(error as Error);
    throw new CannotStart(`Cannot listen on ${config.host}:${config.port}: ${why}`);
  }
}

function whyNot(error: Error): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "another process listens there; set PORT to a free one";
  }
  if (error instanceof Deno.errors.NotCapable) return error.message;
  return `${error.message}; set HOST to an address of this machine, PORT to one you may use`;
}

/** Keys that are in use go on working; nobody would find out by himself why Sentry's clients do not take one. */
function tellKeysWithoutDsn({ intakeKeys }: Config, { logger }: Logging): void {
  const without = intakeKeys.filter((key) => !hasDsn(key)).length;
  if (without === 0) return;
  logger.warn(
    `INTAKE_KEYS: ${without} of ${intakeKeys.length} keys have characters beside letters, digits and _: ` +
      "they open POST /logs and POST /errors, but cannot be part of a DSN",
  );
}

/** Nobody would find out by himself why a variable does nothing. */
function tellMisnamed({ logger }: Logging): void {
  // Not every variable may be read everywhere: then there is nothing to say.
  if (Deno.permissions.querySync({ name: "env" }).state !== "granted") return;
  for (const sentence of misnamed(Deno.env.toObject(), ENV_NAMES)) logger.warn(sentence);
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

/** An error of this service like any other; and said, where the log is not printed. */
async function tellBroken(
  why: string,
  { logging, config }: { logging: Logging; config: Config },
): Promise<void> {
  const sentence = `The listener has ended, and so does this process, with exit code 1: ${why}`;
  logging.logger.error(sentence);
  if (config.logConsole === "off") await say([sentence], { ...config, level: "ERROR" });
}

async function endWith(error: Error): Promise<never> {
  const isKnown = error instanceof CannotStart;
  const text = isKnown ? error.message : `The service cannot go on: ${error.stack}`;
  // The platform collects calls of the console alone.
  const isCollected = Deno.env.get("DENO_DEPLOY") !== undefined;
  await print(text, { to: "stderr", isCollected });
  Deno.exit(1);
}
