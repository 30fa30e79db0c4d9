/**
 * What the other rooms may use of the log.
 *
 * @module
 */
export { Alerts, type AlertsOptions } from "./alerts.ts";
export { type Level, LEVELS, SEVERITY } from "./record.ts";
export { Logger } from "./logger.ts";
export type { LogStats } from "./ledger.ts";
export { type Logging, type LoggingOptions, type RequestEntry, startLogging } from "./logging.ts";
export {
  type Alert,
  BadCursor,
  BadMerge,
  BadSplit,
  type ErrorSummary,
  StoreBusy,
  type StoreReads,
} from "./store/store.ts";
export { Tails, TooManyTails, type WatchQuery } from "./tails.ts";
export { type StdHandler, type StdRecord, workerHandler } from "./std_log.ts";
export { catchStrays } from "./strays.ts";
