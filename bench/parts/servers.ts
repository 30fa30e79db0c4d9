/**
 * Every server under as much load as it takes.
 *
 * @module
 */
import {
  type Bench,
  type Case,
  type Figures,
  measureCases,
  paired,
  type Section,
  typical,
  voidRemark,
} from "../cases.ts";
import type { Round } from "../round.ts";
import { WORK } from "../server.ts";
import { figure, table } from "../table.ts";
import { type Variant, VARIANTS, withBefore } from "../variants.ts";

const CONNECTIONS = 32;
const HEAD = [
  "server",
  "main thread us/req",
  "× A",
  "process us/req",
  "× A",
  "req/s",
  "p50 ms",
  "p99 ms",
  "p99.9 ms",
  "MB",
  "MB peak",
  "delivered",
];

/** Measures all variants. */
export async function measureServers(bench: Bench): Promise<Section> {
  const variants = withBefore(VARIANTS.map(({ id }) => id), bench.before);
  const cases = variants.map((variant): Case => ({
    key: variant.id,
    variant,
    load: { path: WORK, connections: CONNECTIONS },
  }));
  const results = await measureCases(cases, bench);
  const control = results.get("bare")!;
  const rows = variants.map((variant) => row(variant, results.get(variant.id)!, control));
  return {
    title: `The same work, ${CONNECTIONS} connections, as fast as answers come`,
    text: `Medians of ${bench.rounds} rounds of ${bench.seconds} s, each with a fresh process. ` +
      `"× A" is the median of the rounds' own ratios.\n\n${table(HEAD, rows)}`,
    figures: figuresOf(results),
  };
}

function row(variant: Variant, rounds: Round[], control: Round[]): string[] {
  const pick = (name: Numbers, digits = 1) =>
    figure(typical(rounds, (round) => round[name]), digits);
  const ratio = (name: Numbers) =>
    figure(paired([rounds, control], (one, bare) => one[name] / bare[name]), 2);
  const delivered = typical(rounds, (round) => round.delivered ?? NaN);
  return [
    variant.title + voidRemark(rounds),
    pick("mainUs"),
    ratio("mainUs"),
    pick("processUs"),
    ratio("processUs"),
    pick("perSecond", 0),
    pick("p50Ms", 2),
    pick("p99Ms", 2),
    pick("p999Ms", 2),
    pick("residentMb", 0),
    pick("peakMb", 0),
    Number.isNaN(delivered) ? "–" : `${figure(delivered, 2)} %`,
  ];
}

type Numbers =
  | "mainUs"
  | "processUs"
  | "perSecond"
  | "p50Ms"
  | "p99Ms"
  | "p999Ms"
  | "residentMb"
  | "peakMb";

function figuresOf(results: Map<string, Round[]>): Figures {
  const of = (id: string) => results.get(id)!;
  const added = (left: Round, right: Round) => left.mainUs - right.mainUs;
  const main = (one: Round, other: Round) => one.mainUs / other.mainUs;
  const all = [...results.values()].flat();
  return {
    othersCores: typical(all, (round) => round.othersCores),
    controlRatio: paired([of("bare-again"), of("bare")], main),
    addedMainUs: paired([of("store"), of("discard")], added),
    middlewareUs: paired([of("middleware"), of("bare")], added),
    middlewareFailuresUs: paired([of("middleware-failures"), of("bare")], added),
    sentryUs: paired([of("sentry"), of("bare")], added),
    addedByPinoUs: paired([of("fastify-worker"), of("fastify")], added),
    storeMainUs: typical(of("store"), (round) => round.mainUs),
    storeProcessUs: typical(of("store"), (round) => round.processUs),
    fastifyMainUs: typical(of("fastify"), (round) => round.mainUs),
    fastifyProcessUs: typical(of("fastify"), (round) => round.processUs),
    pinoProcessUs: typical(of("fastify-worker"), (round) => round.processUs),
    discardToServeMain: paired([of("discard"), of("serve")], main),
    storeToServeMain: paired([of("store"), of("serve")], main),
    storeToBareMain: paired([of("store"), of("bare")], main),
    storeToBareProcess: paired(
      [of("store"), of("bare")],
      (store, bare) => store.processUs / bare.processUs,
    ),
  };
}
