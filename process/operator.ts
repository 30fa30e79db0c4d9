/** The operator's token, and where it comes from. */
import type { Config } from "../config.ts";
import { localToken } from "../config/local_token.ts";

/** What opens the operator's side, if anything does. */
export interface Operator {
  token?: string;
  /** `file` outlives this process, `memory` does not. */
  from: "variable" | "file" | "memory" | "nowhere";
}

/** On loopback nobody has to invent a token to see the operator's side. */
export function operatorOf(config: Config): Operator {
  if (config.operatorToken !== undefined) return { token: config.operatorToken, from: "variable" };
  if (!config.isLoopback) return { from: "nowhere" };
  const { token, isKept } = localToken(config.dataDir);
  return { token, from: isKept ? "file" : "memory" };
}
