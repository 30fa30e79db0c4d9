import type { Config } from "../config.ts";
import { print } from "../logging/mod.ts";

/**
 * Prints lines in the form of the log's console, without recording them: what must not be kept, or what the log cannot report.
 * Settles soon, whether anybody reads them or not.
 */
export async function say(
  lines: readonly string[],
  { logConsole, onDeploy, consoleCollected, level = "INFO" }:
    & Pick<Config, "logConsole" | "onDeploy" | "consoleCollected">
    & { level?: "INFO" | "WARN" | "ERROR" },
): Promise<void> {
  const to = level === "INFO" ? "stdout" : "stderr";
  // OpenTelemetry would export what the console prints, the operator's token too. On Deploy no token is printed.
  const isCollected = to === "stdout" ? onDeploy : consoleCollected;
  const time = new Date().toISOString();
  const texts = logConsole === "pretty"
    ? lines
    : lines.map((message) => JSON.stringify({ time, level, message }));
  // Where calls are collected, each is one record.
  const calls = isCollected && logConsole !== "pretty" ? texts : [texts.join("\n")];
  for (const text of calls) await print(text, { to, isCollected });
}
