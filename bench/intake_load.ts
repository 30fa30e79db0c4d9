/**
 * The clients of `bench/intake.ts`, in a process of their own: sends events at a pace for some seconds, writes the ids of those that
 * were answered 200 into a file, and prints the rest as JSON.
 *
 * @module
 */
import { percentile } from "./statistics.ts";
import { type SentryLoadOptions, startSentryLoad } from "../tests/helpers/sentry_load.ts";

/** What to send, and for how long. */
export interface IntakeLoad extends SentryLoadOptions {
  seconds: number;
  idsPath: string;
}

/** What came back. */
export interface IntakeLoaded {
  /** Answers by status. */
  statuses: Record<string, number>;
  /** Whole seconds that it took. */
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));

async function main({ seconds, idsPath, ...options }: IntakeLoad): Promise<void> {
  const beganMs = performance.now();
  const load = startSentryLoad(options);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  await load.stop();
  const loaded: IntakeLoaded = {
    statuses: Object.fromEntries(load.statuses),
    seconds: (performance.now() - beganMs) / 1_000,
    p50Ms: percentile(load.tookMs, 0.5),
    p99Ms: percentile(load.tookMs, 0.99),
  };
  Deno.writeTextFileSync(idsPath, load.answered.join("\n"));
  console.log(JSON.stringify(loaded));
}
