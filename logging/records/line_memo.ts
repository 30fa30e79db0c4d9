import type { Redactor } from "../redact/redact.ts";

/** Of all texts that are remembered for one redactor: the frames of some hundred bugs. */
const MAX_CHARS = 4 * 1024 * 1024;
/** Longer ones are rare, and would take the room of many. */
const MAX_TEXT_CHARS = 512;

interface Memo {
  readonly redacted: Map<string, string>;
  chars: number;
}

const memos = new WeakMap<Redactor, Memo>();

/**
 * Takes secrets out of names and source lines of frames. The same bug has the same ones again and again: looking at each for the
 * first time costs ten times as much as remembering what came of it.
 */
export function redactLine(
  text: string,
  { redactor, maxChars }: { redactor: Redactor; maxChars: number },
): string {
  if (text.length > Math.min(MAX_TEXT_CHARS, maxChars)) return redactor.text(text, maxChars);
  let memo = memos.get(redactor);
  if (memo === undefined || memo.chars > MAX_CHARS) {
    memos.set(redactor, memo = { redacted: new Map(), chars: 0 });
  }
  const known = memo.redacted.get(text);
  if (known !== undefined) return known;
  const redacted = redactor.text(text, maxChars);
  // A mask may be longer than what it hides: whatever bound a caller has, it is the same for a shorter text.
  if (redacted.length > MAX_TEXT_CHARS) return redacted;
  memo.redacted.set(text, redacted);
  memo.chars += text.length;
  return redacted;
}
