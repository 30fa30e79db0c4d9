/** The explicit list of all modules: routes, the index page and `openapi.json` are built from it. */
import {
  assignError,
  assignErrors,
  linkError,
  mergeError,
  muteError,
  muteErrors,
  noteError,
  reopenError,
  reopenErrors,
  resolveError,
  resolveErrors,
  splitError,
  unassignError,
  unassignErrors,
  unlinkError,
  unmuteError,
  unmuteErrors,
} from "./change_errors.ts";
import {
  countErrors,
  getReproduction,
  listErrors,
  listOccurrences,
  listTrends,
  removeError,
  reportErrors,
  showError,
  showOccurrence,
} from "./errors.ts";
import { fail } from "./fail.ts";
import { home } from "./home.ts";
import { addKey, countIntake, listKeys, revokeKey } from "./keys.ts";
import { purgeErrors, purgeLogs } from "./purge.ts";
import { listReleases } from "./releases.ts";
import { showReceipt } from "./receipts.ts";
import { countTraffic } from "./traffic.ts";
import { reportLogs, searchLogs, streamLogs } from "./logs.ts";

/** The API: what `hf.api()` serves. Of two that fit a path, the first one answers. */
export const apiModules = [
  home,
  showReceipt,
  reportLogs,
  searchLogs,
  streamLogs,
  purgeLogs,
  reportErrors,
  listErrors,
  purgeErrors,
  countErrors,
  listTrends,
  resolveErrors,
  reopenErrors,
  muteErrors,
  unmuteErrors,
  assignErrors,
  unassignErrors,
  showError,
  removeError,
  listOccurrences,
  getReproduction,
  showOccurrence,
  resolveError,
  reopenError,
  muteError,
  unmuteError,
  assignError,
  unassignError,
  linkError,
  unlinkError,
  noteError,
  mergeError,
  splitError,
  listReleases,
  countTraffic,
  listKeys,
  addKey,
  countIntake,
  revokeKey,
] as const;

/** The service's own. A new one is added here. */
export const ownModules = [
  fail,
] as const;

/** The package's modules, as its docs, its typed client and its tests know them. */
export const modules = [...apiModules, fail] as const;
