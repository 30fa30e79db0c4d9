/** Fails on purpose, so that anyone can watch it caught. */
import * as v from "valibot";
import { defineModule } from "./module.ts";

/** Every way to fail that this service promises to survive. */
export const WAYS_TO_FAIL = [
  "throw",
  "string",
  "null",
  "reject",
  "timer",
  "unawaited",
  "overflow",
  "stream",
  "timeout",
  "bad-return",
] as const;

const input = v.object({ how: v.picklist(WAYS_TO_FAIL) });

/**
 * `GET /fail?how=…`, in development only.
 * @internal
 */
export const fail = defineModule({
  name: "/fail",
  summary: "Fail on purpose, to watch it caught (development only).",
  developmentOnly: true,
  input,
  run: ({ how }, { signal }) => ways[how](signal),
});

const ways: Record<(typeof WAYS_TO_FAIL)[number], (signal: AbortSignal) => unknown> = {
  throw: throwError,
  string: throwString,
  null: throwNull,
  reject: rejectLater,
  timer: throwInTimer,
  unawaited: rejectUnawaited,
  overflow: overflowStack,
  stream: breakStream,
  timeout: neverAnswer,
  "bad-return": () => ({ amount: 10n }),
};

function throwError(): never {
  throw new Error("thrown on purpose by /fail");
}

function throwString(): never {
  throw "a string thrown on purpose by /fail";
}

function throwNull(): never {
  throw null;
}

async function rejectLater(): Promise<never> {
  await Promise.resolve();
  throw new Error("rejected on purpose by /fail");
}

function throwInTimer(): string {
  setTimeout(() => {
    throw new Error("thrown in a timer on purpose by /fail");
  });
  return "A timer throws after this answer: no request waits for it, it is recorded all the same.";
}

function rejectUnawaited(): string {
  Promise.reject(new Error("rejected and not awaited, on purpose, by /fail"));
  return "A promise rejects after this answer: no request waits for it, it is recorded all the same.";
}

function overflowStack(): number {
  return 1 + overflowStack();
}

function breakStream(): ReadableStream<string> {
  let chunks = 0;
  return new ReadableStream({
    pull(controller) {
      if (chunks++ === 0) return controller.enqueue("the first half arrives;\n");
      throw new Error("broken half-way on purpose by /fail");
    },
  });
}

function neverAnswer(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
