/** A stack's text without the message in it: a message is anyone's text, and its lines may look like frames. */
import { cut, CUT_MARK, MAX_STACK_CHARS } from "../limits.ts";

/** Characters kept of the line above the frames: it repeats the type and the message. */
const MAX_HEAD_CHARS = 256;
const PYTHON = /^.*Traceback \(most recent call last\):/;

/** What is kept of a stack: of the message its first line, of the frames those nearest to the throw. */
export function keepStack(stack: string, message: string): string {
  const text = withoutMessage(stack, message);
  if (text.length <= MAX_STACK_CHARS) return text;
  return PYTHON.test(text) ? cutOldest(text) : cut(cutHead(text), MAX_STACK_CHARS);
}

/**
 * The stack without the message's lines but the first, which stands behind the type's name. Where the message was changed
 * after the stack was made, what they still share is taken out.
 */
export function withoutMessage(stack: string, message: string): string {
  const said = message.trimEnd();
  if (said === "") return stack;
  if (PYTHON.test(stack)) return withoutEnd(stack.trimEnd(), said);
  const lines = stack.split("\n");
  // An error without a name: the message alone is the first line.
  if (lines[0] === said) return lines.slice(1).join("\n");
  const saidLines = said.split("\n").map((line) => line.trim());
  if (saidLines.length === 1) return stack;
  const head = Math.max(0, lines.findIndex((line) => line.trimEnd().endsWith(saidLines[0]!)));
  const repeated = countRepeated(lines.slice(head + 1), saidLines);
  lines.splice(head + 1, repeated);
  // Without a name before it, the first line is the message's too.
  if (lines[head]!.trim() === saidLines[0]) lines.splice(head, 1);
  return lines.join("\n");
}

/** How many of these lines go on as the message does. */
function countRepeated(lines: readonly string[], saidLines: readonly string[]): number {
  const first = lines[0]?.trim();
  const at = first === undefined ? -1 : saidLines.indexOf(first, 1);
  if (at < 0) return 0;
  let count = 0;
  while (at + count < saidLines.length && lines[count]?.trim() === saidLines[at + count]) count++;
  return count;
}

/** Python says the message last. */
function withoutEnd(stack: string, message: string): string {
  return stack.endsWith(message) ? stack.slice(0, -message.length).trimEnd() : stack;
}

/** A long message must not push the frames out. */
function cutHead(text: string): string {
  const end = text.indexOf("\n");
  return end < 0 ? text : cut(text.slice(0, end), MAX_HEAD_CHARS) + text.slice(end);
}

/** The nearest frames come last: what is cut off is the way there. */
function cutOldest(text: string): string {
  const [head = "", ...rest] = text.split("\n");
  const end = rest.join("\n").slice(-(MAX_STACK_CHARS - MAX_HEAD_CHARS));
  return `${cut(head, MAX_HEAD_CHARS)}\n  ${CUT_MARK}\n${end.slice(end.indexOf("\n") + 1)}`;
}
