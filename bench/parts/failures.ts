/**
 * What a failure costs beside a success: few, a storm of alike ones, and as many that differ.
 *
 * @module
 */
import { type Bench, type Case, measureCases, paired, type Section, typical } from "../cases.ts";
import { WORK } from "../server.ts";
import { figure, table } from "../table.ts";
import { type Variant, variant, withBefore } from "../variants.ts";

const CONNECTIONS = 32;
/** Few: below the hundred a second from which on alike failures share a stack. */
const FEW_PER_SECOND = 50;
const FEW_SECONDS = 3;
const ALIKE = "/fail";
const DIFFERENT = "/fail?numbered=yes";
const HEAD = ["server and requests", "main thread us/req", "process us/req", "req/s", "p99 ms"];

const bare = variant("bare");
const store = variant("store");
const stacks: Variant = {
  ...bare,
  id: "bare-stacks",
  title: "Hono, no log, stack read",
  log: "stacks",
};

/** Measures failures against successes. */
export async function measureFailures(bench: Bench): Promise<Section> {
  const cases: Case[] = [
    few(bare, { key: "bare, few successes", path: WORK }),
    few(bare, { key: "bare, few failures", path: ALIKE }),
    few(stacks, { key: "stacks, few failures", path: ALIKE }),
    few(store, { key: "store, few successes", path: WORK }),
    few(store, { key: "store, few failures", path: ALIKE }),
    many(bare, { key: "bare, many successes", path: WORK }),
    many(bare, { key: "bare, many failures", path: ALIKE }),
    many(stacks, { key: "stacks, many failures", path: ALIKE }),
    many(store, { key: "store, many successes", path: WORK }),
    many(store, { key: "store, many alike failures", path: ALIKE }),
    many(store, { key: "store, many different failures", path: DIFFERENT }),
    ...withBefore(["store"], bench.before).filter(({ id }) => id !== "store").flatMap((before) => [
      few(before, { key: "before, few failures", path: ALIKE }),
      many(before, { key: "before, many alike failures", path: ALIKE }),
      many(before, { key: "before, many different failures", path: DIFFERENT }),
    ]),
  ];
  const results = await measureCases(cases, bench);
  const rows = cases.map(({ key, variant }) => {
    const rounds = results.get(key)!;
    return [
      `${variant.title}: ${key.slice(key.indexOf(", ") + 2)}`,
      figure(typical(rounds, (round) => round.mainUs)),
      figure(typical(rounds, (round) => round.processUs)),
      figure(typical(rounds, (round) => round.perSecond), 0),
      figure(typical(rounds, (round) => round.p99Ms), 2),
    ];
  });
  const added = (failure: string, success: string) =>
    paired(
      [results.get(failure)!, results.get(success)!],
      (failed, passed) => failed.mainUs - passed.mainUs,
    );
  return {
    title: "Failures against successes",
    text:
      `An Error thrown four frames deep. Few: ${FEW_PER_SECOND} a second, so that every stack is ` +
      `read; many: as fast as answers come.\n\n${table(HEAD, rows)}`,
    figures: {
      failureUs: added("store, few failures", "store, few successes"),
      stackUs: added("stacks, few failures", "bare, few failures"),
      stormRatio: paired(
        [results.get("store, many alike failures")!, results.get("store, many successes")!],
        (failed, passed) => failed.mainUs / passed.mainUs,
      ),
    },
  };
}

function few(variant: Variant, { key, path }: { key: string; path: string }): Case {
  const pace = { ratePerSecond: FEW_PER_SECOND, seconds: FEW_SECONDS };
  return {
    key,
    variant,
    load: { path, connections: CONNECTIONS, ...pace },
    expectsFailures: path !== WORK,
  };
}

function many(variant: Variant, { key, path }: { key: string; path: string }): Case {
  return { key, variant, load: { path, connections: CONNECTIONS }, expectsFailures: path !== WORK };
}
