/**
 * Starts the service: reads the configuration, starts the log, serves, and drains on SIGTERM or SIGINT.
 *
 * @module
 */
import { type Config, ConfigError, ENV_NAMES, readConfig } from "./config.ts";
import { localToken, localTokenPath } from "./config/local_token.ts";
import { misnamed } from "./config/names.ts";
import { catchStrays, type Logging, startLogging } from "./logging/mod.ts";
import { type App, createApp } from "./routes/app.ts";

/** The folder this file is in: tells own stack frames from others'. */
const ROOT = new URL(".", import.meta.url).pathname;
/** The first thing to ask: a failure with a receipt; in production there is no `/fail`. */
const FAIL_ON_PURPOSE = "/fail?how=string";
const LOOK_UP = "/?query_content=RECEIPT&user_type=guest";
/** Kept back from `SHUTDOWN_MS`, so that the process has ended when it is over. */
const EXIT_MARGIN_MS = 200;
/** The part of `SHUTDOWN_MS` that running requests may use; the rest is the log's. */
const REQUESTS_SHARE = 1 / 2;
/** Signals that arrive within this time are one: `deno task` passes a terminal's Ctrl+C on, although it reaches all by itself. */
const ONE_STOP_MS = 500;

if (import.meta.main) await main();

async function main(): Promise<void> {
  refuseArguments();
  const config = readConfigOrExit();
  const logging = startLog(config);
  const strays = catchStrays(logging.logger);
  addEventListener("unload", () => logging.spillRest());
  const operator = operatorOf(config);
  const app = createApp({
    logging,
    environment: config.env,
    requestTimeoutMs: config.requestTimeoutMs,
    maxBodyBytes: config.maxBodyBytes,
    operatorToken: operator.token,
    intakeKeys: config.intakeKeys,
    root: ROOT,
  });
  const server = serveOrExit(config, app);
  await logging.ready.catch((error: Error) => exitWith(error.message));
  logging.logger.info("Started");
  tellMisnamed(logging);
  greet(server.addr, { config, operator, signInPath: await app.newSignInPath() });
  await untilStopped();
  await drain({ server, logging, config });
  strays[Symbol.dispose]();
  Deno.exit(0);
}

/** An argument that is passed over would be a setting that somebody believes in. */
function refuseArguments(): void {
  if (Deno.args.length === 0) return;
  exitWith(
    `The service takes no arguments, only variables (docs/configuration.md); given was: ${
      Deno.args.join(" ")
    }`,
  );
}

function readConfigOrExit(): Config {
  try {
    return readConfig(Deno.env, { isTerminal: Deno.stdout.isTerminal() });
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.message);
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
    retention: {
      days: config.retentionDays,
      keepOccurrences: config.keepOccurrences,
      maxMegabytes: config.storeMaxMegabytes,
    },
    release: config.release,
    redactNames: config.redactNames,
    environment: config.env,
    root: ROOT,
    instance: `${Deno.hostname()}:${Deno.pid}`,
  });
}

/** The operator's token, and where it comes from. */
interface Operator {
  token?: string;
  from: "variable" | "file" | "memory" | "nowhere";
}

/** On loopback nobody has to invent a token to see the operator's side. */
function operatorOf(config: Config): Operator {
  if (config.operatorToken !== undefined) return { token: config.operatorToken, from: "variable" };
  if (!config.isLoopback) return { from: "nowhere" };
  const { token, isKept } = localToken(config.dataDir);
  return { token, from: isKept ? "file" : "memory" };
}

function serveOrExit(config: Config, app: App): Deno.HttpServer {
  const address = config.onDeploy ? {} : { hostname: config.host, port: config.port };
  try {
    return Deno.serve({
      ...address,
      onListen: () => {},
      onError: (thrown) => app.onError(thrown),
    }, app.fetch);
  } catch (error) {
    exitWith(`Cannot listen on ${config.host}:${config.port}: ${whyNot(error as Error)}`);
  }
}

function whyNot(error: Error): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "another process listens there; set PORT to a free one";
  }
  if (error instanceof Deno.errors.NotCapable) return error.message;
  return `${error.message}; set HOST to an address of this machine, PORT to one you may use`;
}

/** Nobody would find out by himself why a variable does nothing. */
function tellMisnamed({ logger }: Logging): void {
  // Not every variable may be read everywhere: then there is nothing to say.
  if (Deno.permissions.querySync({ name: "env" }).state !== "granted") return;
  for (const sentence of misnamed(Deno.env.toObject(), ENV_NAMES)) logger.warn(sentence);
}

