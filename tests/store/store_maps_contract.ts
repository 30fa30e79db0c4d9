/**
 * What every store promises of source maps: what is taken of an upload, whose it is, and how long it stays.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Store } from "../../store/store.ts";
import { atTime } from "../helpers/at_time.ts";
import { type Build, bytesOf, DEBUG_IDS, mapOf } from "../helpers/shop_builds.ts";
import {
  chunksOf,
  filesOf,
  formOf,
  manifest,
  sha1,
  shopBundle,
  toChunkForm,
} from "../helpers/shop_bundle.ts";
import { bundle, zip, type ZipFile } from "../helpers/zip.ts";
import { times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const PLENTY = { days: 90, keepOccurrences: 100, maxMegabytes: 1024 };
const SHOP = { owner: "service shop", services: ["shop"] };

/** The tests; `test` runs one on a store of its own. */
export function storeMapsContract(test: StoreTest): void {
  test("a bundle's chunks are asked for, kept and made into maps of the service", async (store) => {
    const bytes = shopBundle("5.0.0");
    const chunks = chunksOf(bytes, 1000);
    const asked = { ...SHOP, checksum: sha1(bytes), chunks: chunks.map(sha1) };
    assertEquals(await store.assembleBundle(asked), {
      state: "not_found",
      missing: chunks.map(sha1),
    });
    assertEquals(await store.keepChunks(SHOP.owner, await toChunkForm(formOf(chunks))), null);
    // Another's chunks cannot be used by naming them.
    const foreign = await store.assembleBundle({ ...asked, owner: "service rival" });
    assertEquals(foreign.missing, chunks.map(sha1));
    assertEquals((await store.assembleBundle(asked)).state, "ok");
    // Who asks again is told the same, though the chunks have gone.
    assertEquals((await store.assembleBundle(asked)).state, "ok");
    const map = (await find(store, "5.0.0"))!;
    const [block] = await store.mapBlocks(map.id, [0]);
    assertMatch(new TextDecoder().decode(block!.text), /"mappings"/);
    const sources = await store.mapSources(map.id, [1, 2, 7]);
    assertEquals(sources.map(({ path, isLibrary }) => [path, isLibrary]).sort(), [
      ["src/cart.js", false],
      ["src/shop.js", false],
    ]);
    assertMatch(new TextDecoder().decode(sources[0]!.text!), /export|import/);
    assertEquals(await find(store, "5.0.0", "rival"), null);
    assertEquals(await find(store, "5.1.0"), null);
  });

  test("a map is of all the services that its upload names, and the last one counts", async (store) => {
    await upload(store, shopBundle("5.0.0"), { services: ["shop", "till"] });
    const [shop, till] = [(await find(store, "5.0.0"))!, (await find(store, "5.0.0", "till"))!];
    assert(shop.id !== till.id);
    await upload(store, shopBundle("5.0.0"));
    assertEquals((await find(store, "5.0.0"))!.id, shop.id);
    const { sourcesContent: _, ...bare } = mapOf("5.0.0");
    const files = filesOf("5.0.0").map((file) =>
      file.name.endsWith(".map") ? { ...file, bytes: bytesOf(bare) } : file
    );
    await upload(store, bundle(files));
    const replaced = (await find(store, "5.0.0"))!;
    assert(replaced.id !== shop.id);
    assertEquals((await store.mapSources(replaced.id, [1]))[0]!.text, null);
    assertEquals(await store.mapBlocks(shop.id, [0]), []);
  });

  test("a debug id may be in a header of any case, at the file that names the map, or in the map", async (store) => {
    const [code, map] = filesOf("5.0.0");
    const id = DEBUG_IDS["5.0.0"];
    const ways: ZipFile[][] = [
      filesOf("5.0.0", { header: "Debug-Id" }),
      [
        code!,
        map!,
        manifest({
          [code!.name]: {
            type: "minified_source",
            headers: { "DEBUG-ID": id, sourcemap: "shop.js.map" },
          },
          [map!.name]: { type: "source_map", url: "~/shop.js.map" },
        }),
      ],
      ...["debug_id", "debugId"].map((key) => [
        { name: "x.map", bytes: bytesOf({ ...mapOf("5.0.0"), [key]: id.toUpperCase() }) },
        manifest({ "x.map": { type: "source_map" } }),
      ]),
    ];
    for (const [index, files] of ways.entries()) {
      const service = `shop ${index}`;
      assertEquals(await upload(store, bundle(files), { services: [service] }), "ok");
      assert(await find(store, "5.0.0", service) !== null, `way ${index}`);
    }
  });

  test("chunks that are not what they say are refused, and forms that are none", async (store) => {
    const chunk = bytesOf("a chunk");
    const sent = async (form: FormData) => await store.keepChunks("me", await toChunkForm(form));
    const file = (field: string, bytes: Uint8Array, name: string) => {
      const form = new FormData();
      form.append(field, new Blob([new Uint8Array(bytes)]), name);
      return form;
    };
    assertEquals(await sent(file("file", chunk, sha1(chunk))), null);
    assertMatch((await sent(file("file", chunk, sha1(bytesOf("b")))))!, /has another SHA-1/);
    assertMatch((await sent(file("file", chunk, "../chunk")))!, /name is the SHA-1/);
    assertMatch((await sent(file("file_gzip", chunk, sha1(chunk))))!, /is no gzip/);
    const bomb = new Uint8Array(8 * 1024 * 1024);
    assertMatch((await sent(formOf([bomb])))!, /more than 1048576 bytes/);
    const text = new FormData();
    text.append("file", "text");
    assertMatch((await sent(text))!, /must be a file/);
    const broken = { body: bytesOf("--x\r\n"), contentType: "multipart/form-data; boundary=y" };
    assertEquals(await store.keepChunks("me", broken), "the body is no form of files");
    assertEquals(
      await store.keepChunks("me", { ...broken, contentType: "" }),
      "the body is no form of files",
    );
  });

  test("a key that sends chunks without end pushes out its own, and no other's", async (store) => {
    const bytes = shopBundle("5.0.0");
    const chunks = chunksOf(bytes, 1024 * 1024);
    assertEquals(await store.keepChunks(SHOP.owner, await toChunkForm(formOf(chunks))), null);
    for (let form = 0; form < 6; form++) {
      const flood = times(60, (i) => bytesOf(`chunk ${form}.${i}`));
      assertEquals(await store.keepChunks("noisy", await toChunkForm(formOf(flood))), null);
    }
    const asked = { ...SHOP, checksum: sha1(bytes), chunks: chunks.map(sha1) };
    assertEquals((await store.assembleBundle(asked)).state, "ok");
    const first = sha1(bytesOf("chunk 0.0"));
    const gone = await store.assembleBundle({
      owner: "noisy",
      services: ["noisy"],
      checksum: first,
      chunks: [first],
    });
    assertEquals(gone.missing, [first]);
    const many = formOf(times(65, (i) => bytesOf(`chunk ${i}`)));
    assertMatch((await store.keepChunks("me", await toChunkForm(many)))!, /65 parts, at most 64/);
  });

  test("a bundle that is none, lies or is too much is told so and keeps nothing", async (store) => {
    const [code, map, list] = filesOf("5.0.0");
    const many = times(12_000, (i) => ({ name: `f${i}`, bytes: new Uint8Array() }));
    const big = new Uint8Array(65 * 1024 * 1024);
    const hostile: [Uint8Array, RegExp][] = [
      [bytesOf("no bundle"), /does not begin with SYSB/],
      [zip(filesOf("5.0.0")), /does not begin with SYSB/],
      [bytesOf("SYSB\x02\x00\x00\x00"), /cannot be read/],
      [shopBundle("5.0.0").subarray(0, -30), /cannot be read/],
      [bundle([...many, list!]), /has 12001 entries, at most 10000/],
      [bundle([code!, map!]), /no manifest.json/],
      [bundle([{ ...list!, bytes: bytesOf("{") }]), /manifest.json is no JSON/],
      [bundle([{ ...map!, bytes: big }, list!]), /has 68157440 bytes/],
      [bundle([{ ...map!, bytes: big, saidBytes: 1000 }, list!]), /cannot be read/],
      [bundle([{ ...map!, saidBytes: 1_000_000 }, list!]), /cannot be read/],
      [bundle([{ ...map!, isEncrypted: true }, list!]), /cannot be read/],
      [
        bundle([{ name: "../../etc/cron.d/x", bytes: new Uint8Array() }, map!, list!]),
        /cannot be read/,
      ],
      [
        bundle([{ ...map!, bytes: bytesOf("[]") }, list!]),
        /no map can be used: it is no JSON object/,
      ],
      [bundle([{ ...map!, bytes: bytesOf("{}") }, list!]), /no mappings/],
      [
        bundle([{ ...map!, bytes: bytesOf({ mappings: "AAAA" }) }, list!]),
        /no sources or names/,
      ],
      [
        bundle([{ ...map!, bytes: bytesOf({ mappings: ";".repeat(2_000_000) }) }, list!]),
        /more than 1000000 lines/,
      ],
    ];
    for (const [bytes, sentence] of hostile) {
      assertMatch(await upload(store, bytes), sentence);
    }
    assertEquals(await find(store, "5.0.0"), null);
    const bytes = shopBundle("5.0.0");
    await store.keepChunks(SHOP.owner, await toChunkForm(formOf([bytes])));
    const { state, detail } = await store.assembleBundle({
      ...SHOP,
      checksum: sha1(bytesOf("other")),
      chunks: [sha1(bytes)],
    });
    assertEquals([state, detail], ["error", "the chunks do not make up what the checksum says"]);
  });

  test("chunks go after an hour, and maps that nothing has used for the retention's days", async (store) => {
    const now = Date.now();
    const [left, used] = [shopBundle("5.1.0"), shopBundle("5.0.0")];
    await store.keepChunks(SHOP.owner, await toChunkForm(formOf([left])));
    await upload(store, used);
    await upload(store, used, { services: ["till"] });
    const missing = async () =>
      (await store.assembleBundle({
        ...SHOP,
        checksum: "0".repeat(40),
        chunks: [sha1(left), "1".repeat(40)],
      })).missing;
    await sweepAll(store, now + HOUR_MS - 60_000);
    assertEquals(await missing(), ["1".repeat(40)]);
    await sweepAll(store, now + HOUR_MS + 60_000);
    assertEquals((await missing()).length, 2);
    await atTime(now + 60 * DAY_MS, () => find(store, "5.0.0"));
    await sweepAll(store, now + 100 * DAY_MS);
    assert(await find(store, "5.0.0") !== null);
    assertEquals(await find(store, "5.0.0", "till"), null);
  });

  test(
    "in a store that is too small maps that were not used for longest go before logs do",
    async (store, source) => {
      for (let i = 0; i < MANY; i++) {
        await upload(store, noisyBundle(i), { services: [`shop ${i}`] });
      }
      await store.write(times(1000, () => source.log()));
      await sweepAll(store, Date.now(), 4);
      const found = await Promise.all(times(MANY, (i) => find(store, "5.0.0", `shop ${i}`)));
      const kept = found.map((map) => map !== null);
      assertEquals([kept[0], kept.at(-1)], [false, true]);
      assertEquals((await store.health()).logs, 1000);
    },
  );
}

