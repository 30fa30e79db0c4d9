import type { Config } from "../config.ts";
import { type Logging, startLogging, toFolder } from "../logging/mod.ts";

/** Starts the log that a configuration asks for. `root` is the folder of the app's own code. Default: that of the main module. */
export function startLog(
  config: Config,
  { root, boardPath }: { root: string | undefined; boardPath: string },
): Logging {
  return startLogging({
    level: config.logLevel,
    console: {
      format: config.logConsole,
      color: !Deno.noColor,
      isCollected: config.consoleCollected,
    },
    file: config.logFile,
    otlp: config.otlpLogsUrl === undefined
      ? undefined
      : { url: config.otlpLogsUrl, headers: config.otlpLogsHeaders },
    bodies: config.logBodies,
    keepUser: config.keepUser,
    spill: config.logSpill,
    dataDir: config.dataDir,
    isDiskEphemeral: config.onDeploy,
    storeUrl: config.storeUrl,
    alerts: config.alertTargets.length === 0 ? undefined : {
      targets: config.alertTargets,
      boardUrl: config.publicUrl && config.publicUrl + boardPath,
    },
    retention: {
      days: config.retentionDays,
      keepOccurrences: config.keepOccurrences,
      maxMegabytes: config.storeMaxMegabytes,
    },
    service: config.service,
    release: config.release,
    redactNames: config.redactNames,
    environment: config.environment,
    root: root ?? toFolder(new URL(".", Deno.mainModule).href),
    instance: `${hostname()}:${Deno.pid}`,
  });
}

/** An app may run without the right to ask. */
function hostname(): string {
  try {
    return Deno.hostname();
  } catch {
    return "localhost";
  }
}