/** The first thing an operator reads. Not a log record: the token in it must not be kept. */
function greet(
  addr: Deno.Addr,
  { config, operator, signInPath }: {
    config: Config;
    operator: Operator;
    signInPath: string | undefined;
  },
): void {
  const base = addr.transport === "tcp" ? `http://${hostIn(addr)}:${addr.port}` : "";
  const intake = config.intakeKeys.length > 0 ? "open" : "closed (INTAKE_KEYS is not set)";
  say([
    `Holdfast serves at ${base}/ (${config.env}, store ${withoutSecrets(config.storeUrl)})`,
    `Try: curl -i '${base}${config.env === "development" ? FAIL_ON_PURPOSE : LOOK_UP}'`,
    `Board: ${boardLine(base, { config, signInPath })}`,
    `Operator: ${operatorLine(operator, config)}`,
    `Intake: ${intake}`,
  ], config);
}

function operatorLine({ token, from }: Operator, { dataDir }: Config): string {
  if (from === "variable") return "the operator's API is open to OPERATOR_TOKEN";
  if (from === "file") return `operator's token, kept in ${localTokenPath(dataDir)}: ${token}`;
  if (from === "memory") return `operator's token until this process ends: ${token}`;
  return "OPERATOR_TOKEN is not set: the operator's API is closed";
}

/** A ready link only where nobody else can use it: it opens the board once, within a quarter of an hour. */
function boardLine(
  base: string,
  { config, signInPath }: { config: Config; signInPath: string | undefined },
): string {
  if (config.isLoopback) return `${base}${signInPath}`;
  return config.operatorToken === undefined
    ? "closed (OPERATOR_TOKEN is not set)"
    : `${base}/board (opens to OPERATOR_TOKEN)`;
}

function hostIn({ hostname }: Deno.NetAddr): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** A PostgreSQL address may carry a password. */
function withoutSecrets(storeUrl: string): string {
  if (!storeUrl.startsWith("postgres")) return storeUrl;
  const { protocol, host, pathname } = new URL(storeUrl);
  return `${protocol}//${host}${pathname}`;
}

/** Settles at the first SIGTERM or SIGINT; one that insists ends the process at once. */
function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstMs: number | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => {
      const nowMs = performance.now();
      firstMs ??= nowMs;
      if (nowMs - firstMs > ONE_STOP_MS) Deno.exit(1);
      resolve();
    });
  }
  return promise;
}

/** Finishes the requests, then the log, within `SHUTDOWN_MS`. */
async function drain(
  { server, logging, config }: { server: Deno.HttpServer; logging: Logging; config: Config },
): Promise<void> {
  const endMs = performance.now() + config.shutdownMs - EXIT_MARGIN_MS;
  const forRequestsMs = config.shutdownMs * REQUESTS_SHARE;
  // They never end by themselves.
  logging.tails.close();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isAnswered = await Promise.race([
    server.shutdown().then(() => true),
    new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), forRequestsMs)),
  ]);
  clearTimeout(timer);
  if (isAnswered) logging.logger.info("Stopped: requests are answered, the log is written out");
  else {
    logging.logger.warn(
      `Stopped: requests that were not answered within ${forRequestsMs} ms are cut off`,
    );
  }
  const { spilled, dropped, skipped, timedOut } = await logging.close({
    deadlineMs: Math.max(endMs - performance.now(), 0),
  });
  if (timedOut) {
    const sentence =
      `The log was not written out in time: ${spilled} records are spilled, ${dropped} dropped`;
    say([sentence], { ...config, level: "ERROR" });
  }
  if (skipped.otlp !== undefined) {
    const sentence = `The collector at OTLP_LOGS_URL did not get the last ${skipped.otlp} records`;
    say([sentence], { ...config, level: "WARN" });
  }
}

function exitWith(sentence: string): never {
  console.error(sentence);
  Deno.exit(1);
}

/** Lines past the log, in the form of its console: what nobody may keep, or what the log cannot tell. */
function say(
  lines: readonly string[],
  { logConsole, onDeploy, level = "INFO" }: Pick<Config, "logConsole" | "onDeploy"> & {
    level?: string;
  },
): void {
  // OpenTelemetry would export what the console prints, the operator's token too. On Deploy no token is printed.
  const print = level === "INFO" ? (onDeploy ? console.log : printAlone) : console.error;
  if (logConsole === "pretty") return print(lines.join("\n"));
  const time = new Date().toISOString();
  for (const message of lines) print(JSON.stringify({ time, level, message }));
}

/** To standard output, and nowhere else. */
function printAlone(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
}
