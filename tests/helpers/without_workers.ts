/** What the platform would have. */
const { Worker: platformWorker } = globalThis;

/** Until it is disposed, the platform has no workers: the log's engine and its store run in the test's own thread. */
export function withoutWorkers(): Disposable {
  Object.assign(globalThis, { Worker: undefined });
  return { [Symbol.dispose]: () => void Object.assign(globalThis, { Worker: platformWorker }) };
}