/** Bundles of them are more than a small store may hold. */
const MANY = 18;

/** A bundle whose map takes a third of a megabyte, however it is compressed. */
function noisyBundle(seed: number): Uint8Array {
  const noise = times(
    300,
    () => crypto.getRandomValues(new Uint8Array(1024)).toBase64() + seed,
  );
  const map = { ...mapOf("5.0.0"), sourcesContent: [noise.join("\n")] };
  return bundle(
    filesOf("5.0.0").map((file) =>
      file.name.endsWith(".map") ? { ...file, bytes: bytesOf(map) } : file
    ),
  );
}

/** Gives the state that the upload ends with, or what was wrong. */
async function upload(
  store: Store,
  bytes: Uint8Array,
  { services = SHOP.services }: { services?: string[] } = {},
): Promise<string> {
  const chunks = chunksOf(bytes, 1024 * 1024);
  for (const chunk of chunks) {
    assertEquals(await store.keepChunks(SHOP.owner, await toChunkForm(formOf([chunk]))), null);
  }
  const asked = { owner: SHOP.owner, services, checksum: sha1(bytes), chunks: chunks.map(sha1) };
  for (;;) {
    const { state, detail } = await store.assembleBundle(asked);
    if (state !== "assembling") return detail ?? state;
  }
}

function find(store: Store, build: Build, service = "shop") {
  return store.findMap(service, DEBUG_IDS[build].replaceAll("-", ""));
}

async function sweepAll(
  store: Store,
  now: number,
  maxMegabytes = PLENTY.maxMegabytes,
): Promise<void> {
  while ((await store.sweep({ ...PLENTY, maxMegabytes }, now)).more);
}
