/**
 * The operator's token. That of a service which only this machine can reach is made once, and kept where the next start and the
 * terminal tools find it.
 */
import type { Config } from "../config.ts";
import type { OperatorToken } from "../store/operator.ts";
import { keepSecret, readSecret } from "./kept_secret.ts";

/** What opens the operator's side, if anything does. */
export interface OperatorAccess {
  /** Empty where nothing does. */
  tokens: readonly OperatorToken[];
  /** `file` outlives this process, `memory` does not. */
  from: "variable" | "file" | "memory" | "nowhere";
}

/** On loopback nobody has to invent a token to see the operator's side. */
export function operatorAccess(config: Config): OperatorAccess {
  if (config.operatorToken !== undefined) return { tokens: config.operatorToken, from: "variable" };
  if (!config.isLoopback) return { tokens: [], from: "nowhere" };
  const { token, isKept } = localToken(config.dataDir);
  return { tokens: [{ token, mayWrite: true }], from: isKept ? "file" : "memory" };
}

export function localTokenPath(dataDir: string): string {
  return `${dataDir}/operator-token`;
}

export function readLocalToken(dataDir: string): string | undefined {
  return readSecret(localTokenPath(dataDir));
}

/** The token that is kept, or a new one; it ends with this process where the disk does not take it. */
export function localToken(dataDir: string): { token: string; isKept: boolean } {
  const { secret, isKept } = keepSecret(localTokenPath(dataDir));
  return { token: secret, isKept };
}
