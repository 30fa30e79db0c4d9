/**
 * What strangers wrote, as TypeScript source: a text is one literal of printable characters, whatever is in it, and what was
 * redacted is a named constant.
 */
import { REDACTED } from "../store/limits.ts";

/** Controls, marks of direction, lone surrogates, private and unassigned characters; every space but the usual one. */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;
export const IDENTIFIER: RegExp = /^[A-Za-z_$][\w$]*$/;
/** The mark as it stands, and as a URL has it. */
const MARK = new RegExp(
  [REDACTED, encodeURIComponent(REDACTED)].map((mark) => mark.replace(/[[\]]/g, "\\$&")).join("|"),
  "gi",
);
/** `token=`, `"token": "Bearer `: what stands before a mark says what it is of. */
const NAME_BEFORE = /([\w.-]{1,64})["']{0,2}\s{0,4}[:=]\s{0,4}["']?(?:(?:Bearer|Basic)\s)?$/i;
const NAME_LOOKBACK_CHARS = 100;

const MAX_LINE_CHARS = 80;
const MAX_COMMENT_CHARS = 200;
const MAX_NAME_CHARS = 40;
const INDENT = "  ";

/** Something that was redacted, and what the source calls it. */
export interface Placeholder {
  /** The constant, and the environment's variable that sets it. */
  name: string;
  /** What it stood for, on one line. */
  of: string;
}

/** Writes literals, and collects what was redacted in them. */
export class SourceText {
  readonly placeholders: Placeholder[] = [];
  readonly #numbers = new Map<string, number>();

  /** A text: a literal, or several and constants that are joined. `part` says where it stands: `header referer`. */
  text(text: string, part: string): string {
    const literals = text.split(MARK);
    const terms: string[] = [];
    literals.forEach((literal, index) => {
      if (index > 0) terms.push(this.#placeholder(literals[index - 1]!, part));
      if (literal !== "" || literals.length === 1) terms.push(quotedSource(literal));
    });
    // Without a text among them, TypeScript would add what may be no text.
    return terms.join(" + ");
  }

  /** A value of JSON. @throws {RangeError} for what is nested deeper than any record. */
  value(value: unknown, { part, indent = "" }: { part: string; indent?: string }): string {
    if (typeof value === "string") return this.text(value, part);
    if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
    const deeper = indent + INDENT;
    const parts = Array.isArray(value)
      ? value.map((item) => this.value(item, { part, indent: deeper }))
      : Object.entries(value).map(([key, item]) => this.field(key, item, { part, indent: deeper }));
    return Array.isArray(value)
      ? listed(parts, { open: "[", close: "]", indent })
      : listed(parts, { open: "{", close: "}", indent });
  }

  /** A key and its value. */
  field(key: string, value: unknown, at: { part: string; indent?: string }): string {
    const part = `${at.part} ${key}`;
    return `${this.#key(key, at.part)}: ${this.value(value, { ...at, part })}`;
  }

  /** `__proto__: x` would set a prototype: in brackets it is a key like any other. */
  #key(key: string, part: string): string {
    if (IDENTIFIER.test(key) && key !== "__proto__") return key;
    const source = this.text(key, part);
    return key === "__proto__" || !source.startsWith('"') || source.includes(" + ")
      ? `[${source}]`
      : source;
  }

  #placeholder(before: string, part: string): string {
    const name = NAME_BEFORE.exec(before.slice(-NAME_LOOKBACK_CHARS))?.[1];
    const of = commentText(name === undefined ? part : `${part}: ${name}`);
    const words = (name ?? part.split(" ").at(-1)!).replace(/([a-z\d])([A-Z])/g, "$1_$2")
      .toUpperCase().replace(/[^A-Z\d]+/g, "_").slice(0, MAX_NAME_CHARS).replace(/^_+|_+$/g, "");
    // With a beginning of our own: no stranger may name another variable of the environment.
    const stem = `REDACTED_${words || "TEXT"}`;
    const number = (this.#numbers.get(stem) ?? 0) + 1;
    this.#numbers.set(stem, number);
    // Two underscores: no other name ends so.
    const constant = number === 1 ? stem : `${stem}__${number}`;
    this.placeholders.push({ name: constant, of });
    return constant;
  }
}

/** A list in brackets: on one line where that is short. */
export function listed(
  parts: readonly string[],
  { open, close, indent }: { open: string; close: string; indent: string },
): string {
  if (parts.length === 0) return open + close;
  const space = open === "{" ? " " : "";
  const line = `${open}${space}${parts.join(", ")}${space}${close}`;
  if (line.length + indent.length <= MAX_LINE_CHARS && !line.includes("\n")) return line;
  const deeper = indent + INDENT;
  return `${open}\n${parts.map((part) => `${deeper}${part},\n`).join("")}${indent}${close}`;
}

/** A text as one literal. */
export function quotedSource(text: string): string {
  return JSON.stringify(text).replace(UNPRINTABLE, escaped);
}

/** A text as a part of a line comment: on one line, of printable characters, and short. */
export function commentText(text: string): string {
  const line = text.slice(0, MAX_COMMENT_CHARS).replace(UNPRINTABLE, " ").replace(/ {2,}/g, " ");
  return text.length > MAX_COMMENT_CHARS ? `${line}…` : line.trim();
}

function escaped(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
