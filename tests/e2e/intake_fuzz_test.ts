import { assert, assertEquals } from "@std/assert";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { eventEnvelope, SHOP_KEY } from "../helpers/envelopes.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { bodyOf, capturedOfSentry } from "../intake/captured.ts";

/** Damaged requests in all; `FUZZ_REQUESTS=100000` for more of them, `FUZZ_SEED` for others. */
const REQUESTS = Number(Deno.env.get("FUZZ_REQUESTS") ?? 1_000);
const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 1);
const AT_ONCE = 8;
/** An envelope that cannot be read is the client's mistake; an item that cannot is none. */
const EXPECTED = [200, 400, 413, 415];
const MAX_FLIPPED = 8;

Deno.test(`${REQUESTS} cut and bit-flipped requests get an answer each, none of them a 5xx, and the service lives`, async () => {
  await using service = await startService({
    INTAKE_KEYS: `shop:${SHOP_KEY}`,
    LOG_CONSOLE: "off",
  });
  const random = randomNumbers(SEED);
  const bodies = capturedOfSentry().map(({ file, request }) => ({
    endpoint: request.path.includes("/store/") ? "store" : "envelope",
    body: bodyOf({ file }),
  }));
  const statuses = new Map<number, number>();
  const unexpected: string[] = [];
  let left = REQUESTS;
  const sendAll = async () => {
    while (left-- > 0) {
      const { endpoint, body } = bodies[random() % bodies.length]!;
      const sent = damaged(body, random);
      const answer = await send(service, endpoint, sent);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (!EXPECTED.includes(answer.status)) {
        unexpected.push(`${answer.status} ${answer.text} ${sent.how}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendAll));
  console.log("statuses:", Object.fromEntries([...statuses].sort(([a], [b]) => a - b)));
  assertEquals(unexpected.slice(0, 10), []);
  const { errors } = await service.asOperator("/errors?svc_name=holdfast");
  assertEquals(errors, [], "the service itself had no failure");
  const last = await send(service, "envelope", { body: encode(eventEnvelope("pelican")), how: "" });
  assertEquals(last.status, 200);
  assert((await service.fetch("/readyz").then(drained)).ok);
});

interface Sent {
  body: Uint8Array<ArrayBuffer>;
  encoding?: string;
  how: string;
}

const PACKERS: readonly (readonly [encoding: string, pack: (body: Uint8Array) => Uint8Array])[] = [
  ["gzip", (body) => gzipSync(body, { level: 1 })],
  ["deflate", (body) => deflateSync(body, { level: 1 })],
  ["br", (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ["zstd", (body) => zstdCompressSync(body)],
];

/** Packed or not, and broken before that or after. */
function damaged(whole: Uint8Array, random: () => number): Sent {
  const packer = random() % 3 === 0 ? PACKERS[random() % PACKERS.length] : undefined;
  if (!packer) {
    const { body, how } = broken(whole, random);
    return { body, how };
  }
  const [encoding, pack] = packer;
  if (random() % 2 === 0) {
    const { body, how } = broken(whole, random);
    return { body: new Uint8Array(pack(body)), encoding, how: `${how}, then ${encoding}` };
  }
  const { body, how } = broken(pack(whole), random);
  return { body, encoding, how: `${encoding}, then ${how}` };
}

function broken(whole: Uint8Array, random: () => number): Sent {
  const isCut = random() % 2 === 0;
  const length = isCut ? random() % (whole.length + 1) : whole.length;
  const body = new Uint8Array(whole.subarray(0, length));
  const flipped = isCut && random() % 2 === 0 ? 0 : 1 + random() % MAX_FLIPPED;
  for (let count = 0; count < flipped && length > 0; count++) {
    body[random() % length]! ^= 1 << random() % 8;
  }
  return { body, how: `${length} of ${whole.length} bytes, ${flipped} bits flipped` };
}

async function send(
  service: Service,
  endpoint: string,
  { body, encoding }: Sent,
): Promise<{ status: number; text: string }> {
  const headers = encoding === undefined ? undefined : { "content-encoding": encoding };
  const path = `/api/1/${endpoint}/?sentry_key=${SHOP_KEY}`;
  const answer = await service.fetch(path, { method: "POST", body, ...(headers && { headers }) });
  return { status: answer.status, text: await answer.text() };
}

async function drained(answer: Response): Promise<Response> {
  await answer.body?.cancel();
  return answer;
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The same ones for the same seed (xorshift32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
