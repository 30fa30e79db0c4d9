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
import type { PeerQuestion } from "./routes/peers.ts";
import { type Arguments, readArguments } from "./workers/arguments.ts";
import type { Member } from "./workers/member.ts";
import { onStopSignals } from "./workers/stop_signals.ts";

/** The folder this file is in: tells own stack frames from others'. */
const ROOT = new URL(".", import.meta.url).pathname;
/** The first thing to ask: a failure with a receipt; in production there is no `/fail`. */
const FAIL_ON_PURPOSE = "/fail?how=string";
const LOOK_UP = "/?query_content=RECEIPT&user_type=guest";
/** Kept back from `SHUTDOWN_MS`, so that the process has ended when it is over. */
const EXIT_MARGIN_MS = 200;
/** The part of `SHUTDOWN_MS` that running requests may use; the rest is the log's. */
const REQUESTS_SHARE = 1 / 2;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { workers, place } = readArgumentsOrExit();
  const config = readConfigOrExit();
  if (workers > 1) return await superviseAndExit(workers, config);
  // Only a supervisor starts programs: whoever answers requests must not be able to.
  Deno.permissions.revokeSync({ name: "run" });
  const member = place && await joinOrExit(place);
  const logging = startLog(config, member);
  const strays = catchStrays(logging.logger);
  addEventListener("unload", () => logging.spillRest());
  const operator = operatorOf(config, member);
  const app = createApp({
    logging,
    environment: config.env,
    requestTimeoutMs: config.requestTimeoutMs,
    maxBodyBytes: config.maxBodyBytes,
    operatorToken: operator.token,
    intakeKeys: config.intakeKeys,
    root: ROOT,
    ...(member && { peers: member }),
  });
  const server = serveOrExit(config, { app, member });
  // All workers run the same code: nobody asks what is not a question.
  member?.answerWith((question) => app.answerPeer(question as PeerQuestion));
  await logging.ready.catch((error: Error) => exitWith(error.message));
  tellStart(logging, member);
  if ((member?.worker ?? 1) === 1) tellMisnamed(logging);
  const greetNow = async () => {
    const signInPath = await app.newSignInPath();
    greet(server.addr, { config, operator, signInPath, workers: member?.workers });
  };
  if (member) member.serves(server.addr as Deno.NetAddr).then(greetNow);
  else await greetNow();
  await (member ? untilStoppedAs(member) : untilStopped());
  await drain({ server, logging, config });
  strays[Symbol.dispose]();
  Deno.exit(0);
}

function readArgumentsOrExit(): Arguments {
  try {
    return readArguments(Deno.args);
  } catch (error) {
    exitWith((error as Error).message);
  }
}

/** This process answers no request: it sees to those that do. */
async function superviseAndExit(workers: number, config: Config): Promise<never> {
  const { refusal } = await import("./workers/refusal.ts");
  const why = refusal(config);
  if (why !== undefined) exitWith(`Cannot start ${workers} workers: ${why}`);
  const { supervise } = await import("./workers/supervisor.ts");
  const { token } = operatorOf(config);
  Deno.exit(await supervise({ workers, token, shutdownMs: config.shutdownMs, root: ROOT }));
}

async function joinOrExit(place: NonNullable<Arguments["place"]>): Promise<Member> {
  const { Member } = await import("./workers/member.ts");
  try {
    return await Member.join(place);
  } catch (error) {
    exitWith(`Worker ${place.worker} finds no supervisor: ${(error as Error).message}`);
  }
}

function readConfigOrExit(): Config {
  try {
    return readConfig(Deno.env, { isTerminal: Deno.stdout.isTerminal() });
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.message);
    throw error;
  }
}

function startLog(config: Config, member: Member | undefined): Logging {
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
    // One of several workers is enough.
    ...((member?.worker ?? 1) === 1 && {
      retention: {
        days: config.retentionDays,
        keepOccurrences: config.keepOccurrences,
        maxMegabytes: config.storeMaxMegabytes,
      },
    }),
    ...(member && { consoleLock: member.consoleLock }),
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
function operatorOf(config: Config, member?: Member): Operator {
  if (config.operatorToken !== undefined) return { token: config.operatorToken, from: "variable" };
  if (!config.isLoopback) return { from: "nowhere" };
  const { token, isKept } = localToken(config.dataDir);
  // All workers have the one that their supervisor found.
  return { token: member?.token ?? token, from: isKept ? "file" : "memory" };
}

function serveOrExit(
  config: Config,
  { app, member }: { app: App; member: Member | undefined },
): Deno.HttpServer {
  const own = { hostname: config.host, port: config.port };
  const address = config.onDeploy
    ? {}
    : member
    ? { ...own, port: member.port ?? own.port, reusePort: true }
    : own;
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

/** A worker that ended is an error of this service: it is remembered like any other. */
function tellStart({ logger }: Logging, member: Member | undefined): void {
  if (!member) return logger.info("Started");
  const { worker, predecessor } = member;
  if (!predecessor) return logger.info(`Started as worker ${worker}`);
  const { pid, code, signal } = predecessor;
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const sentence = `A worker ended by itself and is replaced: ${how}`;
  logger[code === 0 ? "info" : "error"](sentence, { worker, pid });
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
  { config, operator, signInPath, workers }: {
    config: Config;
    operator: Operator;
    signInPath: string | undefined;
    workers: number | undefined;
  },
): void {
  const base = addr.transport === "tcp" ? `http://${hostIn(addr)}:${addr.port}` : "";
  const intake = config.intakeKeys.length > 0 ? "open" : "closed (INTAKE_KEYS is not set)";
  const by = workers === undefined ? "" : `, ${workers} workers`;
  say([
    `Holdfast serves at ${base}/ (${config.env}, store ${withoutSecrets(config.storeUrl)}${by})`,
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
  return new Promise((resolve) => onStopSignals((isAtOnce) => isAtOnce ? Deno.exit(1) : resolve()));
}

/**
 * Settles when the supervisor says so or has gone, and at a SIGTERM of its own. Ctrl+C in a terminal reaches all processes at
 * once: the supervisor speaks for it.
 */
function untilStoppedAs(member: Member): Promise<void> {
  member.stoppedAtOnce.then(() => Deno.exit(1));
  Deno.addSignalListener("SIGINT", () => {});
  return Promise.race([
    member.stopped,
    new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", resolve)),
  ]);
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
