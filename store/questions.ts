/**
 * All that can be asked of a store and done in it, a function each. Its first argument is the store, the others are what is
 * asked: the store's interface, the way to the worker and a module's `context.store` are made of this list.
 */
export { change } from "./errors/change.ts";
export { error } from "./errors/error.ts";
export { health } from "./health.ts";
export { listErrors, stateCounts } from "./errors/list_errors.ts";
export { merge } from "./errors/merge.ts";
export { occurrence, occurrences } from "./errors/occurrences.ts";
export { listLogs, logsAfter } from "./log/questions.ts";
export { purge } from "./purge.ts";
export { receipt } from "./errors/receipt.ts";
export { remove } from "./errors/remove.ts";
export { split } from "./errors/split.ts";
export { trends } from "./errors/trends.ts";
