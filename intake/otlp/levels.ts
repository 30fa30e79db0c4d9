import type { Level } from "../../store/record.ts";

/** Logs data model, "Field: SeverityNumber": four numbers a range. */
const RANGE = 4;
const RANGES: readonly Level[] = ["DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"];

/** What libraries call their levels, in small letters; the first that a name begins with. */
const NAMES: readonly (readonly [RegExp, Level])[] = [
  [/^(?:trace|debug|verbose|silly|fine|config)/, "DEBUG"],
  [/^(?:info|notice|log$|http$)/, "INFO"],
  [/^warn/, "WARN"],
  [/^(?:err|severe$)/, "ERROR"],
  [/^(?:fatal|crit|emerg|alert|panic)/, "CRITICAL"],
];

/** The level that a record says; undefined where it says none that is known. */
export function levelOfSeverity(number: number, text: string): Level | undefined {
  if (Number.isInteger(number) && number >= 1) return RANGES[Math.floor((number - 1) / RANGE)];
  const name = text.trim().toLowerCase().replace(/^severity_number_/, "");
  return NAMES.find(([form]) => form.test(name))?.[1];
}
