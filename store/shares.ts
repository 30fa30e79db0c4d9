/**
 * Who pays when there is too much.
 *
 * Logs and failures have half of the store each; what one of them does not need is the other's. Among the services, whoever
 * holds most gives first, and only down to the next: a service that is quiet loses nothing for one that is noisy.
 */
import type { Engine, Session } from "./database.ts";
import type { RetentionLimits } from "./store.ts";

/** Errors kept in all. Lists and counts of so many are measured: see docs/scale.md. */
export const MAX_ERRORS = 100_000;

/** Errors kept of one service. */
export const MAX_SERVICE_ERRORS = 20_000;

/** What failures may hold of the store while logs want room, and logs while failures do. */
const FAILURES_PART = 1 / 2;

/**
 * What tables and indexes take: a byte of what errors hold, an occurrence, and an error itself with its key and its place in
 * the lists. Measured: docs/postgres.md.
 */
const BYTES_TAKEN: Record<Engine, { aByte: number; anOccurrence: number; anError: number }> = {
  sqlite: { aByte: 1.7, anOccurrence: 0, anError: 800 },
  postgres: { aByte: 2, anOccurrence: 390, anError: 1500 },
};

export interface Share {
  svc_name: string;
  errors: number;
  kept: number;
  /** What all of it takes in the store, about. */
  bytes: number;
}

export async function sharesOf(session: Session): Promise<Share[]> {
  const shares = await session.all<Share>(
    `select svc_name, count(*) as errors, sum(kept)::bigint as kept, sum(bytes)::bigint as bytes
     from holdfast.errors where id > 0 group by svc_name`,
  );
  const { aByte, anOccurrence, anError } = BYTES_TAKEN[session.engine];
  return shares.map((share) => ({
    ...share,
    bytes: share.bytes * aByte + share.kept * anOccurrence + share.errors * anError,
  }));
}

export interface Due {
  svc_name: string;
  most: number;
}

/** The service that has to give errors, when there are too many of its own or in all. */
export function errorsDue(
  shares: readonly Share[],
  { maxErrors, maxServiceErrors }: Required<
    Pick<RetentionLimits, "maxErrors" | "maxServiceErrors">
  >,
): Due | undefined {
  const [first, second] = shares.toSorted((a, b) => b.errors - a.errors);
  if (first === undefined) return undefined;
  const { svc_name, errors } = first;
  if (errors > maxServiceErrors) return { svc_name, most: errors - maxServiceErrors };
  const surplus = shares.reduce((sum, share) => sum + share.errors, 0) - maxErrors;
  if (surplus <= 0) return undefined;
  return { svc_name, most: Math.min(surplus, Math.max(errors - (second?.errors ?? 0), 1)) };
}

/** The share that has to give bytes, and how many. */
export function bytesDue<Share extends { bytes: number }>(
  shares: readonly Share[],
  surplusBytes: number,
): { share: Share; most: number } | undefined {
  const [share, second] = shares.toSorted((a, b) => b.bytes - a.bytes);
  if (share === undefined) return undefined;
  return { share, most: Math.min(surplusBytes, Math.max(share.bytes - (second?.bytes ?? 0), 1)) };
}

/** Whether failures pay for what is too much, or logs. */
export function failuresPay({ failures, logs }: { failures: number; logs: number }): boolean {
  return failures > (failures + logs) * FAILURES_PART;
}
