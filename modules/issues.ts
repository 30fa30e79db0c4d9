import { Failure, type FailureKind, FAILURES, type Fault } from "./failure.ts";
import type { Issue } from "./module.ts";

const MAX_ISSUES_SHOWN = 5;
/** Faults that an answer lists. */
export const MAX_FAULTS = 100;
/** Of a value that a caller sent, in a sentence that refuses it. */
const MAX_QUOTED_CHARS = 80;
/** Schema types of valibot that compare with a list of values rather than check a type. */
const LISTS_OF_VALUES = ["picklist", "literal", "enum"];

/** Stands for a value whose getters or traps throw. */
const UNREADABLE = "a value that cannot be read";

/** What valibot adds to a Standard Schema issue; other libraries have none of it. */
interface RichIssue extends Issue {
  readonly kind?: "schema" | "validation" | "transformation";
  readonly type?: string;
  readonly expected?: string | null;
}

/** One failure for all issues: the first one names the code, the sentence names up to five, `faults` up to a hundred. */
export function failureOfIssues(issues: readonly Issue[], value: unknown): Failure {
  const all = issues.slice(0, MAX_FAULTS).map((issue) => mistakeOf(issue, value));
  const shown = all.slice(0, MAX_ISSUES_SHOWN);
  const more = issues.length - shown.length;
  const first = shown[0] ??
    { kind: "invalid" as const, param: "value", sentence: "the input is not valid" };
  const sentence = (shown.map((issue) => issue.sentence).join("; ") || first.sentence) +
    (more > 0 ? `; ${more} more` : "");
  return new Failure(first.kind, sentence, {
    param: first.param,
    ...(all.length > 0 && { faults: all.map(toFault) }),
  });
}

function toFault({ kind, param, sentence }: Mistake): Fault {
  return { path: param, code: FAILURES[kind].code.replace("{param}", param), message: sentence };
}

interface Mistake {
  kind: FailureKind;
  param: string;
  sentence: string;
}

function mistakeOf(issue: RichIssue, input: unknown): Mistake {
  const keys = (issue.path ?? []).map((step) => typeof step === "object" ? step.key : step);
  const param = keys.map(String).join(".") || "body";
  const value = valueAt(input, keys);
  const kind = kindOf(issue, value);
  if (kind === "missing") return { kind, param, sentence: `${param} is missing` };
  return { kind, param, sentence: `${param} ${must(issue)}, got ${show(value)}` };
}

function valueAt(input: unknown, keys: readonly PropertyKey[]): unknown {
  let value = input;
  try {
    for (const key of keys) {
      if (typeof value !== "object" || value === null) return undefined;
      if (!Object.hasOwn(value, key)) return undefined;
      value = (value as Record<PropertyKey, unknown>)[key];
    }
    return value;
  } catch {
    return UNREADABLE;
  }
}

function kindOf(issue: RichIssue, value: unknown): FailureKind {
  if (value === undefined) return "missing";
  if (issue.kind === "schema" && LISTS_OF_VALUES.includes(issue.type ?? "")) {
    return typeof value === "string" ? "unknown" : "wrong_type";
  }
  if (issue.kind === "schema" || issue.kind === "transformation") return "wrong_type";
  return "invalid";
}

function must(issue: RichIssue): string {
  const ownWords = !issue.kind || !issue.message.startsWith("Invalid ");
  if (ownWords) return issue.message;
  return `must be ${
    (issue.expected ?? "valid").replace(/^\((.*)\)$/, "$1").replaceAll(" | ", " or ")
  }`;
}

function show(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = typeof value;
  }
  return text.length > MAX_QUOTED_CHARS ? `${text.slice(0, MAX_QUOTED_CHARS)}…` : text;
}

/** What a caller sent, for a sentence that refuses it: in quotes, and not all of a long text. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MAX_QUOTED_CHARS));
}
