/**
 * What a program sets in place of the environment.
 *
 * @module
 */
import {
  type Config,
  type ConfigContext,
  ConfigError,
  type Environment,
  readConfig,
} from "../config.ts";

/**
 * Settings of the library. Each stands for a variable, has its bounds and its meaning (`docs/configuration.md`), and wins over it;
 * what is absent is read from the environment.
 */
export interface Settings {
  /** `HOLDFAST_SERVICE`: the service, as records and errors name it. */
  service?: string;
  /** `HOLDFAST_RELEASE`: the release that is running. */
  release?: string;
  /** `HOLDFAST_ENV`. */
  environment?: "development" | "production";
  /** `HOST`: where `serve()` listens. */
  host?: string;
  /** `PORT`: 0 takes any free one. */
  port?: number;
  /** `STORE_URL`: `sqlite:PATH`, `postgres://…` or `memory:`. */
  storeUrl?: string;
  /** `STORE_MAX_MB`: size of the store, in megabytes. */
  storeMaxMegabytes?: number;
  /** `RETENTION_DAYS`. */
  retentionDays?: number;
  /** `KEEP_OCCURRENCES`: of each error. */
  keepOccurrences?: number;
  /** `OPERATOR_TOKEN`: opens board and JSON API. */
  operatorToken?: string;
  /** `INTAKE_KEYS`: each `KEY`, `service:KEY` or `service:KEY:public`. */
  intakeKeys?: readonly string[];
  /** `PUBLIC_URL`: the address people use. */
  publicUrl?: string;
  /** `TRUSTED_PROXIES`: addresses and ranges. */
  trustedProxies?: readonly string[];
  /** `LOG_LEVEL`: the mildest level that is recorded. */
  logLevel?: "DEBUG" | "INFO" | "WARN" | "ERROR" | "CRITICAL";
  /** `LOG_CONSOLE`: how records are printed. */
  logConsole?: "pretty" | "json" | "off";
  /** `LOG_FILE`: path of the NDJSON file. */
  logFile?: string;
  /** `LOG_BODIES`: which requests' input and output are recorded. */
  logBodies?: "on" | "errors" | "off";
  /** `LOG_SPILL`: which records are on disk before their request is answered. */
  logSpill?: "off" | "error" | "all";
  /** `KEEP_USER`: what is kept of users. */
  keepUser?: "id" | "full" | "none";
  /** `REDACT_NAMES`: more names whose values are masked. */
  redactNames?: readonly string[];
  /** `REQUEST_TIMEOUT_MS`: the time a module has. */
  requestTimeoutMs?: number;
  /** `MAX_BODY_BYTES`: of a module's request. */
  maxBodyBytes?: number;
  /** `SHUTDOWN_MS`: from a signal to the end of the process. */
  shutdownMs?: number;
}

/** The variable that each stands for. */
export const VARIABLES: { readonly [Name in keyof Settings]-?: string } = {
  service: "HOLDFAST_SERVICE",
  release: "HOLDFAST_RELEASE",
  environment: "HOLDFAST_ENV",
  host: "HOST",
  port: "PORT",
  storeUrl: "STORE_URL",
  storeMaxMegabytes: "STORE_MAX_MB",
  retentionDays: "RETENTION_DAYS",
  keepOccurrences: "KEEP_OCCURRENCES",
  operatorToken: "OPERATOR_TOKEN",
  intakeKeys: "INTAKE_KEYS",
  publicUrl: "PUBLIC_URL",
  trustedProxies: "TRUSTED_PROXIES",
  logLevel: "LOG_LEVEL",
  logConsole: "LOG_CONSOLE",
  logFile: "LOG_FILE",
  logBodies: "LOG_BODIES",
  logSpill: "LOG_SPILL",
  keepUser: "KEEP_USER",
  redactNames: "REDACT_NAMES",
  requestTimeoutMs: "REQUEST_TIMEOUT_MS",
  maxBodyBytes: "MAX_BODY_BYTES",
  shutdownMs: "SHUTDOWN_MS",
};

/**
 * The configuration of settings and environment together. `wrong` are mistakes that the caller has found.
 *
 * @throws {ConfigError} naming every wrong setting and variable, a setting by its own name.
 */
export function readSettings(
  settings: Settings,
  { env, wrong = [], ...context }: ConfigContext & { env: Environment; wrong?: string[] },
): Config {
  const unknown = Object.keys(settings).filter((name) => !Object.hasOwn(VARIABLES, name))
    .map((name) => `${name} is no option`);
  const mistakes = [...unknown, ...wrong];
  const given = new Map<string, string>();
  const optionOf = new Map<string, string>();
  for (const [option, variable] of Object.entries(VARIABLES)) {
    const value = settings[option as keyof Settings];
    if (value === undefined || value === null) continue;
    given.set(variable, Array.isArray(value) ? value.join(",") : String(value));
    optionOf.set(variable, option);
  }
  try {
    const config = readConfig({ get: (name) => given.get(name) ?? env.get(name) }, context);
    if (mistakes.length === 0) return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (given.size === 0 && mistakes.length === 0) throw error;
    mistakes.push(...error.mistakes.map((mistake) => {
      const [variable = ""] = mistake.split(" ", 1);
      const option = optionOf.get(variable);
      return option === undefined ? mistake : option + mistake.slice(variable.length);
    }));
  }
  throw new ConfigError(mistakes, "setting");
}
