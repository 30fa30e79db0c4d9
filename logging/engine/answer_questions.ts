import type { Answer, Question } from "../protocol.ts";
import { isQuestion } from "../../store/opened.ts";
import { ask, type StoreReads } from "../../store/store.ts";

export interface AnswerOptions {
  /** The open store; rejects while there is none. */
  openStore: () => Promise<StoreReads>;
  /** How far the asking thread's `performance.now()` is ahead of this one's. */
  aheadMs: number;
  outside: <Result>(work: () => Result) => Result;
}

/** Answers every question to the store that comes through the port, until it is closed. */
export function answerQuestions(port: MessagePort, options: AnswerOptions): void {
  port.onmessage = async ({ data }: MessageEvent<Question>) => {
    const { id, method, args, deadlineMs } = data;
    // The caller has given up.
    if (performance.now() + options.aheadMs > deadlineMs) return;
    try {
      if (!isQuestion(method)) throw new RangeError(`The store knows no question ${method}`);
      const store = await options.openStore();
      const value = await options.outside(() => ask(store, method, args));
      port.postMessage({ id, value } satisfies Answer);
    } catch (error) {
      const { name, message } = error as Error;
      port.postMessage({ id, refusal: { name, message } } satisfies Answer);
    }
  };
}
