/**
 * The alerts sink: whoever wants to know of errors that are new or have come back is told.
 *
 * What is to be told waits in the store, which also decides who tells it and when (store/outbox.ts): of many processes one, at
 * most once per error and five minutes, a storm in one summary. So a worker or a process that dies loses nothing. A failure to
 * send is a log record at WARN: it opens no error, and so is never told itself.
 *
 * @module
 */
import { isDoneWithin, pause } from "../pause.ts";
import { MAX_TRIES } from "../../store/outbox.ts";
import type { DueAlert, Store } from "../../store/store.ts";

/** A store with nothing to tell is asked this often, for what processes that have died or have no address left. */
const POLL_MS = 15_000;
/** After something was noted, so that the first errors of a storm are in its summary. */
const GATHER_MS = 500;
/** After a question that the store could not answer. */
const RETRY_MS = 1_000;
/** Between two questions at least, where nothing was to be sent. */
const MIN_REST_MS = 100;
/** Less than the lease of a message by far. */
const TRY_TIMEOUT_MS = 10_000;

/** Whom to tell, and in what form. */
export interface AlertAddress {
  /** The variable that has it: the address itself is a secret, and never logged. */
  readonly name: string;
  /** The request that tells of an alert. Any answer but 2xx is a failure. */
  toRequest(alert: DueAlert): Request;
}

/** What alerting needs. */
export interface AlertsOptions {
  /** Is told. */
  address: AlertAddress;
  /** Holds what is to be told. */
  store: Pick<Store, "takeAlert" | "settleAlert">;
  /** Messages cannot be delivered, or can be again: one sentence. */
  onState: (up: boolean, sentence: string) => void;
  /** A message is given up: one sentence. */
  onGivenUp: (sentence: string) => void;
  /** Time of one try, in milliseconds. */
  tryTimeoutMs?: number;
  /** How long after a nudge it looks, in milliseconds. */
  gatherMs?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Delivers what waits in the store, one message after the other. */
export class Alerts {
  readonly #options: Required<AlertsOptions>;
  readonly #closing = new AbortController();
  readonly #over = new AbortController();
  readonly #work: Promise<void>;
  /** Ends with a nudge. */
  #sleep = new AbortController();
  #isUp = true;

  /** Begins at once: an earlier process may have left something to tell. */
  constructor(options: AlertsOptions) {
    this.#options = {
      tryTimeoutMs: TRY_TIMEOUT_MS,
      gatherMs: GATHER_MS,
      now: Date.now,
      ...options,
    };
    this.#work = this.#run();
  }

  /** Something was noted. Returns at once. */
  nudge(): void {
    this.#sleep.abort();
  }

  /** Sends what is due, and gives up at the deadline: the rest waits in the store for another process. */
  async close({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    this.#closing.abort();
    this.nudge();
    await isDoneWithin(this.#work, deadlineMs);
    this.#over.abort();
  }

  async #run(): Promise<void> {
    const { now, gatherMs } = this.#options;
    while (true) {
      const isLast = this.#closing.signal.aborted;
      this.#sleep = new AbortController();
      const nextMs = await this.#tellDue();
      if (isLast) return;
      const restMs = Math.max((nextMs ?? Infinity) - now(), MIN_REST_MS);
      await pause(Math.min(restMs, POLL_MS), this.#sleep.signal);
      if (this.#sleep.signal.aborted) await pause(gatherMs, this.#closing.signal);
    }
  }

  /** Says when to look again, milliseconds since 1970; null: when something is noted. */
  async #tellDue(): Promise<number | null> {
    const { store, now } = this.#options;
    while (!this.#over.signal.aborted) {
      const turn = await store.takeAlert({ now: now() }).catch(() => undefined);
      if (turn === undefined) return now() + RETRY_MS;
      if (turn.due === null) return turn.nextMs;
      await this.#tell(turn.due);
    }
    return null;
  }

  async #tell(due: DueAlert): Promise<void> {
    const outcome = await this.#send(this.#options.address.toRequest(due));
    // Whether it has arrived nobody knows: it is sent again, by whoever is next.
    if (this.#over.signal.aborted) return;
    const isGivenUp = outcome.kind === "refused" && due.tries >= MAX_TRIES;
    this.#report(outcome, isGivenUp);
    await this.#settle(due.id, outcome.kind === "told" || isGivenUp);
  }

  #report(outcome: Outcome, isGivenUp: boolean): void {
    const { address: { name }, onState, onGivenUp } = this.#options;
    const wasUp = this.#isUp;
    this.#isUp = outcome.kind === "told";
    if (outcome.kind === "told") {
      if (!wasUp) onState(true, `${name} takes alerts again`);
      return;
    }
    const sentence = `An alert could not be delivered to ${name}: ${outcome.why}`;
    if (wasUp) onState(false, `${sentence}. It is tried again`);
    if (isGivenUp) onGivenUp(`${sentence}. It is given up after ${MAX_TRIES} tries`);
  }

  /** Until the store knows: what it does not know to be told is sent again. */
  async #settle(id: string, isTold: boolean): Promise<void> {
    const { store, now } = this.#options;
    const settled = () =>
      store.settleAlert(id, { isTold, now: now() }).then(() => true, () => false);
    while (!await settled() && !this.#closing.signal.aborted) {
      await pause(RETRY_MS, this.#closing.signal);
    }
  }

  async #send(request: Request): Promise<Outcome> {
    const { tryTimeoutMs } = this.#options;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), tryTimeoutMs);
    try {
      const response = await fetch(request, {
        // A redirect would turn it into a GET: better told than lost.
        redirect: "manual",
        signal: AbortSignal.any([timeout.signal, this.#over.signal]),
      });
      await response.body?.cancel();
      return outcomeOf(response);
    } catch {
      // What a failed fetch says holds the address.
      const isLate = timeout.signal.aborted;
      return {
        kind: "failed",
        why: isLate ? `no answer within ${tryTimeoutMs} ms` : "it is out of reach",
      };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What came of a try. What was refused would be refused again tomorrow. */
type Outcome = { kind: "told" } | { kind: "refused" | "failed"; why: string };

/** Statuses below 500 that ask for another try: https://www.rfc-editor.org/rfc/rfc9110#status.408, RFC 8470 and RFC 6585. */
const PASSING = [408, 425, 429];

function outcomeOf({ ok, status }: Response): Outcome {
  if (ok) return { kind: "told" };
  const isPassing = status >= 500 || PASSING.includes(status);
  return { kind: isPassing ? "failed" : "refused", why: `it answered ${status}` };
}
