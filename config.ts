/**
 * The environment, read once at the start: variables and an app's own settings in, one frozen {@linkcode Config} out.
 * What each means to a user stands in `docs/configuration.md`.
 *
 * @module
 */
import { isLoopback, LOOPBACK_RANGES } from "./store/address_range.ts";
import {
  type Check,
  filePath,
  headers,
  host,
  intakeKeys,
  issuesUrl,
  type Mode,
  names,
  oneOf,
  plainName,
  postgresOrPath,
  publicUrl,
  QUOTED,
  ranges,
  tunnelPath,
  webUrl,
  wholeNumber,
} from "./config/checks.ts";
import { operatorTokens } from "./config/operator_tokens.ts";
import { alertUrls, oneEach } from "./config/alert_urls.ts";
import type { Settings } from "./config/settings.ts";
import { LEVELS } from "./store/record.ts";

/** A wrong value is shown up to this length. */
const MAX_SHOWN_CHARS = 100;
const STORE_BOUND = "sqlite:PATH (without //), postgres://… or memory:";

interface Row<Value> {
  name: string;
  check: Check<Value>;
  /** Absent where it depends on something else, or where there is none. */
  default?: Value;
  /** What of a wrong value is shown. Absent where nothing of it can be a secret. */
  secret?: (value: string) => string;
}

/** The variables that stand for an option of the library too, by its name. */
const OPTIONS = {
  host: { name: "HOST", check: host, default: "127.0.0.1" },
  port: { name: "PORT", check: wholeNumber(0, 65_535), default: 8000 },
  environment: { name: "HOLDFAST_ENV", check: oneOf(["development", "production"]) },
  storeUrl: { name: "STORE_URL", check: postgresOrPath(STORE_BOUND), secret: onlyScheme },
  storeMaxMegabytes: { name: "STORE_MAX_MB", check: wholeNumber(1, 1_048_576), default: 1024 },
  retentionDays: { name: "RETENTION_DAYS", check: wholeNumber(1, 3650), default: 90 },
  keepOccurrences: { name: "KEEP_OCCURRENCES", check: wholeNumber(1, 10_000), default: 100 },
  operatorToken: { name: "OPERATOR_TOKEN", check: operatorTokens, secret: onlyLength },
  intakeKeys: { name: "INTAKE_KEYS", check: intakeKeys, default: [], secret: onlyLength },
  tunnelPath: { name: "TUNNEL_PATH", check: tunnelPath },
  issuesUrl: { name: "ISSUES_URL", check: issuesUrl, secret: withoutUser },
  publicUrl: { name: "PUBLIC_URL", check: publicUrl, secret: withoutUser },
  trustedProxies: { name: "TRUSTED_PROXIES", check: ranges, default: LOOPBACK_RANGES },
  logLevel: { name: "LOG_LEVEL", check: oneOf(LEVELS), default: "INFO" },
  logConsole: { name: "LOG_CONSOLE", check: oneOf(["pretty", "json", "off"]) },
  logFile: { name: "LOG_FILE", check: filePath },
  logBodies: { name: "LOG_BODIES", check: oneOf(["on", "errors", "off"]), default: "on" },
  keepUser: { name: "KEEP_USER", check: oneOf(["id", "full", "none"]), default: "id" },
  logSpill: { name: "LOG_SPILL", check: oneOf(["off", "error", "all"]), default: "error" },
  redactNames: { name: "REDACT_NAMES", check: names, default: [] },
  requestTimeoutMs: {
    name: "REQUEST_TIMEOUT_MS",
    check: wholeNumber(10, 600_000),
    default: 10_000,
  },
  maxBodyBytes: { name: "MAX_BODY_BYTES", check: wholeNumber(1, 104_857_600), default: 1_048_576 },
  shutdownMs: { name: "SHUTDOWN_MS", check: wholeNumber(100, 600_000), default: 4500 },
  // Whoever has such an address can write to its channel.
  alertUrls: {
    name: "ALERT_URLS",
    check: alertUrls("ALERT_URLS"),
    default: [],
    secret: onlyLength,
  },
  service: { name: "HOLDFAST_SERVICE", check: plainName, default: "holdfast" },
  release: { name: "HOLDFAST_RELEASE", check: plainName },
} as const satisfies { [Name in keyof Settings]-?: Row<unknown> };

