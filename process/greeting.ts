/**
 * Where the service is, and what to try first.
 *
 * @module
 */
import type { Config } from "../config.ts";
import { localTokenPath } from "../config/local_token.ts";
import type { Operator } from "./operator.ts";

/** The first thing to ask: a failure with a receipt; in production there is no `/fail`. */
const FAIL_ON_PURPOSE = "/fail?how=string";
const LOOK_UP = "/?query_content=RECEIPT&user_type=guest";

/** What a start has come to. */
export interface GreetingOptions {
  /** The settings. */
  config: Config;
  /** The operator's token. */
  operator: Operator;
  /** Opens the board once. */
  signInPath: string | undefined;
}

/** The first lines that an operator reads. No log record: the token in them must not be kept. */
export function greeting(
  addr: Deno.Addr,
  { config, operator, signInPath }: GreetingOptions,
): string[] {
  const base = addr.transport === "tcp" ? `http://${hostIn(addr)}:${addr.port}` : "";
  const intake = config.intakeKeys.length > 0 ? "open" : "closed (INTAKE_KEYS is not set)";
  return [
    `Holdfast serves at ${base}/ (${config.env}, store ${withoutSecrets(config.storeUrl)})`,
    `Try: curl -i '${base}${config.env === "development" ? FAIL_ON_PURPOSE : LOOK_UP}'`,
    `Board: ${boardLine(base, { config, signInPath })}`,
    `Operator: ${operatorLine(operator, config)}`,
    `Intake: ${intake}`,
  ];
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
