/**
 * Several cases measured against each other: all in every round, in another order each time.
 *
 * @module
 */
import type { Load, LoadTool } from "./load.ts";
import { measure, type Round } from "./round.ts";
import { median, shuffled } from "./statistics.ts";
import type { Variant } from "./variants.ts";

/** How the bench runs. */
export interface Bench {
  /** What makes the load. */
  readonly tool: LoadTool;
  /** Rounds of each case. */
  readonly rounds: number;
  /** How long each load is measured. */
  readonly seconds: number;
  /** Decides the order. */
  readonly random: () => number;
  /** The folder of another checkout, whose servers are measured beside ours. */
  readonly before?: string | undefined;
}

/** What one part of the bench found. */
export interface Section {
  /** Its heading. */
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  /** Numbers that the targets are held against. */
  readonly figures: Figures;
}

/** Numbers by name; what was not measured is absent. */
export type Figures = Partial<
  Record<
    | "controlRatio"
    | "othersCores"
    | "addedMainUs"
    | "addedAtHalfUs"
    | "addedByPinoUs"
    | "middlewareUs"
    | "middlewareFailuresUs"
    | "sentryUs"
    | "storeMainUs"
    | "storeProcessUs"
    | "fastifyMainUs"
    | "fastifyProcessUs"
    | "storeToBareMain"
    | "discardToServeMain"
    | "storeToServeMain"
    | "pinoProcessUs"
    | "readyRatio"
    | "storeToBareProcess"
    | "p99AtHalf"
    | "failureUs"
    | "stackUs"
    | "stormRatio"
    | "startRatio"
    | "sustainedDropped"
    | "sustainedMissing"
    | "sustainedPeakMb"
    | "sustainedPerSecond"
    | "sustainedPending",
    number
  >
>;

/** One server under one load. */
export interface Case {
  /** Tells it from the others. */
  readonly key: string;
  /** The server. */
  readonly variant: Variant;
  /** The load; the bench's seconds where it has none of its own. */
  readonly load: Omit<Load, "seconds"> & { seconds?: number };
  /** True where every answer is a failure, as it should be. */
  readonly expectsFailures?: boolean;
}

const WARM_UP_SECONDS = 1;

/** All rounds of each case, by key. A void round stays in its place, so that rounds pair. */
export async function measureCases(
  cases: readonly Case[],
  bench: Bench,
): Promise<Map<string, Round[]>> {
  const rounds = new Map<string, Round[]>(cases.map(({ key }) => [key, []]));
  for (let number = 1; number <= bench.rounds; number++) {
    for (const one of shuffled(cases, bench.random)) {
      const round = await measure(one.variant, {
        tool: bench.tool,
        load: { seconds: bench.seconds, ...one.load },
        warmUpSeconds: WARM_UP_SECONDS,
        expectsFailures: one.expectsFailures ?? false,
      });
      rounds.get(one.key)!.push(round);
      console.error(`${number}/${bench.rounds} ${one.key}: ${tell(round)}`);
    }
  }
  return rounds;
}

function tell(round: Round): string {
  if (round.void !== undefined) return `void: ${round.void}`;
  return `${round.mainUs.toFixed(1)} us main, ${round.processUs.toFixed(1)} us all, ` +
    `${Math.round(round.perSecond)} req/s, p99 ${round.p99Ms.toFixed(1)} ms, ` +
    `others ${round.othersCores.toFixed(2)} cores`;
}

/** A number of every round that counts, in the middle; NaN where none does. */
export function typical(rounds: readonly Round[], pick: (round: Round) => number): number {
  const counted = rounds.filter((round) => round.void === undefined);
  return counted.length === 0 ? NaN : median(counted.map(pick));
}

/** Two cases held against each other round by round, as noise comes and goes; the middle of that. */
export function paired(
  [left, right]: readonly [readonly Round[], readonly Round[]],
  compare: (left: Round, right: Round) => number,
): number {
  const pairs: number[] = [];
  for (const [index, round] of left.entries()) {
    const other = right[index];
    if (round.void === undefined && other && other.void === undefined) {
      pairs.push(compare(round, other));
    }
  }
  return pairs.length === 0 ? NaN : median(pairs);
}

/** How many rounds are void, as a remark behind a case's name; nothing where all count. */
export function voidRemark(rounds: readonly Round[]): string {
  const count = rounds.filter((round) => round.void !== undefined).length;
  return count === 0 ? "" : ` (${count} of ${rounds.length} rounds void)`;
}
