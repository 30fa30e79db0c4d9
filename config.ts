/**
 * The environment, read once at the start: variables in, one frozen {@linkcode Config} out.
 * What each variable means to a user stands in `docs/configuration.md`.
 *
 * @module
 */
import * as v from "valibot";
import {
  headers,
  isFilePath,
  isHost,
  isPlainName,
  isStoreUrl,
  isWebUrl,
  matching,
  names,
  oneOf,
  publicUrl,
  ranges,
  secret,
  slipIn,
  STORE_BOUND,
  wholeNumber,
} from "./config/checks.ts";
import { type IntakeKey, intakeKeys } from "./config/intake_keys.ts";

/** The shortest secret accepted outside development: 16 random characters are beyond guessing. */
const MIN_SECRET_CHARS = 16;

/** A wrong value is shown up to this length. */
const MAX_SHOWN_CHARS = 100;

/** Never shown, because all of the value is a secret: a webhook's address opens its channel. */
const SECRETS = new Set([
  "OPERATOR_TOKEN",
  "INTAKE_KEYS",
  "ALERT_WEBHOOK_URL",
  "OTLP_LOGS_URL",
  "OTLP_LOGS_HEADERS",
]);

/** May hold a password, so that only the scheme is shown. */
const STORES = new Set(["STORE_URL", "DATABASE_URL"]);

/** RFC 1122, 3.2.1.3 (all of 127.0.0.0/8); RFC 4291, 2.5.3; RFC 6761, 6.3. */
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/i;

/** The same as ranges: a proxy on this machine. */
const LOOPBACK_RANGES = "127.0.0.0/8, ::1";

/** All names of variables that {@linkcode readConfig} reads: all it needs to be allowed to. */
export const ENV_NAMES: readonly string[] = Object.keys(schemaFor("production").entries).sort();

/** Where variables come from: `Deno.env`, or a `Map` in a test. */
export interface Environment {
  /** The variable's value; undefined where it is not set. */
  get(name: string): string | undefined;
}

/** What the defaults depend on beside the environment. */
export interface ConfigContext {
  /** Whether standard output is a terminal. */
  isTerminal: boolean;
}

/** Who the service runs for: the one who writes it, or everyone. */
export type Mode = "development" | "production";

/** All settings of one process. Plain data, so that it can cross to the worker. */
export interface Config {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes any free one. */
  readonly port: number;
  /** Whether nobody but this machine can reach the service. */
  readonly isLoopback: boolean;
  /** `development` shows stacks to clients and opens `/fail`. */
  readonly env: Mode;
  /** `sqlite:PATH`, `postgres://…` or `memory:`. */
  readonly storeUrl: string;
  /** Folder of the spill and quarantine files: beside the SQLite file, else `./data`. */
  readonly dataDir: string;
  /** Size of the store, in megabytes, at which the oldest logs go. */
  readonly storeMaxMegabytes: number;
  /** Logs and occurrences older than this many days go. */
  readonly retentionDays: number;
  /** Occurrences kept of each error. */
  readonly keepOccurrences: number;
  /** Opens the board and the JSON API. */
  readonly operatorToken?: string;
  /** Keys for reports by other services; none closes the intake. */
  readonly intakeKeys: readonly IntakeKey[];
  /** The mildest level that is recorded. */
  readonly logLevel: "DEBUG" | "INFO" | "WARN" | "ERROR" | "CRITICAL";
  /** How records are printed. */
  readonly logConsole: "pretty" | "json" | "off";
  /** The address people use, without a slash at its end: links begin with it. */
  readonly publicUrl?: string;
  /** Addresses and ranges (CIDR) of proxies whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Path of the NDJSON log file. */
  readonly logFile?: string;
  /** Which requests' input and output are recorded. */
  readonly logBodies: "on" | "errors" | "off";
  /** What is kept of users: the id alone, name, e-mail and address as well, or nothing. */
  readonly keepUser: "id" | "full" | "none";
  /** Which records are on disk before their request is answered. */
  readonly logSpill: "off" | "error" | "all";
  /** More names whose values are masked in the log. */
  readonly redactNames: readonly string[];
  /** Time a module has for its answer, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Largest request body, in bytes. */
  readonly maxBodyBytes: number;
  /** From SIGTERM or SIGINT to exit, in milliseconds. */
  readonly shutdownMs: number;
  /** Gets a JSON POST when an error is new or comes back. */
  readonly alertWebhookUrl?: string;
  /** The service's own name, as it appears in records. */
  readonly service: string;
  /** The running release, as it appears in records. */
  readonly release?: string;
  /** The OpenTelemetry collector that gets every record: its endpoint's whole address, and headers for it. */
  readonly otlpLogs?: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** Whether this is Deno Deploy, which sets the address and may forget the disk. */
  readonly onDeploy: boolean;
  /** Whether something collects each call of `console.*` as one record: Deploy or OpenTelemetry. */
  readonly consoleCollected: boolean;
}

