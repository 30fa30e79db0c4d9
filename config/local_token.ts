/**
 * The operator's token. That of a service which only this machine can reach is made once, and kept where the next start and the
 * terminal tools find it.
 */
import type { Config } from "../config.ts";

const TOKEN_BYTES = 16;
const TOKEN = /^[0-9a-f]{32}$/;
const FILE_MODE = 0o600;

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

export function localTokenPath(dataDir: string): string {
  return `${dataDir}/operator-token`;
}

export function readLocalToken(dataDir: string): string | undefined {
  try {
    const text = Deno.readTextFileSync(localTokenPath(dataDir)).trim();
    return TOKEN.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The token that is kept, or a new one; it ends with this process where the disk does not take it. */
export function localToken(dataDir: string): { token: string; isKept: boolean } {
  const kept = readLocalToken(dataDir);
  if (kept !== undefined) return { token: kept, isKept: true };
  const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
  // A name of its own: what a killed start left does not matter.
  const whole = `${localTokenPath(dataDir)}-${crypto.randomUUID()}`;
  try {
    Deno.mkdirSync(dataDir, { recursive: true });
    Deno.writeTextFileSync(whole, `${token}\n`, { createNew: true, mode: FILE_MODE });
    place(whole, dataDir);
  } catch {
    return { token, isKept: false };
  }
  return { token: readLocalToken(dataDir) ?? token, isKept: true };
}

/** Whole or not at all: a start beside this one reads the file as soon as it is there. Of two at once the first is kept. */
function place(whole: string, dataDir: string): void {
  const path = localTokenPath(dataDir);
  try {
    Deno.linkSync(whole, path);
  } catch {
    // No links on this disk, or what is there is no token.
    if (readLocalToken(dataDir) === undefined) return Deno.renameSync(whole, path);
  }
  Deno.removeSync(whole);
}
