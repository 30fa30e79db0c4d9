/**
 * The cost of a request at little, half and much load.
 *
 * @module
 */
import { type Bench, type Case, measureCases, paired, type Section, typical } from "../cases.ts";
import { WORK } from "../server.ts";
import { figure, table } from "../table.ts";
import { type Variant, variant, withBefore } from "../variants.ts";

const SHARES = [0.01, 0.5, 0.8];
const HALF = 0.5;
const CONNECTIONS = 64;
/** At little load there are few requests, so that the measurement takes longer. */
const SECONDS = 3;
const IDS = ["bare", "discard", "store", "fastify-worker"];
const HEAD = [
  "server",
  "main thread us/req",
  "process us/req",
  "req/s",
  "p50 ms",
  "p99 ms",
  "p99.9 ms",
];

/** Measures some variants at parts of what Holdfast with its store can do at most. */
export async function measurePaces(bench: Bench): Promise<Section> {
  const most = await measureMost(bench);
  const variants = withBefore(IDS, bench.before);
  const cases = SHARES.flatMap((share) =>
    variants.map((variant): Case => toCase(variant, { share, most }))
  );
  const results = await measureCases(cases, bench);
  const atHalf = [
    results.get(keyOf("store", HALF))!,
    results.get(keyOf("discard", HALF))!,
  ] as const;
  const sections = SHARES.map((share) => {
    const rows = variants.map(({ id, title }) => {
      const rounds = results.get(keyOf(id, share))!;
      return [
        title,
        figure(typical(rounds, (round) => round.mainUs)),
        figure(typical(rounds, (round) => round.processUs)),
        figure(typical(rounds, (round) => round.perSecond), 0),
        figure(typical(rounds, (round) => round.p50Ms), 2),
        figure(typical(rounds, (round) => round.p99Ms), 2),
        figure(typical(rounds, (round) => round.p999Ms), 2),
      ];
    });
    return `At ${100 * share} % (${Math.round(most * share)} req/s):\n\n${table(HEAD, rows)}`;
  });
  return {
    title: "The same work at 1 %, 50 % and 80 % load",
    text: `100 % is what Holdfast with its SQLite store answers at most: ${Math.round(most)} ` +
      `req/s. ${CONNECTIONS} connections, requests spread evenly.\n\n${sections.join("\n\n")}`,
    figures: {
      addedAtHalfUs: paired(atHalf, (store, discard) => store.mainUs - discard.mainUs),
      p99AtHalf: paired(atHalf, (store, discard) => store.p99Ms / discard.p99Ms),
    },
  };
}

async function measureMost(bench: Bench): Promise<number> {
  const load = { path: WORK, connections: CONNECTIONS };
  const results = await measureCases([{ key: "100 %", variant: variant("store"), load }], bench);
  return typical(results.get("100 %")!, (round) => round.perSecond);
}

function toCase(variant: Variant, { share, most }: { share: number; most: number }): Case {
  return {
    key: keyOf(variant.id, share),
    variant,
    load: {
      path: WORK,
      connections: CONNECTIONS,
      ratePerSecond: Math.round(most * share),
      seconds: SECONDS,
    },
  };
}

function keyOf(id: string, share: number): string {
  return `${id} at ${100 * share} %`;
}
