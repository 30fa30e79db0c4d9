/**
 * One round: a fresh server is warmed up, loaded, measured, ended, and its records are counted.
 *
 * @module
 */
import { type Load, type Loaded, type LoadTool, runLoad } from "./load.ts";
import { type Kept, startServer } from "./server.ts";
import {
  type Business,
  type Memory,
  readBusiness,
  readMemory,
  readUsage,
  untilIdle,
  type Usage,
} from "./usage.ts";
import type { Variant } from "./variants.ts";

/** How a round is to be. */
export interface RoundOptions {
  /** What makes the load. */
  tool: LoadTool;
  /** The measured load. */
  load: Load;
  /** Before it, the same at full speed, so that the code is compiled; whole seconds. */
  warmUpSeconds: number;
  /** True where every answer is a failure, as it should be. */
  expectsFailures?: boolean;
}

/** What a round found. */
export interface Round extends Loaded, Memory {
  /** Processor time of the main thread, in microseconds a request. */
  mainUs: number;
  /** Processor time of the whole process, in microseconds a request. */
  processUs: number;
  /** Records found in the place that has fewest, of those due, as a percentage; absent where nothing is recorded. */
  delivered?: number;
  /** What other programs took of the processors meanwhile, in cores: they make all figures worse. */
  othersCores: number;
  /** Records dropped, by Holdfast's own count. */
  dropped: number;
  /** Why the round is void; absent where it counts. */
  void?: string;
}

/** Measures one round. */
export async function measure(variant: Variant, options: RoundOptions): Promise<Round> {
  const { tool, load, warmUpSeconds } = options;
  await using server = await startServer(variant);
  const warmUp = await runLoad(tool, server.port, {
    ...load,
    seconds: warmUpSeconds,
    ratePerSecond: undefined,
  });
  await untilIdle(server.pid);
  const before = look(server.pid);
  const loaded = await runLoad(tool, server.port, load);
  await untilIdle(server.pid);
  const after = look(server.pid);
  const memory = readMemory(server.pid);
  const kept = await server.stop();
  const answered = warmUp.requests + loaded.requests;
  return {
    ...loaded,
    ...memory,
    mainUs: (after.mainUs - before.mainUs) / loaded.requests,
    processUs: (after.processUs - before.processUs) / loaded.requests,
    ...delivery(kept, answered),
    othersCores: othersBetween(before, after),
    dropped: droppedOf(kept),
    ...verdict(kept, { options, loaded, answered }),
  };
}

/** The state of server and machine at one moment. */
interface Look extends Usage, Business {
  atMs: number;
}

function look(pid: number): Look {
  return { atMs: performance.now(), ...readUsage(pid), ...readBusiness() };
}

function othersBetween(before: Look, after: Look): number {
  const since = (name: keyof Look) => after[name] - before[name];
  const others = since("allUs") - since("ownUs") - since("processUs");
  return Math.max(0, others / 1000 / since("atMs"));
}

function delivery({ records }: Kept, answered: number): { delivered?: number } {
  if (records.length === 0) return {};
  return { delivered: 100 * Math.min(1, Math.min(...records) / answered) };
}

function droppedOf({ stats }: Kept): number {
  const counts = Object.values(stats?.dropped ?? {}).flatMap((reasons) => Object.values(reasons));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Void where the books do not balance, or the answers are not what they should be. */
function verdict(
  kept: Kept,
  { options, loaded, answered }: { options: RoundOptions; loaded: Loaded; answered: number },
): { void?: string } {
  const due = options.expectsFailures ? loaded.requests : 0;
  if (loaded.broken > 0) return { void: `${loaded.broken} answers did not come` };
  if (loaded.refused !== due) {
    return { void: `${loaded.refused} answers were failures, not ${due}` };
  }
  // The load ends with requests under way, twice, that are recorded and that nobody counts; and one asked whether it is up.
  const atMost = answered + 2 * options.load.connections + 1;
  for (const count of kept.records) {
    const known = count + droppedOf(kept);
    if (known < answered || count > atMost) {
      return { void: `${count} records and ${droppedOf(kept)} dropped of ${answered} answers` };
    }
  }
  return {};
}
