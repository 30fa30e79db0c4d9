import type { Delivery, Taken } from "../intake/intake.ts";
import type { DeliveryMessage, FromWorker, IntakeUpdate } from "./protocol.ts";
import type { Counters } from "./queue/counters.ts";
import { type Owner, type Share, Shares } from "./queue/shares.ts";
import { FAILURE_SEVERITY } from "../store/record.ts";

/** Clients and their programs wait no longer: they are answered by then, whatever has happened. */
const ANSWER_WITHIN_MS = 2_000;
/** Bodies that wait on this thread or on their way to the worker; more is refused at once. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** Of a delivery without a body. */
const FIXED_BYTES = 512;
/** Late ones are looked for no more often than this. */
const MIN_TICK_MS = 20;

interface Waiting {
  readonly message: DeliveryMessage;
  readonly bytes: number;
  readonly share: Share;
  /** Absent after the time is over; what the worker has of it counts until it answers. */
  resolve: ((taken: Taken) => void) | undefined;
  isSent: boolean;
}

export interface IntakeClientOptions {
  counters: Counters;
  /** Records were stored or dropped. */
  onChange: () => void;
}

/**
 * The main thread's side of the intake: hands deliveries to the worker, which reads them, and counts what becomes of their
 * records. Each goes to one worker only: one that ends a worker must not end the next one too.
 */
export class IntakeClient {
  /** Records taken since the start. */
  accepted = 0;
  readonly #options: IntakeClientOptions;
  /** The oldest first. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended = Promise.withResolvers<void>();
  /** Records of dead workers that are not known to be stored, by the intake's boot id. */
  readonly #formers = new Map<string, number>();
  /** A sender that floods us leaves room to the others. */
  readonly #shares = new Shares(MAX_WAITING_BYTES);
  #lastId = 0;
  #port: MessagePort | undefined;
  #bootId = "";
  /** Records of the living worker that are not stored. */
  #pending = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosing = false;

