/** What other folders may use of the log. @module */
export {
  type Breadcrumb,
  type ErrorInfo,
  FAILURE_SEVERITY,
  type Level,
  levelOf,
  LEVELS,
  type LogRecord,
  type RecordedFrame,
  type RecordedUser,
  saidBeside,
  SEVERITY,
} from "../store/record.ts";
export type { SinkName } from "./protocol.ts";
export type { Flushed, LogStats } from "./queue/counters.ts";
export type { IntakeCounts } from "./intake_counts.ts";
export { Logger } from "./logger.ts";
export { type Logging, startLogging } from "./logging.ts";
export type { CaptureOptions, RequestEntry } from "./records/record_maker.ts";
export { parseJson } from "../store/parse_json.ts";
export { pickFromList } from "./records/pick_error.ts";
export { requestHeaders } from "./records/headers.ts";
export { snapshot } from "./records/snapshot.ts";
export { isDoneWithin } from "./pause.ts";
export { print } from "./print.ts";
export { isoTime } from "../store/times.ts";
export { toFolder } from "../store/grouping/paths.ts";
export { type ReadSource, type RunningCode, sourceOf } from "../store/grouping/source.ts";
export { type Frame, framesOf } from "../store/grouping/stack.ts";
export { breadcrumbLines } from "../store/breadcrumb_lines.ts";
export {
  recordedSource,
  type SourceLine,
  stackText,
  stackWithSource,
} from "../store/grouping/stack_lines.ts";
export {
  ask,
  askThrough,
  BadCursor,
  BadMerge,
  BadSearch,
  BadSplit,
  type ErrorDetail,
  type ErrorQuery,
  type ErrorSummary,
  type IntakeCount,
  type IntakeNote,
  type KeySummary,
  type LogPage,
  type LogQuery,
  MAX_TOTAL,
  type Occurrence,
  type OccurrenceDetail,
  type OccurrenceTimes,
  type Page,
  type Release,
  type ReleaseAppeared,
  type ReleaseQuery,
  type State,
  STATES,
  StoreBusy,
  type StoreHealth,
  type StoreReads,
  TooManyKeys,
  type TrafficRow,
} from "../store/store.ts";
export { TooManyTails, type WatchQuery } from "./live_tails.ts";
export { catchUncaught } from "./uncaught.ts";
