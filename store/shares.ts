/**
 * Who pays when there is too much: the rules, the same for both engines.
 *
 * Logs and failures have half of the store each; what one of them does not need is the other's. Among the services, whoever
 * holds most gives first, and only down to the next: a service that is quiet loses nothing for one that is noisy.
 *
 * @module
 */
import type { RetentionLimits } from "./store.ts";

/** Errors kept in all. Lists and counts of so many are measured: see docs/scale.md. */
export const MAX_ERRORS = 100_000;

/** Errors kept of one service. */
export const MAX_SERVICE_ERRORS = 20_000;

/** What failures may hold of the store while logs want room, and logs while failures do. */
const FAILURES_PART = 1 / 2;

/** What the errors of one service are and hold. */
export interface Share {
  /** The service. */
  svc_name: string;
  /** Its errors. */
  errors: number;
  /** Their occurrences. */
  kept: number;
  /** What all of it takes in the store, about. */
  bytes: number;
}

/** What a service is to give, at most. */
export interface Due {
  /** The service. */
  svc_name: string;
  /** Errors, or bytes. */
  most: number;
}

/** The service that has to give errors, when there are too many of its own or in all. */
export function errorsDue(
  shares: readonly Share[],
  { maxErrors = MAX_ERRORS, maxServiceErrors = MAX_SERVICE_ERRORS }: RetentionLimits,
): Due | undefined {
  const { first, second } = twoLargest(shares, ({ errors }) => errors);
  if (first === undefined) return undefined;
  const { svc_name, errors } = first;
  if (errors > maxServiceErrors) return { svc_name, most: errors - maxServiceErrors };
  const surplus = shares.reduce((sum, share) => sum + share.errors, 0) - maxErrors;
  if (surplus <= 0) return undefined;
  return { svc_name, most: Math.min(surplus, Math.max(errors - (second?.errors ?? 0), 1)) };
}

/** The service that has to give bytes, when failures are to. */
export function bytesDue(shares: readonly Share[], surplusBytes: number): Due | undefined {
  const { first, second } = twoLargest(shares, ({ bytes }) => bytes);
  if (first === undefined) return undefined;
  const most = Math.min(surplusBytes, Math.max(first.bytes - (second?.bytes ?? 0), 1));
  return { svc_name: first.svc_name, most };
}

/** Whether failures pay for what is too much, or logs. */
export function failuresPay({ failures, logs }: { failures: number; logs: number }): boolean {
  return failures > (failures + logs) * FAILURES_PART;
}

function twoLargest(
  shares: readonly Share[],
  sizeOf: (share: Share) => number,
): { first?: Share; second?: Share } {
  const [first, second] = shares.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  return { ...(first && { first }), ...(second && { second }) };
}
