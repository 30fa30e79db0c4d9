import { assertEquals } from "@std/assert";
import { recordsInFile } from "./log_lines.ts";
import { type LoggingOptions, startLogging } from "../../logging/logging.ts";
import type { Logging, LogStats } from "../../logging/mod.ts";
import type { LogRecord } from "../../store/record.ts";
import { type TempFolder, tempFolder } from "./temp_folder.ts";

/** The worker that breaks where records say so. */
export const FAULTY_WORKER = new URL("./faulty_worker.ts", import.meta.url);

const CLOSE_DEADLINE_MS = 5_000;
/** Longer than a worker takes to start on a machine that is busy, and is watched for coverage. */
const PATIENT_MS = 60_000;

/** A log of a test's own. */
export interface TestLog extends AsyncDisposable {
  /** The log, with a real worker. */
  readonly logging: Logging;
  /** Where its store and its journal are. */
  readonly folder: TempFolder;
  /** The store's file. */
  readonly storePath: string;
  /** How it was started. */
  readonly options: LoggingOptions;
}

/** Starts a log with a store in a folder of its own, and without waiting for it to open. */
export function startLog(options: Partial<LoggingOptions> = {}): TestLog {
  const folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const all: LoggingOptions = {
    level: "DEBUG",
    bodies: "on",
    spill: "error",
    dataDir: folder.path,
    storeUrl: `sqlite:${storePath}`,
    retention: { days: 90, keepOccurrences: 10_000, maxMegabytes: 1000 },
    root: "/app/",
    workerUrl: FAULTY_WORKER,
    askMs: PATIENT_MS,
    ...options,
  };
  const logging = startLogging(all);
  return {
    logging,
    options: all,
    folder,
    storePath,
    async [Symbol.asyncDispose]() {
      await logging.close({ deadlineMs: CLOSE_DEADLINE_MS });
      folder[Symbol.dispose]();
    },
  };
}

/** All records in a store's file, by time. */
export function storedRecords(path: string): LogRecord[] {
  return recordsInFile(path);
}

/** Their messages, without those of the log about itself. */
export function storedMessages(path: string): string[] {
  return storedRecords(path).map(({ message }) => message).filter((message) =>
    !/^(The log's|The store|The file|The journal|Replayed|Cannot)/.test(message)
  );
}

/** How many were dropped, for whatever reason. */
export function droppedCount({ dropped }: LogStats): number {
  return Object.values(dropped).flatMap((reasons) => Object.values(reasons))
    .reduce((sum, count) => sum + count, 0);
}

/** Fails unless every record taken is accounted for. */
export function assertBalanced(stats: LogStats): void {
  assertEquals(stats.accepted, stats.stored + stats.pending + droppedCount(stats));
}
