/**
 * The store as the main thread sees it: every question goes to the worker by message and has a deadline.
 *
 * @module
 */
import type { FromWorker, ToWorker } from "./protocol.ts";
import { BadCursor, StoreBusy, type StoreReads } from "./store/store.ts";

/** A question that is not answered by then fails with `StoreBusy`. */
export const ASK_DEADLINE_MS = 5_000;

/** All questions that a store answers. */
const METHODS = [
  "receipt",
  "listErrors",
  "error",
  "occurrences",
  "occurrence",
  "listLogs",
  "logsAfter",
  "resolve",
  "reopen",
  "mute",
  "unmute",
  "health",
] as const satisfies readonly (keyof StoreReads)[];

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
    const methods = METHODS.map((
      method,
    ) => [method, (...args: unknown[]) => this.#ask(method, args)]);
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
        deadlineMs: Date.now() + ASK_DEADLINE_MS,
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

/** Errors lose their class on the way between threads. */
function revive({ name, message }: Extract<FromWorker, { type: "refusal" }>): Error {
  if (name === "StoreBusy") return new StoreBusy(message);
  if (name === "BadCursor") return new BadCursor(message);
  return Object.assign(new Error(message), { name });
}