/** All wrong variables in one error; its message is ready to be printed. */
export class ConfigError extends Error {
  /** Always `ConfigError`. */
  override name = "ConfigError";
  /** One sentence for each wrong variable: name, bound, and the value where it is no secret. */
  readonly mistakes: readonly string[];

  /** Joins the mistakes, one a line. */
  constructor(mistakes: readonly string[], what: "variable" | "setting" = "variable") {
    const count = mistakes.length === 1 ? `1 ${what} is` : `${mistakes.length} ${what}s are`;
    super(`${count} wrong:\n${mistakes.map((mistake) => `  ${mistake}`).join("\n")}`);
    this.mistakes = mistakes;
  }
}

/**
 * Reads every variable, fills in the defaults and checks the bounds. Spaces around a value do not
 * count, and an empty value counts as unset.
 *
 * @example
 * ```ts
 * const config = readConfig(Deno.env, { isTerminal: Deno.stdout.isTerminal() });
 * ```
 *
 * @throws {ConfigError} naming every wrong variable
 */
export function readConfig(env: Environment, context: ConfigContext): Config {
  const given: Record<string, string> = {};
  for (const name of ENV_NAMES) {
    const value = env.get(name)?.trim();
    if (value) given[name] = value;
  }
  // STORE_URL goes first, so that a DATABASE_URL meant for another program does no harm.
  if (given.STORE_URL) delete given.DATABASE_URL;

  const mode = modeOf(given);
  const result = v.safeParse(schemaFor(mode), given, { abortPipeEarly: true });
  const mistakes = mistakesIn(given, result.issues ?? []);
  if (!result.success || mistakes.length > 0) throw new ConfigError(mistakes);
  return toConfig(result.output, { ...context, mode });
}

/** One for each wrong variable, in the order of the table. What was most likely meant goes before what the table says. */
function mistakesIn(
  given: Record<string, string>,
  issues: readonly v.BaseIssue<unknown>[],
): string[] {
  const bounds = new Map(issues.map((issue) => [String(v.getDotPath(issue)), issue.message]));
  for (const [name, value] of Object.entries(given)) {
    const slip = slipIn(name, value);
    if (slip !== undefined) bounds.set(name, slip);
  }
  return Object.keys(schemaFor("production").entries).filter((name) => bounds.has(name))
    .map((name) => `${name} must be ${bounds.get(name)}; it is ${shown(name, given[name] ?? "")}`);
}

/** Development is the default where nobody else can reach the service. */
function modeOf(given: Record<string, string>): Mode {
  const named = given.HOLDFAST_ENV?.toLowerCase();
  if (named === "development" || named === "production") return named;
  return isLoopback(given) ? "development" : "production";
}

/** Whether nobody but this machine can reach the service. */
function isLoopback({ HOST, DENO_DEPLOY }: { HOST?: string; DENO_DEPLOY?: string }): boolean {
  return DENO_DEPLOY === undefined && (HOST === undefined || LOOPBACK.test(HOST));
}

/** The table of all variables. Each message is the bound, to be read after "must be". */
function schemaFor(mode: Mode) {
  const minSecretChars = mode === "production" ? MIN_SECRET_CHARS : 1;
  return v.object({
    HOST: v.optional(matching(isHost, "an IP address or a host name, without a port"), "127.0.0.1"),
    PORT: wholeNumber({ min: 0, max: 65_535, byDefault: 8000 }),
    HOLDFAST_ENV: v.optional(oneOf(["development", "production"])),
    STORE_URL: v.optional(matching(isStoreUrl, STORE_BOUND)),
    DATABASE_URL: v.optional(matching(isStoreUrl, `${STORE_BOUND} unless STORE_URL is set`)),
    STORE_MAX_MB: wholeNumber({ min: 1, max: 1_048_576, byDefault: 1024 }),
    RETENTION_DAYS: wholeNumber({ min: 1, max: 3650, byDefault: 90 }),
    KEEP_OCCURRENCES: wholeNumber({ min: 1, max: 10_000, byDefault: 100 }),
    OPERATOR_TOKEN: v.optional(secret(minSecretChars)),
    INTAKE_KEYS: v.optional(intakeKeys(minSecretChars), ""),
    PUBLIC_URL: v.optional(publicUrl()),
    TRUSTED_PROXIES: v.optional(ranges(), LOOPBACK_RANGES),
    LOG_LEVEL: v.optional(oneOf(["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"]), "INFO"),
    LOG_CONSOLE: v.optional(oneOf(["pretty", "json", "off"])),
    LOG_FILE: v.optional(matching(isFilePath, "the path of a file, not of a folder")),
    LOG_BODIES: v.optional(oneOf(["on", "errors", "off"]), "on"),
    KEEP_USER: v.optional(oneOf(["id", "full", "none"]), "id"),
    LOG_SPILL: v.optional(oneOf(["off", "error", "all"]), "error"),
    REDACT_NAMES: v.optional(names(), ""),
    REQUEST_TIMEOUT_MS: wholeNumber({ min: 10, max: 600_000, byDefault: 10_000 }),
    MAX_BODY_BYTES: wholeNumber({ min: 1, max: 104_857_600, byDefault: 1_048_576 }),
    SHUTDOWN_MS: wholeNumber({ min: 100, max: 600_000, byDefault: 4500 }),
    ALERT_WEBHOOK_URL: v.optional(matching(isWebUrl, "an http:// or https:// address")),
    OTLP_LOGS_URL: v.optional(matching(isWebUrl, "an http:// or https:// address")),
    OTLP_LOGS_HEADERS: v.optional(headers(), ""),
    HOLDFAST_SERVICE: v.optional(
      matching(isPlainName, "1 to 128 printable ASCII characters"),
      "holdfast",
    ),
    HOLDFAST_RELEASE: v.optional(matching(isPlainName, "1 to 128 printable ASCII characters")),
    // Set by the platform or the runtime, never by us: taken as they are.
    DENO_DEPLOYMENT_ID: v.optional(v.string()),
    DENO_DEPLOY: v.optional(v.string()),
    OTEL_DENO: v.optional(v.string()),
  });
}