  constructor(options: IntakeClientOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  take(delivery: Delivery): Promise<Taken> {
    if (this.#isClosing) return Promise.resolve(busy("this process is stopping"));
    const bytes = FIXED_BYTES + delivery.body.byteLength;
    const owner = ownerOf(delivery);
    if (this.#shares.bytes + bytes > MAX_WAITING_BYTES || !this.#shares.hasRoom(owner)) {
      return Promise.resolve(busy("too many reports wait to be read"));
    }
    const { promise, resolve } = Promise.withResolvers<Taken>();
    const deadlineMs = performance.now() + ANSWER_WITHIN_MS;
    const message: DeliveryMessage = { id: ++this.#lastId, delivery, deadlineMs };
    const share = this.#shares.add(owner, bytes);
    const waiting: Waiting = { message, bytes, share, resolve, isSent: false };
    this.#waiting.set(message.id, waiting);
    this.#send(waiting);
    this.#timer ??= setTimeout(() => this.#giveUp(), ANSWER_WITHIN_MS);
    return promise;
  }

  /** True while the worker owes an answer. */
  get isAsking(): boolean {
    return this.#waiting.size > 0;
  }

  /** Records that are not known to be stored. */
  get pending(): number {
    return this.#pending + this.#formerPending;
  }

  /** Intakes of dead workers whose journals may hold something. */
  get formers(): string[] {
    return [...this.#formers.keys()];
  }

  /** Resolves when a worker that was told to close has said the last word. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Whether the store has all of the first so many records. */
  hasStored(accepted: number): boolean {
    return this.#formerPending === 0 && this.accepted - this.#pending >= accepted;
  }

  /** There is a new worker: it gets what no other has had. */
  connect(port: MessagePort, bootId: string): void {
    this.#port = port;
    this.#bootId = bootId;
    port.onmessage = ({ data }: MessageEvent<IntakeUpdate>) => this.#update(data);
    for (const waiting of this.#waiting.values()) this.#send(waiting);
  }

  /** The worker is dead: what it had not answered is answered now. */
  disconnect(): void {
    this.#port = undefined;
    if (this.#pending > 0) this.#formers.set(this.#bootId, this.#pending);
    this.#pending = 0;
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.isSent) this.#settle(waiting, busy("the log's worker ended"));
    }
  }

  /** What a dead worker left in its journal is stored now. */
  onReplayed({ bootId, aside }: Extract<FromWorker, { type: "intake replayed" }>): void {
    const { counters, onChange } = this.#options;
    const pending = this.#formers.get(bootId);
    if (pending === undefined) return;
    this.#formers.delete(bootId);
    counters.pending -= pending;
    counters.stored += Math.max(pending - aside, 0);
    for (let i = 0; i < Math.min(aside, pending); i++) {
      counters.drop(FAILURE_SEVERITY, "quarantined");
    }
    onChange();
  }

  /** Answers what comes from now on with 503. */
  refuseFurther(): void {
    this.#isClosing = true;
  }

  /** Answers all that still waits. */
  close(): void {
    this.refuseFurther();
    this.#port = undefined;
    for (const waiting of [...this.#waiting.values()]) {
      this.#settle(waiting, busy("this process is stopping"));
    }
  }

  get #formerPending(): number {
    return this.#formers.values().reduce((sum, records) => sum + records, 0);
  }

  #send(waiting: Waiting): void {
    if (!this.#port || waiting.isSent) return;
    waiting.isSent = true;
    const { message } = waiting;
    const { body } = message.delivery;
    // A part of a larger buffer is copied: the rest of it is not ours.
    const isWhole = body.byteLength === body.buffer.byteLength;
    const whole = isWhole ? body : body.slice();
    const delivery = { ...message.delivery, body: whole };
    this.#port.postMessage({ ...message, delivery } satisfies DeliveryMessage, [
      whole.buffer as ArrayBuffer,
    ]);
  }

  #update(update: IntakeUpdate): void {
    const { counters, onChange } = this.#options;
    const { answers, accepted, spilled, stored, dropped, skipped, isLast } = update;
    const settled = stored + dropped.length;
    this.accepted += accepted;
    this.#pending += accepted - settled;
    counters.accepted += accepted;
    counters.spilled += spilled;
    counters.stored += stored;
    counters.pending += accepted - settled;
    for (const { severity, reason } of dropped) counters.drop(severity, reason);
    counters.skip(skipped, isLast ? "shutdown" : "behind");
    for (const { id, taken } of answers) {
      const waiting = this.#waiting.get(id);
      if (waiting) this.#settle(waiting, taken);
    }
    if (isLast) this.#ended.resolve();
    if (settled > 0) onChange();
  }

  #settle(waiting: Waiting, taken: Taken): void {
    this.#waiting.delete(waiting.message.id);
    this.#shares.giveBack(new Map([[waiting.share, waiting.bytes]]));
    if (this.#waiting.size === 0) this.#stopTimer();
    waiting.resolve?.(taken);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Answers those whose time is over. */
  #giveUp(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const waiting of [...this.#waiting.values()]) {
      const { resolve, isSent, message: { deadlineMs } } = waiting;
      if (!resolve) continue;
      if (deadlineMs > nowMs) {
        const inMs = Math.max(deadlineMs - nowMs, MIN_TICK_MS);
        this.#timer = setTimeout(() => this.#giveUp(), inMs);
        return;
      }
      const late = busy("the reports could not be written in time");
      waiting.resolve = undefined;
      if (isSent) resolve(late);
      else this.#settle({ ...waiting, resolve }, late);
    }
  }
}

function ownerOf({ reporter = "", service, otherwise }: Delivery): Owner {
  return { reporter, service: service ?? otherwise };
}

function busy(sentence: string): Taken {
  return { status: 503, code: "intake.busy", sentence };
}
