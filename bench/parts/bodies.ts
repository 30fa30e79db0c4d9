/**
 * Small and large bodies: what comes in is what goes out, and both are recorded.
 *
 * @module
 */
import { type Bench, type Case, measureCases, paired, type Section, typical } from "../cases.ts";
import { figure, table } from "../table.ts";
import { withBefore } from "../variants.ts";

const CONNECTIONS = 32;
const SIZES = [1, 3000];
const SENTENCE = "Nothing in these words is long, and none of them is a thing to hide. ";
const IDS = ["bare", "discard", "store", "fastify", "fastify-worker"];
const HEAD = [
  "server",
  "main thread us/req",
  "× A",
  "process us/req",
  "req/s",
  "p99 ms",
  "MB peak",
];

/** Measures some variants with bodies of both sizes. */
export async function measureBodies(bench: Bench): Promise<Section> {
  const variants = withBefore(IDS, bench.before);
  const cases = SIZES.flatMap((chars) =>
    variants.map((variant): Case => ({
      key: keyOf(variant.id, chars),
      variant,
      load: { path: "/body", connections: CONNECTIONS, body: bodyOf(chars) },
    }))
  );
  const results = await measureCases(cases, bench);
  const sections = SIZES.map((chars) => {
    const control = results.get(keyOf("bare", chars))!;
    const rows = variants.map(({ id, title }) => {
      const rounds = results.get(keyOf(id, chars))!;
      return [
        title,
        figure(typical(rounds, (round) => round.mainUs)),
        figure(paired([rounds, control], (one, bare) => one.mainUs / bare.mainUs), 2),
        figure(typical(rounds, (round) => round.processUs)),
        figure(typical(rounds, (round) => round.perSecond), 0),
        figure(typical(rounds, (round) => round.p99Ms), 2),
        figure(typical(rounds, (round) => round.peakMb), 0),
      ];
    });
    return `${chars} ${chars === 1 ? "character" : "characters"}:\n\n${table(HEAD, rows)}`;
  });
  return { title: "POST with small and large bodies", text: sections.join("\n\n"), figures: {} };
}

function bodyOf(chars: number): string {
  return JSON.stringify({ text: SENTENCE.repeat(chars / SENTENCE.length + 1).slice(0, chars) });
}

function keyOf(id: string, chars: number): string {
  return `${id}, ${chars} in the body`;
}
