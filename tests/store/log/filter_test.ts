import { assert } from "@std/assert";
import {
  filterOf,
  isPerhapsIn,
  LINE_BYTES,
  type Probe,
  probeExact,
  probesOf,
  STRIPES,
} from "../../../store/log/filter.ts";
import { joinLines } from "../../../store/log/lines.ts";

const LINES = 1_000;
const WORDS_A_LINE = 40;

Deno.test("a filter knows every word of its block and its beginnings, however many words there are, and few others", () => {
  const wordOf = (line: number, word: number) => `w${line.toString(36)}x${word.toString(36)}end`;
  const lines = Array.from({ length: LINES }, (_, line) => {
    const words = Array.from({ length: WORDS_A_LINE }, (_, word) => wordOf(line, word));
    // Some lines with characters beyond ASCII, which are read in another way; escapes part words.
    const text = JSON.stringify({ message: words.join(line % 10 === 0 ? " ü " : "\n") });
    return {
      write: 1,
      index: line,
      timeMs: line,
      level: 1,
      service: "/a",
      route: "/b",
      text,
    };
  });
  const filter = filterOf(lines, new TextEncoder().encode(joinLines(lines)));
  const length = filter.length / STRIPES;
  const isPerhaps = ({ stripe, line, bits }: Probe) => {
    const start = stripe * length + (line % (length / LINE_BYTES)) * LINE_BYTES;
    return isPerhapsIn(filter.subarray(start, start + LINE_BYTES), { stripe, line, bits });
  };
  let others = 0;
  for (let line = 0; line < LINES; line++) {
    for (let word = 0; word < WORDS_A_LINE; word++) {
      const text = wordOf(line, word);
      assert(probesOf(text, { isBeginning: false }).every(isPerhaps), text);
      assert(probesOf(text.slice(0, 4), { isBeginning: true }).every(isPerhaps), text);
      if (isPerhaps(probeExact(`other${line}y${word}`))) others++;
    }
  }
  const percent = 100 * others / (LINES * WORDS_A_LINE);
  assert(percent < 15, `${percent} % of the words that it has not`);
});
