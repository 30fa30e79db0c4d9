import { assert, assertEquals } from "@std/assert";
import * as zlib from "node:zlib";
import { decode } from "../../intake/decode.ts";
import { type Delivery, Undecodable } from "../../intake/intake.ts";
import { bodyOf, capturedOfSentry, deliveryOf } from "./captured.ts";

/** `DAMAGED_ENVELOPES=100000 deno task test tests/intake/damaged_test.ts` for more than the gate has time for. */
const COUNT = Number(Deno.env.get("DAMAGED_ENVELOPES") ?? 2_000);
const SEED = Number(Deno.env.get("DAMAGED_SEED") ?? 12);

const PACK: Record<string, (body: Uint8Array) => Uint8Array> = {
  "": (body) => body,
  gzip: (body) => zlib.gzipSync(body, { level: 1 }),
  deflate: (body) => zlib.deflateSync(body, { level: 1 }),
  br: (body) =>
    zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: zlib.zstdCompressSync,
};

Deno.test(`${COUNT} requests of real clients, cut and with bits turned, are read or refused with 400, 413 or 415`, async () => {
  const random = randomFrom(SEED);
  const bodies = capturedOfSentry().map((request) => ({
    delivery: deliveryOf(request),
    body: bodyOf(request),
  }));
  const outcomes: Record<string, number> = {};
  for (let at = 0; at < COUNT; at++) {
    const { delivery, body } = bodies[at % bodies.length]!;
    const encoding = pick(Object.keys(PACK), random);
    // Half of them before they are packed: what is inside is damaged then.
    const isInside = random() < 0.5;
    const packed = isInside
      ? PACK[encoding]!(damage(body, random))
      : damage(PACK[encoding]!(body), random);
    const outcome = await outcomeOf({ ...delivery, body: packed, encoding });
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  if (COUNT > 2_000) console.log(outcomes);
  assert(outcomes["read"]! > 0 && outcomes["400"]! > 0, JSON.stringify(outcomes));
  assertEquals(
    Object.keys(outcomes).filter((name) =>
      !["read", "damaged", "400", "413", "415"].includes(name)
    ),
    [],
  );
});

async function outcomeOf(delivery: Delivery): Promise<string> {
  try {
    const { counts } = await decode(delivery);
    return counts.some(({ outcome }) => outcome === "damaged") ? "damaged" : "read";
  } catch (error) {
    if (error instanceof Undecodable) return String(error.status);
    throw error;
  }
}

/** Cut off, bits turned, a part left out or doubled, bytes put in. */
function damage(body: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * body.length);
  const length = Math.floor(random() * Math.min(200, body.length - at));
  const kind = Math.floor(random() * 5);
  if (kind === 0) return body.subarray(0, at);
  if (kind === 1) return turnBits(body, random);
  const [before, after] = [body.subarray(0, at), body.subarray(at + length)];
  if (kind === 2) return joined(before, after);
  if (kind === 3) return joined(before, body.subarray(at, at + length), body.subarray(at));
  const odd = Uint8Array.from({ length: 8 }, () => Math.floor(random() * 256));
  return joined(before, odd, after);
}

function turnBits(body: Uint8Array, random: () => number): Uint8Array {
  const turned = body.slice();
  for (let left = 1 + Math.floor(random() * 8); left > 0; left--) {
    const at = Math.floor(random() * turned.length);
    turned[at] = turned[at]! ^ (1 << Math.floor(random() * 8));
  }
  return turned;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)]!;
}

/** mulberry32: the same damage in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
