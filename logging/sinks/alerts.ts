import { isDoneWithin, pause } from "../pause.ts";
import { messageOf, type Surroundings } from "../receivers/message.ts";
import type { Outcome, Receiver } from "../receivers/receiver.ts";
import { MAX_TRIES } from "../../store/errors/outbox.ts";
import type { AlertReceiver, DueAlert, Store } from "../../store/store.ts";

/** A store without alerts is asked this often, for those of processes that have died or have no address. */
const POLL_MS = 15_000;
/** After a nudge, so that the first errors of many are in one summary. */
const GATHER_MS = 500;
const RETRY_MS = 1_000;
/** Between two questions to the store, at least. */
const MIN_REST_MS = 100;

/** Receivers are made known at the start, once more when all that was being written then is there … */
const KNOWN_AGAIN_MS = 60_000;
/** … and as long as somebody sends to them. */
const KNOWN_EVERY_MS = 60 * 60_000;

export interface AlertsOptions extends Surroundings {
  receivers: readonly Receiver[];
  store: Pick<Store, "noteReceivers" | "takeAlert" | "settleAlert">;
  /** Delivery to one fails, or works again: one sentence, and whether it works to all. */
  onState: (state: { up: boolean; all: boolean }, sentence: string) => void;
  /** A message is given up: one sentence. */
  onGivenUp: (sentence: string) => void;
  tryTimeoutMs?: number;
  gatherMs?: number;
  now?: () => number;
}

/**
 * Sends alerts about errors: to each receiver one after the other, to all of them at the same time.
 *
 * They wait in the store, which also decides which process sends one and when (store/errors/outbox.ts): at most one of each kind
 * per error and five minutes, many at once in one summary. So a worker or a process that dies loses none. A failure to send is a
 * log record at WARN: it opens no error, and so causes no alert.
 */
export class Alerts {
  readonly #options: AlertsOptions & Pick<Required<AlertsOptions>, "now">;
  readonly #closing = new AbortController();
  readonly #over = new AbortController();
  /** The store knows the receivers: before, it has nothing for them. */
  readonly #known = Promise.withResolvers<void>();
  readonly #senders: readonly Sender[];
  readonly #work: Promise<unknown>;
  readonly #down = new Set<Receiver>();

  /** Begins at once: an earlier process may have left alerts. */
  constructor(options: AlertsOptions) {
    this.#options = { ...options, now: options.now ?? Date.now };
    this.#senders = options.receivers.map((receiver) =>
      new Sender(receiver, {
        ...this.#options,
        onState: (up, sentence) => this.#note(receiver, { up, sentence }),
        known: this.#known.promise,
        closing: this.#closing.signal,
        over: this.#over.signal,
      })
    );
    this.#work = Promise.all([this.#keepKnown(), ...this.#senders.map((sender) => sender.work)]);
  }

  /** There may be an alert. Returns at once. */
  nudge(): void {
    for (const sender of this.#senders) sender.nudge();
  }

  /** Sends what is due until the deadline; the rest waits in the store for another process. */
  async close({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    this.#closing.abort();
    this.nudge();
    await isDoneWithin(this.#work, deadlineMs);
    this.#over.abort();
  }

  /** What the store notes, it notes for those that it knows. */
  async #keepKnown(): Promise<void> {
    const { store, receivers, now } = this.#options;
    const { signal } = this.#closing;
    for (let times = 0; !signal.aborted;) {
      const isKnown = await store.noteReceivers(receivers.map(plain), { now: now() })
        .then(() => true, () => false);
      if (isKnown) times++;
      if (times === 1) this.#known.resolve();
      // What was being written when it was made known.
      if (times === 2) this.nudge();
      await pause(isKnown ? times === 1 ? KNOWN_AGAIN_MS : KNOWN_EVERY_MS : RETRY_MS, signal);
    }
    this.#known.resolve();
  }

  #note(receiver: Receiver, { up, sentence }: { up: boolean; sentence: string }): void {
    if (up) this.#down.delete(receiver);
    else this.#down.add(receiver);
    this.#options.onState({ up, all: this.#down.size === 0 }, sentence);
  }
}

/** What the store has to know of it. */
function plain({ key, filters }: Receiver): AlertReceiver {
  return { key, filters };
}

interface SenderOptions extends Surroundings {
  store: Pick<Store, "takeAlert" | "settleAlert">;
  onState: (up: boolean, sentence: string) => void;
  onGivenUp: (sentence: string) => void;
  tryTimeoutMs?: number;
  gatherMs?: number;
  now: () => number;
  known: Promise<void>;
  closing: AbortSignal;
  over: AbortSignal;
}

/** Sends to one receiver. */
class Sender {
  readonly work: Promise<void>;
  readonly #receiver: Receiver;
  readonly #options: SenderOptions;
  /** A nudge aborts it. */
  #sleep = new AbortController();
  #isUp = true;

  constructor(receiver: Receiver, options: SenderOptions) {
    this.#receiver = receiver;
    this.#options = options;
    this.work = this.#run();
  }

  nudge(): void {
    this.#sleep.abort();
  }

  async #run(): Promise<void> {
    const { now, gatherMs = GATHER_MS, known, closing } = this.#options;
    await known;
    while (true) {
      const isLast = closing.aborted;
      this.#sleep = new AbortController();
      const nextMs = await this.#sendDue();
      if (isLast) return;
      const restMs = Math.max((nextMs ?? Infinity) - now(), MIN_REST_MS);
      await pause(Math.min(restMs, POLL_MS), this.#sleep.signal);
      if (this.#sleep.signal.aborted) await pause(gatherMs, closing);
    }
  }

  /** Gives when to look again, milliseconds since 1970; null: after a nudge. */
  async #sendDue(): Promise<number | null> {
    const { store, now, over } = this.#options;
    const { key: receiver } = this.#receiver;
    while (!over.aborted) {
      const turn = await store.takeAlert({ now: now(), receiver }).catch(() => undefined);
      if (turn === undefined) return now() + RETRY_MS;
      if (turn.due === null) return turn.nextMs;
      await this.#deliver(turn.due);
    }
    return null;
  }

  async #deliver(due: DueAlert): Promise<void> {
    const { over, tryTimeoutMs } = this.#options;
    const outcome = await this.#receiver.send(
      { message: messageOf(due, this.#options), due },
      { signal: over, ...(tryTimeoutMs !== undefined && { timeoutMs: tryTimeoutMs }) },
    );
    // It may have arrived or not: the next process sends it again.
    if (over.aborted) return;
    const isGivenUp = outcome.kind === "refused" && due.tries >= MAX_TRIES;
    this.#report(outcome, isGivenUp);
    await this.#settle(due.id, {
      isTold: outcome.kind === "sent" || isGivenUp,
      pauseMs: outcome.kind === "sent" ? 0 : outcome.pauseMs ?? 0,
    });
  }

  #report(outcome: Outcome, isGivenUp: boolean): void {
    const { onState, onGivenUp } = this.#options;
    const { name } = this.#receiver;
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
  async #settle(id: string, outcome: { isTold: boolean; pauseMs: number }): Promise<void> {
    const { store, now, closing } = this.#options;
    const settled = () =>
      store.settleAlert(id, { ...outcome, now: now() }).then(() => true, () => false);
    while (!await settled() && !closing.aborted) await pause(RETRY_MS, closing);
  }
}
