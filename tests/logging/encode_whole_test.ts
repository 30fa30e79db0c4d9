import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createEncoder } from "../../logging/records/encode.ts";
import { createRedactor } from "../../logging/redact/redact.ts";
import { MAX_STRING_CHARS } from "../../store/limits.ts";
import { oneLine } from "../../store/one_line.ts";
import { rawRecord } from "../helpers/raw_record.ts";
import { MORE_HARMLESS } from "./corpus/more_harmless.ts";
import { MORE_SECRETS } from "./corpus/more_secrets.ts";

const encoder = createEncoder({ bootId: "boot", instance: "here:1" });
const redactor = createRedactor();
const NAMES = ["password", "SMTP_PASSWORD", "pin", "otp", "key", "author", "note", "__proto__"];
const PIECES = [
  "\n",
  "\t",
  "\b",
  "\f",
  "\\",
  '"',
  "\u0085",
  "\u202e",
  "ä",
  "€",
  "：",
  "%20",
  "=",
  ": ",
  "@",
]
  .concat("4111111111111111", "12345678901234567", "https", "hunter2-Zq9", ...NAMES);

const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 8 }));
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
// V8 15.0 takes an escaped name for one that begins with a backslash and was parsed before.
const name = fc.oneof(fc.constantFrom(...NAMES), text.filter((name) => !name.startsWith("\\")));
const cases = [...MORE_SECRETS.map(({ input }) => input), ...MORE_HARMLESS];
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom(...cases),
    fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    fc.constantFrom(null, true, 4111111111111111),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(name, tie("value"), { maxKeys: 4 }),
  ),
}));

Deno.test("a line written field by field says what redacting value by value says, whatever is in it", () => {
  fc.assert(
    fc.property(text, value, value, (message, input, output) => {
      const raw = rawRecord({
        seq: 1,
        message,
        path: "/x",
        input: JSON.stringify(input),
        output: JSON.stringify(output),
      });
      const { line } = encoder.encode(raw);
      assertEquals(oneLine(line), line);
      const record = JSON.parse(line);
      assertEquals(record.message, oneLine(redactor.text(message, MAX_STRING_CHARS)));
      for (const [name, given] of Object.entries({ input, output })) {
        const json = redactor.value(JSON.parse(JSON.stringify(given))).value;
        assertEquals(withTexts(record[name]), withTexts(JSON.parse(JSON.stringify(json))), name);
      }
    }),
    { numRuns: 1_000 },
  );
});

/** Numbers as texts: one that JavaScript cannot hold is recorded as the text that came. */
function withTexts(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value),
    (_, part) => typeof part === "number" ? JSON.stringify(part) : part,
  );
}
