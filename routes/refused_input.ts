/**
 * What the log keeps of a body of reports.
 *
 * @module
 */
import { snapshot } from "../logging/mod.ts";

/**
 * The JSON text of reports that were refused, for whoever looks for the mistake; those that were taken are records of their own.
 * Without the users in them: what is kept of users is decided where a report is taken.
 */
export function refusedInput(value: unknown): string {
  return snapshot(Array.isArray(value) ? value.map(withoutUser) : withoutUser(value));
}

function withoutUser(report: unknown): unknown {
  if (typeof report !== "object" || report === null || Array.isArray(report)) return report;
  return { ...report, user: undefined };
}
