/**
 * What shows that a resolved error is fixed: the answers of its route on the release that fixed it, or since it was resolved where
 * no release is named. Counted with the records that bring them, so that none counts twice.
 */
import type { Statement } from "../drivers/database.ts";
import type { DatedEntry } from "../log/dated.ts";
import { PROOF_ANSWERS } from "../limits.ts";
import { headOf } from "../store.ts";
import { isSince } from "../times.ts";
import { cleanText, type ErrorRow } from "./rows.ts";
import { FAILED_STATUS, isRequest } from "../traffic/count_requests.ts";
import { type Failure, seenMs } from "./tally.ts";

/** Errors that one batch counts for; further ones have their turn when these are proved. */
const MAX_COUNTED_ERRORS = 1_000;

/** What answers are counted by. */
export interface RouteName {
  svc_name: string;
  route: string;
  /** Where the one above is cut. */
  wholeRoute?: string;
  /** Empty where it is not known. */
  release: string;
}

const FOUND = `errors.svc_name = given.svc_name and errors.route = given.route
  and errors.resolved_at is not null and errors.proved_at is null`;

/** Each part is read in the index of the errors that are to be proved. Values: names of routes, as JSON. */
export const FIND_TO_PROVE = `
  select errors.id from json_to_recordset($1) as given (svc_name text, route text, release text)
  join holdfast.errors on ${FOUND} and errors.resolved_in = given.release
  union
  select errors.id from json_to_recordset($1) as given (svc_name text, route text, release text)
  join holdfast.errors on ${FOUND} and errors.resolved_in is null
  where errors.resolved_next = 0
  order by 1 limit ${MAX_COUNTED_ERRORS}`;

/** Finds the resolved errors for which answers of these routes count. No row is read where there are none. */
export function findToProve(names: readonly RouteName[]): Statement {
  const unique = new Map(
    names.map(({ svc_name, wholeRoute, route: cut, release }) => {
      const route = wholeRoute ?? cut;
      return [`${svc_name}\n${route}\n${release}`, { svc_name, route, release }];
    }),
  );
  return { sql: FIND_TO_PROVE, values: [JSON.stringify([...unique.values()])] };
}

interface Answer {
  seenMs: number;
  release: string;
  isGood: boolean;
}

/** The answers that a batch tells of, by route. */
export class Answers {
  readonly #entries: readonly DatedEntry[];
  readonly #nowMs: number;
  #byRoute: Map<string, Answer[]> | undefined;

  constructor(entries: readonly DatedEntry[], nowMs: number) {
    this.#entries = entries;
    this.#nowMs = nowMs;
  }

  of({ svc_name, route }: Pick<ErrorRow, "svc_name" | "route">): readonly Answer[] {
    // Nearly no batch is asked.
    this.#byRoute ??= this.#sorted();
    return this.#byRoute.get(`${svc_name}\n${route}`) ?? [];
  }

  #sorted(): Map<string, Answer[]> {
    const byRoute = new Map<string, Answer[]>();
    for (const { entry, timeMs } of this.#entries) {
      const head = headOf(entry);
      if (!isRequest(head)) continue;
      const { svc_name, route, release = "", status } = head;
      const key = `${cleanText(svc_name)}\n${cleanText(route)}`;
      const answer = {
        seenMs: Math.min(timeMs, this.#nowMs),
        release: cleanText(release),
        isGood: status < FAILED_STATUS,
      };
      const answers = byRoute.get(key);
      if (answers === undefined) byRoute.set(key, [answer]);
      else answers.push(answer);
    }
    return byRoute;
  }
}

/** The columns of a proof. */
export type ProofColumns = Pick<
  ErrorRow,
  "proof_requests" | "proof_good" | "proof_failures" | "proof_since" | "proved_at"
>;

/** The proof after a batch; undefined where it brings none. The row is locked. */
export function proofAfter(
  error: ErrorRow,
  { answers, failures = [], nowMs }: {
    answers: Answers;
    /** The error's own, of the batch. */
    failures?: readonly Failure[];
    nowMs: number;
  },
): ProofColumns | undefined {
  if (!isProvable(error)) return undefined;
  const counted = answers.of(error).filter((answer) => counts(answer, error, nowMs));
  if (counted.length === 0) return undefined;
  const failed = failures.map((failure) => ({ failure, record: failure.entry.record }))
    .filter(({ failure, record }) =>
      typeof record.status === "number" && record.route !== undefined &&
      cleanText(record.route) === error.route && cleanText(record.svc_name) === error.svc_name &&
      counts(
        { seenMs: seenMs(failure, nowMs), release: cleanText(record.release ?? "") },
        error,
        nowMs,
      )
    );
  // The counting has ended; but what disproves it is told.
  if (error.proved_at !== null && failed.length === 0) return undefined;
  const good = error.proof_good + counted.filter(({ isGood }) => isGood).length;
  const ownFailures = error.proof_failures + failed.length;
  const first = Math.min(...counted.map(({ seenMs }) => seenMs));
  return {
    proof_requests: error.proof_requests + counted.length,
    proof_good: good,
    proof_failures: ownFailures,
    proof_since: error.proof_since === null ? first : Math.min(error.proof_since, first),
    proved_at: good >= PROOF_ANSWERS && ownFailures === 0 ? nowMs : null,
  };
}

function isProvable({ state, route, resolved_in, resolved_next }: ErrorRow): boolean {
  return state === "resolved" && route !== null && (resolved_in !== null || resolved_next === 0);
}

function counts(
  { seenMs, release }: Omit<Answer, "isGood">,
  { resolved_at, resolved_in }: ErrorRow,
  nowMs: number,
): boolean {
  return (resolved_in === null || release === resolved_in) &&
    isSince(seenMs, { momentMs: resolved_at!, nowMs });
}

/** Writes the proofs of errors of which nothing else has changed. Two statements: most leave the index as it is. */
export function keepProofs(proofs: readonly (ProofColumns & { id: number })[]): Statement[] {
  if (proofs.length === 0) return [];
  const proved = proofs.filter(({ proved_at }) => proved_at !== null);
  return [
    {
      sql: `update holdfast.errors set
          proof_requests = given.proof_requests, proof_good = given.proof_good,
          proof_failures = given.proof_failures, proof_since = given.proof_since
        from json_to_recordset($1) as given (
          id bigint, proof_requests bigint, proof_good bigint, proof_failures bigint,
          proof_since bigint
        ) where errors.id = given.id`,
      values: [JSON.stringify(proofs)],
    },
    ...proved.length === 0 ? [] : [{
      sql: `update holdfast.errors set proved_at = given.proved_at
        from json_to_recordset($1) as given (id bigint, proved_at bigint)
        where errors.id = given.id`,
      values: [JSON.stringify(proved)],
    }],
  ];
}

/** As the history says it. */
export function noteOfProof({ proof_good, resolved_in }: ErrorRow): string {
  const where = resolved_in === null ? "since it was resolved" : `in release ${resolved_in}`;
  return `${proof_good} good answers ${where}, none that failed with it`;
}
