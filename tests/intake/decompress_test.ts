import { assert, assertEquals, assertThrows } from "@std/assert";
import * as zlib from "node:zlib";
import { decompress } from "../../intake/decompress.ts";
import { Undecodable } from "../../intake/intake.ts";
import { ROOT } from "../helpers/start_app.ts";

const MIB = 1024 * 1024;
const TEXT = new TextEncoder().encode('{"event_id":"1"}\n'.repeat(2_000));

const PACKED: Record<string, (body: Uint8Array) => Uint8Array> = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  "deflate without zlib's header": zlib.deflateRawSync,
  // Its best quality takes seconds for a bomb.
  br: (body) =>
    zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } }),
  zstd: zlib.zstdCompressSync,
};

function encodingOf(name: string): string {
  return name.split(" ", 1)[0]!;
}

for (const [name, pack] of Object.entries(PACKED)) {
  const encoding = encodingOf(name);

  Deno.test(`a body in ${name} is read, however the header writes it`, () => {
    for (const written of [encoding, encoding.toUpperCase(), ` ${encoding} , identity`]) {
      const body = decompress(pack(TEXT), { encoding: written, maxBytes: MIB });
      assertEquals(new Uint8Array(body), TEXT);
    }
  });

  Deno.test(`a body in ${name} that breaks off anywhere is refused`, () => {
    const packed = pack(TEXT);
    for (const bytes of [0, 1, 3, packed.length >> 1, packed.length - 1]) {
      refused(packed.subarray(0, bytes), { encoding, status: 400 });
    }
  });

  Deno.test(`a bomb in ${name} is refused and takes no more memory than the bound`, async () => {
    const bomb = pack(new Uint8Array(400 * MIB));
    const { status, grownBytes } = await unpackElsewhere(bomb, { encoding, maxBytes: 20 * MIB });
    assertEquals(status, 413);
    assert(grownBytes < 60 * MIB, `grew by ${Math.round(grownBytes / MIB)} MiB`);
  });

  Deno.test(`a body in ${name} with exactly the bound is taken, with one byte more refused`, () => {
    const packed = pack(TEXT);
    const body = decompress(packed, { encoding, maxBytes: TEXT.length });
    assertEquals(body.length, TEXT.length);
    refused(packed, { encoding, status: 413, maxBytes: TEXT.length - 1 });
  });
}

Deno.test("several encodings in a row are taken off from the last one on", () => {
  const body = zlib.brotliCompressSync(zlib.gzipSync(TEXT));
  assertEquals(
    new Uint8Array(decompress(body, { encoding: "gzip, br", maxBytes: MIB })),
    TEXT,
  );
  refused(body, { encoding: "br, gzip", status: 400 });
  refused(body, { encoding: "br, br, br, br", status: 415 });
});

Deno.test("a body without a header is read by its first bytes", () => {
  for (const pack of [zlib.gzipSync, zlib.deflateSync, zlib.zstdCompressSync]) {
    assertEquals(new Uint8Array(decompress(pack(TEXT), { maxBytes: MIB })), TEXT);
  }
  assertEquals(decompress(TEXT, { maxBytes: MIB }), TEXT);
  refused(TEXT, { status: 413, maxBytes: TEXT.length - 1 });
});

Deno.test("an encoding that nobody knows is refused by its kind, plain text named gzip as broken", () => {
  refused(TEXT, { encoding: "compress", status: 415 });
  refused(TEXT, { encoding: "__proto__", status: 415 });
  refused(TEXT, { encoding: "gzip", status: 400 });
});

Deno.test("zstd in several frames, with frames to be skipped and without a known size, is read", async () => {
  const skipped = new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const streamed = await streamedZstd(TEXT);
  const body = new Uint8Array([...zlib.zstdCompressSync(TEXT), ...skipped, ...streamed]);
  const read = decompress(body, { encoding: "zstd", maxBytes: MIB });
  assertEquals(read.length, 2 * TEXT.length);
  refused(body.subarray(0, -1), { encoding: "zstd", status: 400 });
});

Deno.test("a window of zstd that is larger than any reader has is not allocated", () => {
  // Window log 41: 2 TiB, then one empty last block.
  const body = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0x01, 0x00, 0x00]);
  refused(body, { encoding: "zstd", status: 413 });
});

/** In a process of its own: tests beside this one take memory too. */
async function unpackElsewhere(
  body: Uint8Array,
  { encoding, maxBytes }: { encoding: string; maxBytes: number },
): Promise<{ status: number; grownBytes: number }> {
  const unpacker = new URL("./unpacker.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-all", unpacker, encoding, `${maxBytes}`],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  await ReadableStream.from([body]).pipeTo(child.stdin);
  return JSON.parse(new TextDecoder().decode((await child.output()).stdout));
}

async function streamedZstd(text: Uint8Array): Promise<Uint8Array> {
  const stream = zlib.createZstdCompress();
  const parts: Uint8Array[] = [];
  stream.on("data", (part: Uint8Array) => parts.push(part));
  const ended = new Promise((resolve) => stream.on("end", resolve));
  stream.write(text.subarray(0, 100));
  stream.end(text.subarray(100));
  await ended;
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function refused(
  body: Uint8Array,
  { status, maxBytes = MIB, encoding }: { status: number; maxBytes?: number; encoding?: string },
): void {
  const error = assertThrows(() => decompress(body, { encoding, maxBytes }), Undecodable);
  assertEquals(error.status, status, error.message);
}
