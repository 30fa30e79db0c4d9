/**
 * The store as the main thread sees it: every question goes to the worker by message and has a deadline.
 *
 * @module
 */
import type { FromWorker, ToWorker } from "./protocol.ts";
import {
  BadCursor,
  BadMerge,
  BadPurge,
  BadSplit,
  StoreBusy,
  type StoreReads,
} from "../store/store.ts";

/** A question that is not answered by then fails with `StoreBusy`. */
const ASK_DEADLINE_MS = 5_000;

/** All questions that a store answers: the compiler tells when one is missing. */
const METHODS: Record<keyof StoreReads, true> = {
  receipt: true,
  listErrors: true,
  error: true,
  occurrences: true,
  occurrence: true,
  trends: true,
  stateCounts: true,
  listLogs: true,
  logsAfter: true,
  change: true,
  merge: true,
  split: true,
  remove: true,
  purge: true,
  takeAlert: true,
  settleAlert: true,
  health: true,
};

interface Question {
  readonly message: Extract<ToWorker, { type: "ask" }>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Asks, waits, gives up in time. A question that a dying worker took along is asked again. */
export class StoreClient {
  /** The store's methods; each rejects with `StoreBusy` when no answer comes in time. */
  readonly store: StoreReads;
  readonly #send: (message: ToWorker) => boolean;
  readonly #questions = new Map<number, Question>();
  #lastId = 0;
  #isClosed = false;

  /** `send` gives a message to the worker, or says false while there is none. */
  constructor(send: (message: ToWorker) => boolean) {
    this.#send = send;
    const methods = (Object.keys(METHODS) as (keyof StoreReads)[])
      .map((method) => [method, (...args: unknown[]) => this.#ask(method, args)]);
    this.store = Object.fromEntries(methods) as unknown as StoreReads;
  }

  /** True while answers are due. */
  get isAsking(): boolean {
    return this.#questions.size > 0;
  }

  /** A worker has opened: everything unanswered is asked (again). */
  onOpen(): void {
    for (const { message } of this.#questions.values()) this.#send(message);
  }

  /** Takes an answer. */
  onMessage(message: FromWorker): void {
    if (message.type !== "answer" && message.type !== "refusal") return;
    const question = this.#questions.get(message.id);
    if (!question) return;
    this.#forget(question);
    if (message.type === "answer") question.resolve(message.value);
    else question.reject(revive(message));
  }

  /** Nothing will be answered any more. */
  close(): void {
    this.#isClosed = true;
    for (const question of this.#questions.values()) {
      this.#forget(question);
      question.reject(new StoreBusy("The store is closed"));
    }
  }

  #ask(method: keyof StoreReads, args: unknown[]): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new StoreBusy("The store is closed"));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      const message = {
        type: "ask",
        id,
        method,
        args,
        deadlineMs: performance.now() + ASK_DEADLINE_MS,
      } as const;
      const timer = setTimeout(() => {
        this.#questions.delete(id);
        reject(new StoreBusy(`The store did not answer within ${ASK_DEADLINE_MS} ms`));
      }, ASK_DEADLINE_MS);
      this.#questions.set(id, { message, resolve, reject, timer });
      this.#send(message);
    });
  }

  #forget({ message, timer }: Question): void {
    clearTimeout(timer);
    this.#questions.delete(message.id);
  }
}

/** What a store may refuse with, by name: errors lose their class on the way between threads. */
const REFUSALS = { StoreBusy, BadCursor, BadMerge, BadPurge, BadSplit };

function revive({ name, message }: Extract<FromWorker, { type: "refusal" }>): Error {
  if (Object.hasOwn(REFUSALS, name)) return new REFUSALS[name as keyof typeof REFUSALS](message);
  return Object.assign(new Error(message), { name });
}
