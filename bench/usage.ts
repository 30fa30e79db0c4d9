/**
 * What a process has used of processor and memory, as Linux tells.
 *
 * @module
 */

const IDLE_WINDOW_MS = 50;
/** A process that uses less than this in a window is idle. */
const IDLE_BELOW_US = 2_500;
const IDLE_WITHIN_MS = 60_000;

/** Linux counts in hundredths of a second for all who read /proc (USER_HZ). */
const TICK_US = 10_000;

/** Processor time since the start of a process, in microseconds. */
export interface Usage {
  /** The main thread alone: where JavaScript answers requests, in Deno and in Node. */
  mainUs: number;
  /** Web Workers: of a service, the log's. */
  workerUs: number;
  /** All threads. */
  processUs: number;
}

/** What all processors together have worked, in microseconds. */
export interface Business {
  /** Since the machine started, whoever it was for. */
  allUs: number;
  /** For this process and for the children it has waited for: the bench and its load. */
  ownUs: number;
}

/** Resident memory, in megabytes. */
export interface Memory {
  /** Now. */
  residentMb: number;
  /** The most it ever was. */
  peakMb: number;
}

/**
 * Reads `schedstat`, which counts nanoseconds: the ticks of `stat` are too coarse for little load.
 *
 * @throws {Error} where the system is not Linux, or counts no such statistics.
 */
export function readUsage(pid: number): Usage {
  try {
    let processUs = 0;
    let workerUs = 0;
    for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
      const us = threadUs(`/proc/${pid}/task/${name}/schedstat`);
      processUs += us;
      const isWorker = Deno.readTextFileSync(`/proc/${pid}/task/${name}/comm`).startsWith(
        "worker-",
      );
      if (isWorker) workerUs += us;
    }
    return { mainUs: threadUs(`/proc/${pid}/task/${pid}/schedstat`), workerUs, processUs };
  } catch (cause) {
    throw new Error("The bench needs Linux with scheduler statistics in /proc", { cause });
  }
}

/** Tells how busy the machine is, and how much of that is the bench's own doing. See proc(5), `stat`. */
export function readBusiness(): Business {
  const cpu = Deno.readTextFileSync("/proc/stat").split("\n", 1)[0]!.split(/\s+/).slice(1);
  const [user, nice, system, , , irq, softIrq, steal] = cpu.map(Number);
  const all = user! + nice! + system! + irq! + softIrq! + steal!;
  const stat = Deno.readTextFileSync("/proc/self/stat");
  // After the name, which may hold spaces: state is the third field, utime, stime, cutime and cstime are 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  const own = fields[11]! + fields[12]! + fields[13]! + fields[14]!;
  return { allUs: all * TICK_US, ownUs: own * TICK_US };
}

/** Reads the memory of a process. */
export function readMemory(pid: number): Memory {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { residentMb: megabytes("VmRSS"), peakMb: megabytes("VmHWM") };
}

/** Waits until the process has written out what it owes, so that all of its work is counted. */
export async function untilIdle(pid: number): Promise<void> {
  const endMs = performance.now() + IDLE_WITHIN_MS;
  for (let before = readUsage(pid); performance.now() < endMs;) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_WINDOW_MS));
    const now = readUsage(pid);
    if (now.processUs - before.processUs < IDLE_BELOW_US) return;
    before = now;
  }
}

function threadUs(path: string): number {
  return Number(Deno.readTextFileSync(path).split(" ", 1)[0]) / 1000;
}
