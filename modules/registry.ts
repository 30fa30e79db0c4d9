/**
 * The explicit list of all modules: routes, the index page and `openapi.json` are built from it.
 *
 * @module
 */
import {
  listErrors,
  listOccurrences,
  muteError,
  reopenError,
  reportErrors,
  resolveError,
  showError,
  unmuteError,
} from "./errors.ts";
import { fail } from "./fail.ts";
import { home } from "./home.ts";
import { reportLogs, searchLogs } from "./logs.ts";
import type { Module } from "./module.ts";

/** All modules, in the order the index page shows them. */
export const modules: readonly Module[] = [
  home,
  reportLogs,
  searchLogs,
  reportErrors,
  listErrors,
  showError,
  listOccurrences,
  resolveError,
  reopenError,
  muteError,
  unmuteError,
  fail,
];
