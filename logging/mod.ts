/**
 * What the other rooms may use of the log.
 *
 * @module
 */
export { type Level, LEVELS, SEVERITY } from "./record.ts";
export { Logger } from "./logger.ts";
export type { LogStats } from "./ledger.ts";
export { type Logging, type LoggingOptions, type RequestEntry, startLogging } from "./logging.ts";
export { BadCursor, StoreBusy, type StoreReads } from "./store/store.ts";
export { type StdHandler, type StdRecord, workerHandler } from "./std_log.ts";
export { catchStrays } from "./strays.ts";
