import type { Config } from "../config.ts";
import { localTokenPath, type OperatorAccess } from "../config/local_token.ts";
import { ANY_SERVICE, dsnOf } from "../store/intake_key.ts";
import { firstKeyPath, type IntakeState } from "./first_key.ts";

export interface GreetingOptions {
  config: Config;
  operator: OperatorAccess;
  hasApi: boolean;
  /** Absent where the app has no API. */
  intake?: (IntakeState & { apiPath: string }) | undefined;
  firstPath?: string | undefined;
  board: {
    /** Without a slash at the end: empty at the root. */
    path: string;
    /** The operator's token, an app's own `auth`, or nobody where the app has no board. */
    openedBy: "operator" | "auth" | "nobody";
    /** Opens it once. */
    signInPath: string | undefined;
  };
}

/** The first lines that a start prints. They are no log record, because the log must not keep the token. */
export function greeting(
  addr: Deno.Addr,
  { config, operator, board, hasApi, intake, firstPath }: GreetingOptions,
): string[] {
  const base = addr.transport === "tcp" ? `http://${hostOf(addr)}:${addr.port}` : "";
  // What people open; the first line says where the socket is.
  const link = config.publicUrl ?? base;
  return [
    `Holdfast serves at ${base}/ (${config.environment}, store ${withoutSecrets(config.storeUrl)})`,
    ...(firstPath === undefined ? [] : [`Try: curl -i '${link}${firstPath}'`]),
    `Board: ${boardLine(link, { config, operator, board })}`,
    ...(hasApi || board.openedBy === "operator"
      ? [`Operator: ${operatorLine(operator, config)}`]
      : []),
    ...(intake ? [`Intake: ${intakeLine(link, { config, intake })}`] : []),
  ];
}

/** The DSN is what a client is given: whoever has it can report, and nothing else. */
function intakeLine(
  base: string,
  { config, intake }: { config: Config; intake: IntakeState & { apiPath: string } },
): string {
  const { isOpen, firstKey, apiPath } = intake;
  if (isOpen === undefined) return "unknown (the store does not answer)";
  if (!isOpen) return "closed (INTAKE_KEYS is not set, and no key was made)";
  if (firstKey === undefined || base === "") return "open";
  if (config.environment !== "development") {
    return `open (the first key is kept in ${firstKeyPath(config.dataDir)})`;
  }
  const dsn = dsnOf({ base: base + apiPath, key: firstKey });
  return `open, DSN ${dsn} (write your service's name in place of ${ANY_SERVICE})`;
}

/** Outside development the output is usually collected, so it must not contain a token. */
function operatorLine(
  { tokens, from }: OperatorAccess,
  { dataDir, environment }: Config,
): string {
  const [operator] = tokens;
  const path = localTokenPath(dataDir);
  const isShown = environment === "development";
  switch (from) {
    case "variable":
      return tokens.length === 1
        ? "with the token in OPERATOR_TOKEN"
        : `with one of the ${tokens.length} tokens in OPERATOR_TOKEN`;
    case "file":
      if (isShown) return `operator's token, kept in ${path}: ${operator?.token}`;
      return `the operator's API needs the token in ${path}`;
    case "memory":
      if (isShown) return `operator's token until this process ends: ${operator?.token}`;
      return `closed: the token cannot be saved in ${path}; set OPERATOR_TOKEN`;
    case "nowhere":
      return "OPERATOR_TOKEN is not set: the operator's API is closed";
  }
}

/** On loopback a link that signs in once, within a quarter of an hour; elsewhere others could use it. */
function boardLine(
  base: string,
  { config, operator, board }: Pick<GreetingOptions, "config" | "operator" | "board">,
): string {
  const { isLoopback, environment } = config;
  const path = localTokenPath(config.dataDir);
  const address = base + (board.path || "/");
  if (board.openedBy === "nobody") return "none: the app has no hf.board()";
  if (board.openedBy === "auth") return `${address} (hf.board({ auth }) decides who may open it)`;
  if (isLoopback && environment === "development") return base + board.signInPath;
  if (operator.from === "variable") return `${address} (sign in with OPERATOR_TOKEN)`;
  if (operator.from === "file") return `${address} (sign in with the token in ${path})`;
  return "closed (OPERATOR_TOKEN is not set)";
}

function hostOf({ hostname }: Deno.NetAddr): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** A PostgreSQL address may carry a password. */
function withoutSecrets(storeUrl: string): string {
  if (!storeUrl.startsWith("postgres")) return storeUrl;
  const { protocol, host, pathname } = new URL(storeUrl);
  return `${protocol}//${host}${pathname}`;
}