/** The variables that are read only from the environment. */
const VARIABLES = {
  ...OPTIONS,
  databaseUrl: {
    name: "DATABASE_URL",
    check: postgresOrPath(`${STORE_BOUND} unless STORE_URL is set`),
    secret: onlyScheme,
  },
  // The old name of ALERT_URLS.
  alertWebhookUrl: {
    name: "ALERT_WEBHOOK_URL",
    check: alertUrls("ALERT_WEBHOOK_URL"),
    default: [],
    secret: onlyLength,
  },
  otlpLogsUrl: { name: "OTLP_LOGS_URL", check: webUrl, secret: onlyLength },
  otlpLogsHeaders: { name: "OTLP_LOGS_HEADERS", check: headers, default: {}, secret: onlyLength },
  // Set by the platform or the runtime, never by us: taken as they are.
  deploymentId: { name: "DENO_DEPLOYMENT_ID", check: (text: string) => text },
  deploy: { name: "DENO_DEPLOY", check: (text: string) => text },
  otelDeno: { name: "OTEL_DENO", check: (text: string) => text },
} as const satisfies Record<string, Row<unknown>>;

type Name = keyof typeof VARIABLES;
type ValueOf<N extends Name> = ReturnType<(typeof VARIABLES)[N]["check"]>;
type WithDefault = {
  [N in Name]: (typeof VARIABLES)[N] extends { default: unknown } ? N : never;
}[Name];
type Values =
  & { readonly [N in WithDefault]: ValueOf<N> }
  & { readonly [N in Exclude<Name, WithDefault>]?: ValueOf<N> };

/** All names of variables that {@linkcode readConfig} reads: all it needs to be allowed to. */
export const ENV_NAMES: readonly string[] = Object.values(VARIABLES).map(({ name }) => name).sort();

/** Each option of the library, and the variable that it stands for. */
export const OPTION_NAMES: readonly (readonly [option: string, variable: string])[] = Object
  .entries(OPTIONS).map(([option, { name }]) => [option, name]);

/** Where variables come from: `Deno.env`, or a `Map` in a test. */
export interface Environment {
  /** The variable's value; undefined where it is not set. */
  get(name: string): string | undefined;
}

/** What a configuration depends on beside the environment. */
export interface ConfigContext {
  /** Whether standard output is a terminal. */
  isTerminal: boolean;
  /** What a program sets in place of variables. */
  settings?: Settings;
  /** Mistakes that the caller has found. */
  wrong?: readonly string[];
}

/** All settings of one process, by the names of the options. Plain data, so that it can cross to the worker. */
export type Config = Readonly<ReturnType<typeof complete>>;

/** All that is wrong in one error; its message is ready to be printed. */
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
    // Where nobody catches it, these lines are all that is printed: the mistake is in no line of code.
    this.stack = `${this.name}: ${this.message}`;
  }
}

interface Given {
  readonly text: string;
  readonly label: string;
}

/**
 * Reads every variable, fills in the defaults and checks the bounds. A setting wins over its variable. Spaces around a value do
 * not count, and an empty value counts as unset.
 *
 * @example
 * ```ts
 * const config = readConfig(Deno.env, { isTerminal: Deno.stdout.isTerminal() });
 * ```
 *
 * @throws {ConfigError} naming every wrong variable, and every wrong setting by its own name
 */
