/** Takes out of a message what differs from one occurrence to the next. */

/** Lines are cut before any expression looks at them. */
const MAX_LINE_CHARS = 1024;
/** More lines say nothing new about which error it is. */
const MAX_LINES = 2;

// The order matters: an e-mail holds a host, a URL an address, a date numbers.
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, "<email>"],
  [/\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'<>`)]+/gi, "<url>"],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, "<uuid>"],
  [/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?![\d.])/g, "<ip>"],
  [/(?<![\w:])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi, "<ip>"],
  [/\b0x[\da-f]+\b/gi, "<hex>"],
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{8,}\b/gi, "<hex>"],
  [
    /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?/g,
    "<date>",
  ],
  [/\d+(?:[.,]\d+)*/g, "<n>"],
];

/**
 * The first two lines of a message with e-mails, URLs, UUIDs, IP addresses, hex, dates and numbers
 * masked, in this order.
 *
 * @example
 * ```ts
 * maskMessage("user 17 not found at 10.0.0.1"); // "user <n> not found at <ip>"
 * ```
 */
export function maskMessage(message: string): string {
  const lines = message.trim().split("\n", MAX_LINES);
  return lines.map((line) => maskLine(line.slice(0, MAX_LINE_CHARS).trim())).join("\n");
}

function maskLine(line: string): string {
  return MASKS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line);
}
