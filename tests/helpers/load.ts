/**
 * Loads a service on loopback and keeps what it answered: bounded in number and in clients.
 *
 * @module
 */
import { recordsInFile } from "./log_lines.ts";
import type { Service } from "./start_service.ts";

const CLIENTS = 8;
/** A load that nobody stops ends by itself. */
const MAX_ANSWERS = 20_000;

/** Every other request fails on purpose. */
const PATHS = [
  "/?query_content=none&user_type=guest",
  "/fail?how=throw",
  "/healthz",
  "/fail?how=string",
  "/?user_type=guest",
  "/fail?how=reject",
];

/** Those whose answer needs no store. */
export const STORELESS_PATHS = PATHS.slice(1);

/** How much is asked, and what. */
export interface LoadOptions {
  /** It ends by itself after so many. */
  maxAnswers?: number;
  /** What is asked, in turn. */
  paths?: readonly string[];
}

/** One answer that reached its client whole. */
export interface Answer {
  /** As in the `X-Request-Id` header. */
  requestId: string;
  /** HTTP status. */
  status: number;
  /** Milliseconds from the question to the whole answer. */
  tookMs: number;
  /** The receipt, where it failed. */
  errorId?: string;
}

/** A load that runs until it is stopped, has its answers, or the service is gone. */
export interface Load {
  /** What was answered so far. */
  readonly answers: Answer[];
  /** Settles when it has ended by itself. */
  readonly ended: Promise<unknown>;
  /** Sends no more, waits for the answers that are due, and gives all. */
  stop(): Promise<Answer[]>;
}

/** Asks all the time, with some clients at once. */
export function startLoad(
  service: Pick<Service, "fetch">,
  { maxAnswers = MAX_ANSWERS, paths = PATHS }: LoadOptions = {},
): Load {
  const answers: Answer[] = [];
  let isStopped = false;
  const clients = Array.from({ length: CLIENTS }, (_, i) => askOnAndOn(i));
  const ended = Promise.all(clients);
  return {
    answers,
    ended,
    async stop() {
      isStopped = true;
      await ended;
      return answers;
    },
  };

  async function askOnAndOn(client: number): Promise<void> {
    for (let i = client; !isStopped && answers.length < maxAnswers; i++) {
      try {
        const path = paths[i % paths.length]!;
        const startMs = performance.now();
        const response = await service.fetch(path);
        const { request_id, error_id, status } = await response.json();
        const tookMs = performance.now() - startMs;
        answers.push({ requestId: request_id, errorId: error_id, status, tookMs });
      } catch {
        // The service is gone, or was before it could answer: what it did not answer, it need not know.
        return;
      }
    }
  }
}

/** What a store's file holds, to be compared with what clients saw. */
export interface Kept {
  /** Request ids of the logs. */
  requestIds: Set<string>;
  /** Receipts of the occurrences. */
  errorIds: Set<string>;
  /** Per process the `seq` of its logs, in order. */
  seqs: Map<string, number[]>;
}

/** Reads a store's file past the service. */
export function readKept(path: string): Kept {
  const kept: Kept = { requestIds: new Set(), errorIds: new Set(), seqs: new Map() };
  for (const { request_id, error_id, boot_id, seq } of recordsInFile(path)) {
    if (request_id !== undefined) kept.requestIds.add(request_id);
    if (error_id !== undefined) kept.errorIds.add(error_id);
    const seqs = kept.seqs.get(boot_id) ?? [];
    kept.seqs.set(boot_id, seqs);
    seqs.push(seq);
  }
  for (const seqs of kept.seqs.values()) seqs.sort((a, b) => a - b);
  return kept;
}

/** How many numbers are missing between 1 and the last one. */
export function gapsIn(seqs: readonly number[]): number {
  return (seqs.at(-1) ?? 0) - new Set(seqs).size;
}

/** Numbers from 0 to below 1 that a seed repeats: the generator of Lehmer, with the factor of Park and Miller (1988). */
export function randomFrom(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let state = seed % modulus || 1;
  return () => {
    state = (state * 16_807) % modulus;
    return state / modulus;
  };
}
