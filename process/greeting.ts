/** Where the service is, and what to try first. */
import type { Config } from "../config.ts";
import { localTokenPath } from "../config/local_token.ts";
import type { Operator } from "./operator.ts";

/** What a start has come to. */
export interface GreetingOptions {
  config: Config;
  operator: Operator;
  hasApi: boolean;
  firstPath?: string;
  board: GreetedBoard;
}

/** Where the board stands, and who opens it. */
export interface GreetedBoard {
  /** Its path, without a slash at the end: empty at the root. */
  path: string;
  /** The operator's token, an app's own `auth`, or nobody where the app has no board. */
  openedBy: "operator" | "auth" | "nobody";
  /** Opens it once. */
  signInPath: string | undefined;
}

/** The first lines that an operator reads. No log record: the token in them must not be kept. */
export function greeting(
  addr: Deno.Addr,
  { config, operator, board, hasApi, firstPath }: GreetingOptions,
): string[] {
  const base = addr.transport === "tcp" ? `http://${hostIn(addr)}:${addr.port}` : "";
  // What people open; the first line says where the socket is.
  const link = config.publicUrl ?? base;
  const intake = config.intakeKeys.length > 0 ? "open" : "closed (INTAKE_KEYS is not set)";
  return [
    `Holdfast serves at ${base}/ (${config.environment}, store ${withoutSecrets(config.storeUrl)})`,
    ...(firstPath === undefined ? [] : [`Try: curl -i '${link}${firstPath}'`]),
    `Board: ${boardLine(link, { config, operator, board })}`,
    ...(hasApi || board.openedBy === "operator"
      ? [`Operator: ${operatorLine(operator, config)}`]
      : []),
    ...(hasApi ? [`Intake: ${intake}`] : []),
  ];
}

/** Outside development the output is collected, and what opens something must not be in it. */
function operatorLine({ token, from }: Operator, { dataDir, environment }: Config): string {
  if (from === "variable") return "the operator's API is open to OPERATOR_TOKEN";
  if (environment === "production" && from === "file") {
    return `the operator's API is open to the token in ${localTokenPath(dataDir)}`;
  }
  if (environment === "production" && from === "memory") {
    return `closed: no token can be kept in ${localTokenPath(dataDir)}; set OPERATOR_TOKEN`;
  }
  if (from === "file") return `operator's token, kept in ${localTokenPath(dataDir)}: ${token}`;
  if (from === "memory") return `operator's token until this process ends: ${token}`;
  return "OPERATOR_TOKEN is not set: the operator's API is closed";
}

/** A ready link only where nobody else can use it: it opens the board once, within a quarter of an hour. */
function boardLine(
  base: string,
  { config, operator, board }: Pick<GreetingOptions, "config" | "operator" | "board">,
): string {
  const { isLoopback, environment, dataDir } = config;
  const address = base + (board.path || "/");
  if (board.openedBy === "nobody") return "none: the app has no hf.board()";
  if (board.openedBy === "auth") {
    return `${address} (opens to those whom hf.board({ auth }) lets in)`;
  }
  if (isLoopback && environment === "development") return base + board.signInPath;
  if (operator.from === "variable") return `${address} (opens to OPERATOR_TOKEN)`;
  if (operator.from === "file") {
    return `${address} (opens to the token in ${localTokenPath(dataDir)})`;
  }
  return "closed (OPERATOR_TOKEN is not set)";
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