export function readConfig(
  env: Environment,
  { isTerminal, settings = {}, wrong = [] }: ConfigContext,
): Config {
  const given = readGiven(env, settings);
  const isLocal = !given.has("deploy") && isLoopback(given.get("host")?.text ?? "localhost");
  const named = given.get("environment")?.text.toLowerCase();
  // Development is the default where nobody else can reach the service.
  const mode: Mode = named === "development" || named === "production"
    ? named
    : isLocal
    ? "development"
    : "production";
  const mistakes = [...unknownIn(settings), ...wrong];
  const ofSettings = mistakes.length > 0 || Object.values(settings).some(isSet);
  const values: Record<string, unknown> = {};
  for (const [name, row] of Object.entries<Row<unknown>>(VARIABLES)) {
    const value = given.get(name);
    if (value === undefined) {
      if (row.default !== undefined) values[name] = row.default;
      continue;
    }
    try {
      values[name] = checked(value.text, { row, mode });
    } catch (error) {
      const shown = (row.secret ?? quoted)(value.text);
      mistakes.push(`${value.label} must be ${(error as RangeError).message}; it is ${shown}`);
    }
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes, ofSettings ? "setting" : "variable");
  return complete(values as unknown as Values, { isTerminal, mode, isLoopback: isLocal });
}

function readGiven(env: Environment, settings: Settings): Map<string, Given> {
  const given = new Map<string, Given>();
  for (const [name, { name: variable }] of Object.entries(VARIABLES)) {
    const setting = settings[name as keyof Settings];
    const text = (isSet(setting) ? String(setting) : env.get(variable))?.trim();
    if (text) given.set(name, { text, label: isSet(setting) ? name : variable });
  }
  // STORE_URL goes first, so that a DATABASE_URL meant for another program does no harm.
  if (given.has("storeUrl")) given.delete("databaseUrl");
  return given;
}

function isSet(setting: unknown): boolean {
  return setting !== undefined && setting !== null;
}

function unknownIn(settings: Settings): string[] {
  return Object.keys(settings).filter((name) => !Object.hasOwn(OPTIONS, name))
    .map((name) => `${name} is not an option`);
}

/** @throws {RangeError} with the bound. */
function checked(text: string, { row, mode }: { row: Row<unknown>; mode: Mode }): unknown {
  if (QUOTED.test(text)) {
    throw new RangeError("without quotes around it: they would be a part of the value");
  }
  return row.check(text, mode);
}

/** The defaults that depend on something else. */
function complete(
  { databaseUrl, deploymentId, deploy, otelDeno, alertUrls, alertWebhookUrl, ...own }: Values,
  { isTerminal, mode, isLoopback }: { isTerminal: boolean; mode: Mode; isLoopback: boolean },
) {
  const storeUrl = own.storeUrl ?? databaseUrl ?? "sqlite:./data/holdfast.db";
  const release = own.release ?? deploymentId;
  const onDeploy = deploy !== undefined;
  return Object.freeze({
    ...own,
    ...(release !== undefined && { release }),
    environment: mode,
    /** Whether nobody but this machine can reach the service. */
    isLoopback,
    storeUrl,
    /** Who hears of errors. */
    alertTargets: oneEach([...alertUrls, ...alertWebhookUrl]),
    /** Folder of the journal and quarantine files. */
    dataDir: storeUrl.startsWith("sqlite:") ? folderOf(storeUrl.slice("sqlite:".length)) : "./data",
    logConsole: own.logConsole ?? (isTerminal ? "pretty" : "json"),
    /** Whether this is Deno Deploy, which sets the address and may forget the disk. */
    onDeploy,
    /** Whether something collects each call of `console.*` as one record: Deploy or OpenTelemetry. */
    consoleCollected: onDeploy || ["1", "true"].includes(otelDeno ?? ""),
  });
}

/** Not node:path's, which costs the start 15 ms. */
function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? "." : path.slice(0, end) || "/";
}

function quoted(value: string): string {
  const isLong = value.length > MAX_SHOWN_CHARS;
  return JSON.stringify(isLong ? `${value.slice(0, MAX_SHOWN_CHARS)}…` : value);
}

function onlyLength(value: string): string {
  return `${value.length} characters long (not shown)`;
}

/** The rest may hold a password. */
function onlyScheme(value: string): string {
  if (value.startsWith("sqlite:")) return quoted(value);
  const scheme = /^[a-z]+:(?=\/\/)/i.exec(value)?.[0];
  return scheme ? `"${scheme}//…" (the rest is not shown)` : "not shown";
}

function withoutUser(value: string): string {
  return value.includes("@") ? "not shown: it holds a user or a password" : quoted(value);
}