/** Not node:path's, which costs the start 15 ms. */
function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? "." : path.slice(0, end) || "/";
}

/** The value as far as it is no secret. */
function shown(name: string, value: string): string {
  if (SECRETS.has(name)) return `${value.length} characters long (not shown)`;
  if (STORES.has(name) && !value.startsWith("sqlite:")) {
    const scheme = /^[a-z]+:(?=\/\/)/i.exec(value)?.[0];
    return scheme ? `"${scheme}//…" (the rest is not shown)` : "not shown";
  }
  if (name === "PUBLIC_URL" && value.includes("@")) {
    return "not shown: it holds a user or a password";
  }
  return JSON.stringify(
    value.length > MAX_SHOWN_CHARS ? `${value.slice(0, MAX_SHOWN_CHARS)}…` : value,
  );
}

/** Names, units and the defaults that depend on something else. */
function toConfig(
  values: v.InferOutput<ReturnType<typeof schemaFor>>,
  { isTerminal, mode }: ConfigContext & { mode: Mode },
): Config {
  const storeUrl = values.STORE_URL ?? values.DATABASE_URL ?? "sqlite:./data/holdfast.db";
  const onDeploy = values.DENO_DEPLOY !== undefined;
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    isLoopback: isLoopback(values),
    env: mode,
    storeUrl,
    dataDir: storeUrl.startsWith("sqlite:") ? folderOf(storeUrl.slice("sqlite:".length)) : "./data",
    storeMaxMegabytes: values.STORE_MAX_MB,
    retentionDays: values.RETENTION_DAYS,
    keepOccurrences: values.KEEP_OCCURRENCES,
    intakeKeys: values.INTAKE_KEYS,
    trustedProxies: values.TRUSTED_PROXIES,
    logLevel: values.LOG_LEVEL,
    logConsole: values.LOG_CONSOLE ?? (isTerminal ? "pretty" : "json"),
    logBodies: values.LOG_BODIES,
    keepUser: values.KEEP_USER,
    logSpill: values.LOG_SPILL,
    redactNames: values.REDACT_NAMES,
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    maxBodyBytes: values.MAX_BODY_BYTES,
    shutdownMs: values.SHUTDOWN_MS,
    service: values.HOLDFAST_SERVICE,
    onDeploy,
    consoleCollected: onDeploy || ["1", "true"].includes(values.OTEL_DENO ?? ""),
    ...(values.OTLP_LOGS_URL !== undefined && {
      otlpLogs: { url: values.OTLP_LOGS_URL, headers: values.OTLP_LOGS_HEADERS },
    }),
    ...whereSet({
      operatorToken: values.OPERATOR_TOKEN,
      publicUrl: values.PUBLIC_URL,
      logFile: values.LOG_FILE,
      alertWebhookUrl: values.ALERT_WEBHOOK_URL,
      release: values.HOLDFAST_RELEASE ?? values.DENO_DEPLOYMENT_ID,
    }),
  });
}

/** Leaves out what is not set, so that no key of a config is ever undefined. */
function whereSet<Name extends string>(
  values: Record<Name, string | undefined>,
): Partial<Record<Name, string>> {
  const set: Partial<Record<Name, string>> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined) set[name] = value;
  }
  return set;
}
