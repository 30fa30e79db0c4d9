import { isDoneWithin, pause } from "../pause.ts";
import { MAX_TRIES } from "../../store/errors/outbox.ts";
import type { DueAlert, Store } from "../../store/store.ts";

/** A store without alerts is asked this often, for those of processes that have died or have no address. */
const POLL_MS = 15_000;
/** After a nudge, so that the first errors of many are in one summary. */
const GATHER_MS = 500;
const RETRY_MS = 1_000;
/** Between two questions to the store, at least. */
const MIN_REST_MS = 100;
/** Far less than the lease of a message. */
const TRY_TIMEOUT_MS = 10_000;

/** Where alerts go, and in what form. */
export interface AlertAddress {
  /** The variable that has it: the address itself is a secret, and never logged. */
  readonly name: string;
  /** Any answer but 2xx is a failure. */
  toRequest(alert: DueAlert): Request;
}

export interface AlertsOptions {
  address: AlertAddress;
  store: Pick<Store, "takeAlert" | "settleAlert">;
  /** Delivery fails, or works again: one sentence. */
  onState: (up: boolean, sentence: string) => void;
  /** A message is given up: one sentence. */
  onGivenUp: (sentence: string) => void;
  tryTimeoutMs?: number;
  gatherMs?: number;
  now?: () => number;
}

/**
 * Sends alerts about errors that are new or have come back, one after the other.
 *
 * They wait in the store, which also decides which process sends one and when (store/errors/outbox.ts): at most once per error and
 * five minutes, many at once in one summary. So a worker or a process that dies loses none. A failure to send is a log record
 * at WARN: it opens no error, and so causes no alert.
 */
export class Alerts {
  readonly #options: Required<AlertsOptions>;
  readonly #closing = new AbortController();
  readonly #over = new AbortController();
  readonly #work: Promise<void>;
  /** A nudge aborts it. */
  #sleep = new AbortController();
  #isUp = true;

  /** Begins at once: an earlier process may have left alerts. */
  constructor(options: AlertsOptions) {
    this.#options = {
      tryTimeoutMs: TRY_TIMEOUT_MS,
      gatherMs: GATHER_MS,
      now: Date.now,
      ...options,
    };
    this.#work = this.#run();
  }

  /** There may be an alert. Returns at once. */
  nudge(): void {
    this.#sleep.abort();
  }

  /** Sends what is due until the deadline; the rest waits in the store for another process. */
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
      const nextMs = await this.#sendDue();
      if (isLast) return;
      const restMs = Math.max((nextMs ?? Infinity) - now(), MIN_REST_MS);
      await pause(Math.min(restMs, POLL_MS), this.#sleep.signal);
      if (this.#sleep.signal.aborted) await pause(gatherMs, this.#closing.signal);
    }
  }

  /** Gives when to look again, milliseconds since 1970; null: after a nudge. */
  async #sendDue(): Promise<number | null> {
    const { store, now } = this.#options;
    while (!this.#over.signal.aborted) {
      const turn = await store.takeAlert({ now: now() }).catch(() => undefined);
      if (turn === undefined) return now() + RETRY_MS;
      if (turn.due === null) return turn.nextMs;
      await this.#deliver(turn.due);
    }
    return null;
  }

  async #deliver(due: DueAlert): Promise<void> {
    const outcome = await this.#send(this.#options.address.toRequest(due));
    // It may have arrived or not: the next process sends it again.
    if (this.#over.signal.aborted) return;
    const isGivenUp = outcome.kind === "refused" && due.tries >= MAX_TRIES;
    this.#report(outcome, isGivenUp);
    await this.#settle(due.id, outcome.kind === "sent" || isGivenUp);
  }

  #report(outcome: Outcome, isGivenUp: boolean): void {
    const { address: { name }, onState, onGivenUp } = this.#options;
    const wasUp = this.#isUp;
    this.#isUp = outcome.kind === "sent";
    if (outcome.kind === "sent") {
      if (!wasUp) onState(true, `${name} takes alerts again`);
      return;
    }
    const sentence = `An alert could not be delivered to ${name}: ${outcome.why}`;
    if (wasUp) onState(false, `${sentence}. It is tried again`);
    if (isGivenUp) onGivenUp(`${sentence}. It is given up after ${MAX_TRIES} tries`);
  }

  /** Until the store has noted it: an alert that is not noted as sent is sent again. */
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
        // Following a redirect would turn the POST into a GET.
        redirect: "manual",
        signal: AbortSignal.any([timeout.signal, this.#over.signal]),
      });
      await response.body?.cancel();
      return outcomeOf(response);
    } catch {
      // Not the message of a failed fetch: the address is in it.
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

/** `refused` would be refused again tomorrow. */
type Outcome = { kind: "sent" } | { kind: "refused" | "failed"; why: string };

/** Statuses below 500 that allow a retry: https://www.rfc-editor.org/rfc/rfc9110#status.408, RFC 8470 and RFC 6585. */
const PASSING = [408, 425, 429];

function outcomeOf({ ok, status }: Response): Outcome {
  if (ok) return { kind: "sent" };
  const isPassing = status >= 500 || PASSING.includes(status);
  return { kind: isPassing ? "failed" : "refused", why: `it answered ${status}` };
}
