/**
 * What a program sets instead of the environment.
 *
 * @module
 */
import type { Level } from "../store/record.ts";

/**
 * Settings of the library. Each stands for a variable (`OPTIONS` in `config.ts`), has its bounds and its meaning
 * (`docs/configuration.md`), and wins over it; what is absent is read from the environment.
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
  /** `OPERATOR_TOKEN`: opens board and JSON API. One token, or several as `name:TOKEN` or `name:TOKEN:read`. */
  operatorToken?: string;
  /** `INTAKE_KEYS`: each `KEY`, `service:KEY` or `service:KEY:public`. */
  intakeKeys?: readonly string[];
  /** `TUNNEL_PATH`: another path for reports of browsers, below that of `api()`. */
  tunnelPath?: string;
  /** `PUBLIC_URL`: the address people use. */
  publicUrl?: string;
  /** `ISSUES_URL`: the address of a new issue elsewhere, which the board fills in. */
  issuesUrl?: string;
  /** `TRUSTED_PROXIES`: addresses and ranges. */
  trustedProxies?: readonly string[];
  /** `LOG_LEVEL`: the least severe level that is recorded. */
  logLevel?: Level;
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
  /** `REQUEST_TIMEOUT_MS`: for a body to arrive, and for a module to answer. */
  requestTimeoutMs?: number;
  /** `MAX_BODY_BYTES`: of a module's request. */
  maxBodyBytes?: number;
  /** `SHUTDOWN_MS`: from a signal to the end of the process. */
  shutdownMs?: number;
  /** `ALERT_URLS`: who hears of errors. */
  alertUrls?: readonly string[];
}
