import type { Config } from "../config.ts";
import { isDoneWithin, type Logging } from "../logging/mod.ts";
import { say } from "./say.ts";

/** Reserved for the exit itself, so that the process has ended within `SHUTDOWN_MS`. */
const EXIT_MARGIN_MS = 200;
/** The part of `SHUTDOWN_MS` that running requests may use; the rest is the log's. */
const REQUESTS_SHARE = 1 / 2;

/** Finishes the requests, then the log, within `SHUTDOWN_MS`. */
export async function drain(
  { server, logging, config }: { server: Deno.HttpServer; logging: Logging; config: Config },
): Promise<void> {
  const endMs = performance.now() + config.shutdownMs - EXIT_MARGIN_MS;
  const forRequestsMs = config.shutdownMs * REQUESTS_SHARE;
  // Live tails never end by themselves.
  logging.tails.close();
  // A listener that ended by itself has nothing left to shut down.
  const shut = server.shutdown().catch(() => {});
  if (await isDoneWithin(shut, forRequestsMs)) {
    logging.ownLogger.info("Stopped: requests are answered, the log is written out");
  } else {
    logging.ownLogger.warn(
      `Stopped: requests that took longer than ${forRequestsMs} ms are cut off`,
    );
  }
  const { spilled, dropped, skipped, timedOut } = await logging.close({
    deadlineMs: Math.max(endMs - performance.now(), 0),
  });
  const sentences: string[] = [];
  if (timedOut) {
    sentences.push(
      `The log was not written out in time: ${spilled} records are in the journal, ${dropped} are dropped`,
    );
  }
  if (skipped.otlp !== undefined) {
    sentences.push(`The collector at OTLP_LOGS_URL did not get the last ${skipped.otlp} records`);
  }
  if (sentences.length > 0) await say(sentences, { ...config, level: timedOut ? "ERROR" : "WARN" });
}
