import { type Level, levelOf } from "../../store/record.ts";

const LEVELS: Readonly<Record<string, Level>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  log: "INFO",
  info: "INFO",
  information: "INFO",
  notice: "INFO",
  warn: "WARN",
  warning: "WARN",
  error: "ERROR",
  fatal: "CRITICAL",
  critical: "CRITICAL",
};

/** Old clients for Python send their language's numbers, 10 to 50. */
const isNumber = (value: unknown): value is number => typeof value === "number" && value >= 10;

/** The level in our words; undefined for none and for one that nobody knows. */
export function levelIn(value: unknown): Level | undefined {
  if (isNumber(value)) return levelOf(value);
  if (typeof value !== "string") return undefined;
  const name = value.toLowerCase();
  return Object.hasOwn(LEVELS, name) ? LEVELS[name] : undefined;
}
