/**
 * Loaded before a service: watches the loop of its main thread, and writes what it saw into the file that `BENCH_LOOP_FILE` names.
 *
 * @module
 */

const TICK_MS = 5;
const WRITE_EVERY_MS = 250;
/** Until then modules are loaded. */
const START_MS = 2_000;

/** The longest times between two turns of the loop, in milliseconds. */
export interface LoopDelay {
  /** By the clock: also while other programs had the processor. */
  wallMs: number;
  /** In which the thread itself worked. */
  busyMs: number;
}

const path = Deno.env.get("BENCH_LOOP_FILE");
const isMainThread = !("WorkerGlobalScope" in globalThis);
if (path !== undefined && isMainThread) watch(path);

function watch(path: string): void {
  const longest: LoopDelay = { wallMs: 0, busyMs: 0 };
  let [lastMs, lastBusyMs, writtenMs] = [performance.now(), busyMs(), 0];
  const timer = setInterval(() => {
    const [nowMs, nowBusyMs] = [performance.now(), busyMs()];
    // Not the start: nothing is served yet.
    if (nowMs > START_MS) {
      longest.wallMs = Math.max(longest.wallMs, nowMs - lastMs - TICK_MS);
      longest.busyMs = Math.max(longest.busyMs, nowBusyMs - lastBusyMs);
    }
    [lastMs, lastBusyMs] = [nowMs, nowBusyMs];
    if (nowMs - writtenMs < WRITE_EVERY_MS) return;
    writtenMs = nowMs;
    Deno.writeTextFileSync(path, JSON.stringify(longest));
  }, TICK_MS);
  Deno.unrefTimer(timer);
}

/** Processor time of this process's first thread. */
function busyMs(): number {
  return Number(Deno.readTextFileSync("/proc/self/schedstat").split(" ", 1)[0]) / 1e6;
}
