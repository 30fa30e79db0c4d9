import { assert, assertEquals } from "@std/assert";
import type { Database, Value } from "../../../store/drivers/database.ts";
import { perhapsInSql, type Probe, probeExact, probesOf } from "../../../store/log/filter.ts";
import { insertBlock } from "../../../store/log/seal.ts";
import { onEachEngine } from "../../helpers/each_engine.ts";

const LINES = 1_000;
const WORDS_A_LINE = 40;
/** Words asked for at once: a statement takes a thousand values. */
const ASKED = 100;

onEachEngine(
  "a filter knows every word of its block and its beginnings, however many words there are, and few others",
  async (database) => {
    const wordOf = (line: number, word: number) => `w${line.toString(36)}x${word.toString(36)}end`;
    const lines = Array.from({ length: LINES }, (_, line) => {
      const words = Array.from({ length: WORDS_A_LINE }, (_, word) => wordOf(line, word));
      // Some lines with characters beyond ASCII, which are read in another way; escapes part words.
      const text = JSON.stringify({ message: words.join(line % 10 === 0 ? " ü " : "\n") });
      return { write: 1, index: line, timeMs: line, level: 1, service: "/a", route: "/b", text };
    });
    await database.transaction((session) => insertBlock(session, { service: "/a", lines }));
    let others = 0;
    const asked = [0, 7, WORDS_A_LINE - 1];
    for (const word of asked) {
      const words = Array.from({ length: ASKED }, (_, i) => wordOf(i * LINES / ASKED, word));
      const known = words.flatMap((text) => [
        ...probesOf(text, { isBeginning: false }),
        ...probesOf(text.slice(0, 4), { isBeginning: true }),
      ]);
      assertEquals((await perhaps(database, known)).indexOf(false), -1);
      const strange = words.map((_, i) => probeExact(`other${i}y${word}`));
      others += (await perhaps(database, strange)).filter((isPerhaps) => isPerhaps).length;
    }
    const percent = 100 * others / (ASKED * asked.length);
    assert(percent < 15, `${percent} % of the words that it has not`);
  },
);

async function perhaps(database: Database, probes: readonly Probe[]): Promise<boolean[]> {
  const { engine } = database;
  const answers: boolean[] = [];
  for (let from = 0; from < probes.length; from += ASKED) {
    const values: Value[] = [];
    const given = (value: Value) => `$${values.push(value)}`;
    const questions = probes.slice(from, from + ASKED)
      .map((probe) => `select ${perhapsInSql(probe, { engine, block: "1", given })} as answer`);
    const rows = await database.ask((session) =>
      session.all<{ answer: unknown }>(questions.join(" union all "), values)
    );
    answers.push(...rows.map(({ answer }) => answer === true || answer === 1));
  }
  return answers;
}
