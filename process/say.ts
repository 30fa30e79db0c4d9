/** Prints lines past the log, in the form of its console: what the log must not keep, or cannot report. */
import type { Config } from "../config.ts";
import { print } from "../logging/mod.ts";

/** The console's settings, and the level of the lines. */
export type SayOptions = Pick<Config, "logConsole" | "onDeploy" | "consoleCollected"> & {
  /** Default `INFO`. */
  level?: "INFO" | "WARN" | "ERROR";
};

/** Prints lines; settles soon, even if nothing reads them. */
export async function say(
  lines: readonly string[],
  { logConsole, onDeploy, consoleCollected, level = "INFO" }: SayOptions,
): Promise<void> {
  const to = level === "INFO" ? "stdout" : "stderr";
  // OpenTelemetry would export what the console prints, the operator's token too. On Deploy no token is printed.
  const isCollected = to === "stdout" ? onDeploy : consoleCollected;
  const texts = logConsole === "pretty" ? lines : lines.map((message) => toJson(level, message));
  // Where calls are collected, each is one record.
  const calls = isCollected && logConsole !== "pretty" ? texts : [texts.join("\n")];
  for (const text of calls) await print(text, { to, isCollected });
}

function toJson(level: string, message: string): string {
  return JSON.stringify({ time: new Date().toISOString(), level, message });
}
