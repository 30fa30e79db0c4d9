/** Fails on purpose, so that anyone can watch it caught. */
import * as v from "valibot";
import { defineModule } from "./module.ts";

/** Every way to fail that this service promises to survive. */
const ways = {
  throw: throwError,
  string() {
    throw "a string thrown on purpose by /fail";
  },
  null() {
    throw null;
  },
  reject: rejectLater,
  timer: throwInTimer,
  unawaited: rejectUnawaited,
  overflow: overflowStack,
  stream: breakStream,
  timeout: neverAnswer,
  "bad-return": () => ({ amount: 10n }),
} satisfies Record<string, (signal: AbortSignal) => unknown>;

export const WAYS_TO_FAIL = Object.keys(ways) as (keyof typeof ways)[];

export const fail = defineModule({
  name: "/fail",
  summary: "Fail on purpose, to see how it is recorded (development only).",
  developmentOnly: true,
  input: v.object({ how: v.picklist(WAYS_TO_FAIL) }),
  run: ({ how }, { signal }) => ways[how](signal),
});

function throwError(): never {
  throw new Error("thrown on purpose by /fail");
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
