/**
 * What one process says for all that serve together: a request may land on any of them.
 *
 * @module
 */
import type { Counted } from "../board/board.tsx";
import type { Logging, LogStats } from "../logging/mod.ts";
import { joinMetrics } from "./join_metrics.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { PeerAnswer, PeerQuestion, Peers } from "./peers.ts";
import type { TrafficCounts } from "./traffic.ts";

/** A page waits so long for the numbers of the others, in milliseconds; what is late is missing, and said to be. */
const NUMBERS_WITHIN_MS = 500;

/** What it is built from. */
export interface AllWorkersOptions {
  /** This process's log. */
  logging: Logging;
  /** This process's requests. */
  metrics: RequestMetrics;
  /** Absent where this process serves alone. */
  peers?: Peers;
}

/** Asks the other workers for their numbers, and answers them. */
export class AllWorkers {
  readonly #logging: Logging;
  readonly #metrics: RequestMetrics;
  readonly #peers: Peers | undefined;

  /** For this process, and those that serve with it. */
  constructor({ logging, metrics, peers }: AllWorkersOptions) {
    this.#logging = logging;
    this.#metrics = metrics;
    this.#peers = peers;
  }

  /** For `/metrics`. */
  async metricsText(): Promise<string> {
    const own = this.#metrics.toText(this.#logging.stats());
    if (!this.#peers) return own;
    return joinMetrics(await this.#ask({ ask: "metrics" }, own));
  }

  /** For the board: the log's books. */
  async counted(): Promise<Counted> {
    const own = this.#logging.stats();
    if (!this.#peers) return { stats: own };
    const answers = await this.#ask<LogStats>({ ask: "stats" }, own);
    return {
      stats: valuesOf(answers).reduce((sum, stats) => add(sum, stats) as LogStats),
      workers: {
        count: answers.length,
        silent: answers.filter(({ value }) => value === undefined).map(({ worker }) => worker),
        replaced: answers.reduce((sum, { replaced }) => sum + replaced, 0),
      },
    };
  }

  /** For the board: the last hour by route. */
  async traffic(): Promise<ReturnType<RequestMetrics["traffic"]["lastHour"]>> {
    const { traffic } = this.#metrics;
    if (!this.#peers) return traffic.lastHour();
    const answers = await this.#peers.askOthers({ ask: "traffic" }, {
      withinMs: NUMBERS_WITHIN_MS,
    });
    return traffic.with(valuesOf(answers as Answer<TrafficCounts>[])).lastHour();
  }

  /** Waits until all that any worker has taken so far is stored, or the deadline comes. */
  async flush({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    await Promise.all([
      this.#logging.flush({ deadlineMs }),
      this.#peers?.askOthers({ ask: "flush" }, { withinMs: deadlineMs }),
    ]);
  }

  /** Tells the others something; waits for nothing. */
  tell(question: PeerQuestion): void {
    this.#peers?.askOthers(question, { withinMs: 0 });
  }

  /** What this process answers to another worker. */
  answer({ ask }: Exclude<PeerQuestion, { ask: "flush" | "refused" }>): unknown {
    if (ask === "stats") return this.#logging.stats();
    if (ask === "traffic") return this.#metrics.traffic.counts();
    return this.#metrics.toText(this.#logging.stats());
  }

  /** The answers of all, this process's own among them. */
  async #ask<Value>(question: PeerQuestion, own: Value): Promise<Answer<Value>[]> {
    const peers = this.#peers!;
    const answers = await peers.askOthers(question, { withinMs: NUMBERS_WITHIN_MS });
    return answers.map((answer) =>
      answer.worker === peers.worker ? { ...answer, value: own } : answer as Answer<Value>
    );
  }
}

type Answer<Value> = PeerAnswer & { value?: Value };

function valuesOf<Value>(answers: readonly Answer<Value>[]): Value[] {
  return answers.flatMap(({ value }) => value === undefined ? [] : [value]);
}

/** Adds numbers, joins lists, and both in objects key by key: the books of two processes as one. */
function add(one: unknown, other: unknown): unknown {
  if (typeof one === "number" && typeof other === "number") return one + other;
  if (Array.isArray(one) && Array.isArray(other)) return [...new Set([...one, ...other])];
  if (typeof one !== "object" || typeof other !== "object") return one ?? other;
  const [a, b] = [one, other] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(a!), ...Object.keys(b!)]);
  return Object.fromEntries(Array.from(keys, (key) => [key, add(a![key], b![key])]));
}
