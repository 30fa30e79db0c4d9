import { assertEquals } from "@std/assert";
import { decode } from "../../intake/decode.ts";
import { type Protocol, Undecodable } from "../../intake/intake.ts";
import { LEVELS } from "../../store/record.ts";
import { bodyOf, captured } from "./captured.ts";

/** By hand: `FUZZ_COUNT=100000 deno task test tests/intake/otlp_fuzz_test.ts`. */
const COUNT = Number(Deno.env.get("FUZZ_COUNT") ?? 1_000);
const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 12);
const MAX_FLIPS = 8;

const seeds = captured().filter(({ request }) => /^\/v1\/(?:logs|traces)$/.test(request.path))
  .map((one) => ({ ...one, body: bodyOf(one) }));

Deno.test(`${COUNT} requests, cut or with bits flipped, are read or refused, and nothing else`, async () => {
  const random = randomNumbers(SEED);
  const outcomes = { whole: 0, "with damage": 0, refused: 0 };
  for (let round = 0; round < COUNT; round++) {
    const { body, request } = seeds[random(seeds.length)]!;
    outcomes[
      await outcomeOf({
        protocol: request.path.slice("/v1/".length) as Protocol,
        body: damage(body, random),
        contentType: request.headers["content-type"],
      })
    ]++;
  }
  console.log(outcomes);
  assertEquals(Object.values(outcomes).every((count) => count > 0), true);
});

async function outcomeOf(
  sent: { protocol: Protocol; body: Uint8Array; contentType?: string | undefined },
): Promise<"whole" | "with damage" | "refused"> {
  const delivery = { ...sent, encoding: "identity", otherwise: "unnamed", receivedMs: 0 };
  try {
    const { reports, damaged } = await decode(delivery);
    for (const { report, timeMs } of reports) {
      assertEquals(LEVELS.includes(report.level), true);
      assertEquals(timeMs === undefined || Number.isFinite(timeMs), true);
      for (const name of ["svc_name", "message", "module", "route", "path"] as const) {
        assertEquals(["string", "undefined"].includes(typeof report[name]), true, name);
      }
      if (report.error !== undefined) assertEquals(typeof report.error.message, "string");
      JSON.stringify(report);
    }
    return damaged === undefined ? "whole" : "with damage";
  } catch (error) {
    if (error instanceof Undecodable) return "refused";
    throw new Error(`${sent.protocol} ${sent.body.toBase64()}`, { cause: error });
  }
}

function damage(body: Uint8Array, random: (below: number) => number): Uint8Array {
  const damaged = new Uint8Array(body);
  if (random(3) === 0) return damaged.subarray(0, random(body.length));
  for (let flips = 1 + random(MAX_FLIPS); flips > 0; flips--) {
    const at = random(body.length);
    damaged[at] = damaged[at]! ^ 1 << random(8);
  }
  return damaged;
}

/** The same numbers for the same seed: mulberry32 (public domain). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return Math.floor((((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32) * below);
  };
}
