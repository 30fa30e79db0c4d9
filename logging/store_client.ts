import type { Answer, Question } from "./protocol.ts";
import {
  askThrough,
  BadCursor,
  BadMerge,
  BadPurge,
  BadSearch,
  BadSplit,
  StoreBusy,
  type StoreReads,
  TooManyKeys,
} from "../store/store.ts";

const ASK_DEADLINE_MS = 5_000;

interface Asked {
  readonly question: Question;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** The store on the main thread: asks the worker through a port. What a worker did not answer before its end is asked again. */
export class StoreClient {
  /** Each method rejects with `StoreBusy` when no answer comes in time. */
  readonly store: StoreReads;
  readonly #asked = new Map<number, Asked>();
  #port: MessagePort | undefined;
  #lastId = 0;
  #isClosed = false;

  readonly #askMs: number;

  constructor({ askMs = ASK_DEADLINE_MS }: { askMs?: number } = {}) {
    this.#askMs = askMs;
    this.store = askThrough((method, args) => this.#ask(method, args));
  }

  get isAsking(): boolean {
    return this.#asked.size > 0;
  }

  /** There is a new worker: everything unanswered is asked again. */
  connect(port: MessagePort): void {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Answer>) => this.#settle(data);
    for (const { question } of this.#asked.values()) port.postMessage(question);
  }

  close(): void {
    this.#isClosed = true;
    this.#port = undefined;
    for (const { timer, reject } of this.#asked.values()) {
      clearTimeout(timer);
      reject(new StoreBusy("The store is closed"));
    }
    this.#asked.clear();
  }

  #ask(method: keyof StoreReads, args: readonly unknown[]): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new StoreBusy("The store is closed"));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      const question = { id, method, args, deadlineMs: performance.now() + this.#askMs };
      const timer = setTimeout(() => {
        this.#asked.delete(id);
        reject(new StoreBusy(`The store did not answer within ${this.#askMs} ms`));
      }, this.#askMs);
      this.#asked.set(id, { question, resolve, reject, timer });
      this.#port?.postMessage(question);
    });
  }

  #settle(answer: Answer): void {
    const asked = this.#asked.get(answer.id);
    if (!asked) return;
    this.#asked.delete(answer.id);
    clearTimeout(asked.timer);
    if ("refusal" in answer) asked.reject(revive(answer.refusal));
    else asked.resolve(answer.value);
  }
}

/** The store's refusals by name: errors lose their class between threads. */
const REFUSALS = { StoreBusy, BadCursor, BadMerge, BadPurge, BadSearch, BadSplit, TooManyKeys };

function revive({ name, message }: { name: string; message: string }): Error {
  if (Object.hasOwn(REFUSALS, name)) return new REFUSALS[name as keyof typeof REFUSALS](message);
  return Object.assign(new Error(message), { name });
}
