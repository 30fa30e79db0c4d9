/** Refusals that anybody can cause: recorded up to a rate, counted beyond it, so that nobody without a token can fill the log. */
import type { Logger } from "../logging/mod.ts";
import { type Failure, type FailureRow, FAILURES } from "../modules/failure.ts";

/** Of each kind. In a day they are some 14,000 records, a hundredth of what the store holds by default. */
export const REFUSALS_A_MINUTE = 10;
const MINUTE_MS = 60_000;

/** What is answered before it is known who asks, and whether what is asked for is there. */
const BY_ANYBODY: ReadonlySet<FailureRow> = new Set<FailureRow>([
  FAILURES.bad_host,
  FAILURES.many_parameters,
  FAILURES.unknown_parameter,
  FAILURES.token_missing,
  FAILURES.token_invalid,
  FAILURES.route_unknown,
  FAILURES.method,
  FAILURES.too_many,
]);

export function isByAnybody({ row }: Failure): boolean {
  return BY_ANYBODY.has(row);
}

export class Refusals {
  /** Those that were not recorded since the start, by status. */
  readonly unrecorded = new Map<number, number>();
  readonly #logger: Logger;
  readonly #byRow = new Map<FailureRow, number>();
  #windowStartMs = -Infinity;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Whether this one of {@linkcode isByAnybody} is recorded. One that is not is counted here. */
  isRecorded({ row }: Failure): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#windowStartMs >= MINUTE_MS) this.#turn(nowMs);
    const count = (this.#byRow.get(row) ?? 0) + 1;
    this.#byRow.set(row, count);
    if (count <= REFUSALS_A_MINUTE) return true;
    this.unrecorded.set(row.status, (this.unrecorded.get(row.status) ?? 0) + 1);
    return false;
  }

  /** When a refusal comes after the minute is over, the log says how many were not recorded. */
  #turn(nowMs: number): void {
    const unrecorded = Array.from(this.#byRow)
      .filter(([, count]) => count > REFUSALS_A_MINUTE)
      .map(([{ code }, count]) => [code, count - REFUSALS_A_MINUTE] as const);
    this.#byRow.clear();
    this.#windowStartMs = nowMs;
    if (unrecorded.length === 0) return;
    const sum = unrecorded.reduce((sum, [, count]) => sum + count, 0);
    this.#logger.warn(
      `${sum} refused requests of one minute were counted and not recorded, beside ${REFUSALS_A_MINUTE} of each kind`,
      Object.fromEntries(unrecorded),
    );
  }
}
