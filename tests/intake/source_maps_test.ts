import { assertEquals } from "@std/assert";
import type { DecodedReport } from "../../intake/intake.ts";
import type { MapReader } from "../../intake/open_maps.ts";
import { SourceMaps } from "../../intake/source_maps.ts";
import type { RecordedFrame } from "../../store/record.ts";
import { digestMap } from "../../store/maps/digest.ts";
import { unpack } from "../../store/log/codec.ts";
import { StoreBusy } from "../../store/store.ts";
import { type Build, bytesOf, DEBUG_IDS, failIn, mapOf } from "../helpers/shop_builds.ts";

Deno.test("a minified failure is shown in its source: files, lines, names and the lines around", async () => {
  const report = failIn("5.0.0", (shop) => shop.total());
  await new SourceMaps(await readerOf("5.0.0")).apply([report]);
  const [nearest, native, priceOf, total] = framesIn(report);
  assertEquals(nearest, {
    file: "src/cart.js",
    line: 9,
    column: 46,
    in_app: true,
    context_line:
      "  return cart.items.map((item) => item.price.amount).reduce((a, b) => a + b, 0);",
    pre_context: [
      '    this.name = "PriceError";',
      '    if (message === "") throw new RangeError("an error needs a message");',
      "  }",
      "}",
      "export function priceOf(cart) {",
    ],
    post_context: [
      "}",
      "export function loadPrice(sku) {",
      "  try {",
      '    return JSON.parse("{bad json");',
      "  } catch (cause) {",
    ],
  });
  assertEquals(native, { function: "Array.map", file: "<anonymous>", in_app: true });
  assertEquals(shown([priceOf!, total!]), ["priceOf src/cart.js:9", "total src/shop.js:10"]);
});

Deno.test("causes are mapped too, and what is constructed has its name", async () => {
  const [bought, refused] = [
    failIn("5.0.0", (shop) => shop.buy()),
    failIn("5.0.0", (shop) => shop.buyNothing()),
  ];
  await new SourceMaps(await readerOf("5.0.0")).apply([bought, refused]);
  assertEquals(shown(framesIn(bought)), [
    "loadPrice src/cart.js:15",
    "checkout src/shop.js:4",
    "buy src/shop.js:7",
  ]);
  const cause = bought.report.error!.cause as { frames: RecordedFrame[] };
  assertEquals(shown(cause.frames), [
    "JSON.parse <anonymous>:undefined",
    "loadPrice src/cart.js:13",
    "checkout src/shop.js:4",
    "buy src/shop.js:7",
  ]);
  assertEquals(shown(framesIn(refused)).slice(0, 2), [
    "PriceError src/cart.js:5",
    "loadPrice src/cart.js:15",
  ]);
});

Deno.test("a message's stack and the members of a group are mapped as well", async () => {
  const { report: { error, ...report }, debugIds } = failIn("5.0.0", (shop) => shop.total());
  const frames = () => structuredClone(error!.frames!);
  const message = {
    debugIds,
    report: {
      ...report,
      message: "stock is low",
      attrs: { threads: [{ name: "main" }, { frames: frames() }] },
    },
  };
  const group = {
    debugIds,
    report: {
      ...report,
      error: { type: "AggregateError", message: "two" },
      attrs: { members: [{ frames: frames() }] },
    },
  };
  await new SourceMaps(await readerOf("5.0.0")).apply([message, group]);
  const expected = [
    "? src/cart.js:9",
    "Array.map <anonymous>:undefined",
    "priceOf src/cart.js:9",
    "total src/shop.js:10",
  ];
  const threads = message.report.attrs.threads[1] as { frames: RecordedFrame[] };
  assertEquals(shown(threads.frames), expected);
  assertEquals(threads.frames[2]!.context_line?.includes("cart.items.map"), true);
  const [member] = group.report.attrs.members;
  assertEquals(shown(member!.frames), expected);
  assertEquals(member!.frames[2]!.context_line, undefined);
});

Deno.test("a package's code is not the service's own, and a variable's name is not taken for a function's", async () => {
  const report = failIn("5.0.0", (shop) => shop.buyAll(["A-17"]));
  await new SourceMaps(await readerOf("5.0.0")).apply([report]);
  const frames = framesIn(report);
  assertEquals(shown(frames).slice(0, 3), [
    "loadPrice src/cart.js:15",
    "? src/shop.js:4",
    "each node_modules/each/index.js:2",
  ]);
  assertEquals(frames.map(({ in_app }) => in_app), [true, true, false, true]);
});

Deno.test("frames without a map stay as they are: of another file, another service, and without a place", async () => {
  const reader = await readerOf("5.0.0");
  const sent = failIn("5.0.0", (shop) => shop.total());
  const foreign = { ...sent, report: { ...sent.report, svc_name: "rival" } };
  const unnamed = { ...sent, debugIds: { "https://cdn.example.org/sdk.js": DEBUG_IDS["5.0.0"] } };
  const unknown = { ...sent, debugIds: { [framesIn(sent)[0]!.file!]: "no debug id" } };
  const placeless = structuredClone(sent);
  for (const frame of framesIn(placeless)) delete (frame as { column?: number }).column;
  for (const report of [foreign, unnamed, unknown, placeless].map((one) => structuredClone(one))) {
    const before = structuredClone(report);
    await new SourceMaps(reader).apply([report]);
    assertEquals(report, before);
  }
});

Deno.test("a store that is away, a map that is damaged and one without sources fail no report", async () => {
  const reader = await readerOf("5.0.0");
  const away = () => Promise.reject(new StoreBusy("away"));
  const garbage = () => Promise.resolve([{ number: 0, text: bytesOf("{") }]);
  for (const broken of [{ ...reader, findMap: away }, { ...reader, mapBlocks: garbage }]) {
    const report = failIn("5.0.0", (shop) => shop.total());
    const before = structuredClone(report);
    await new SourceMaps(broken).apply([report]);
    assertEquals(report, before);
  }
  const { sourcesContent: _, ...bare } = mapOf("5.0.0");
  const report = failIn("5.0.0", (shop) => shop.total());
  await new SourceMaps(await readerOf("5.0.0", bare)).apply([report]);
  assertEquals(framesIn(report)[2], {
    function: "priceOf",
    file: "src/cart.js",
    line: 9,
    column: 21,
    in_app: true,
  });
});

Deno.test("a store that does not answer holds a report up for a second, and the next ones not at all", async () => {
  const reader = { ...await readerOf("5.0.0"), findMap: () => new Promise<never>(() => {}) };
  const maps = new SourceMaps(reader);
  const reports = [1, 2, 3].map(() => failIn("5.0.0", (shop) => shop.total()));
  const startMs = performance.now();
  await maps.apply(reports);
  assertEquals(performance.now() - startMs < 1_900, true);
  assertEquals(framesIn(reports[2]!)[2]!.function, "i");
});

Deno.test("maps are read once, and again when others have taken their place in memory", async () => {
  const reader = await readerOf("5.0.0");
  const asked: string[] = [];
  const counting: MapReader = {
    findMap: (...args) => (asked.push("map"), reader.findMap(...args)),
    mapBlocks: (...args) => (asked.push("blocks"), reader.mapBlocks(...args)),
    mapSources: (...args) => (asked.push("sources"), reader.mapSources(...args)),
  };
  const failTwice = async (maps: SourceMaps) => {
    asked.length = 0;
    for (let i = 0; i < 2; i++) await maps.apply([failIn("5.0.0", (shop) => shop.total())]);
    return asked.length;
  };
  assertEquals(await failTwice(new SourceMaps(counting)), 3);
  assertEquals(await failTwice(new SourceMaps(counting, { maxBytes: 100 })), 6);
});

/** A store with one map, of the service `shop`. */
async function readerOf(build: Build, map: unknown = mapOf(build)): Promise<MapReader> {
  const { starts, blocks, sources } = await digestMap(bytesOf(map));
  const id = DEBUG_IDS[build].replaceAll("-", "");
  return {
    findMap: (service, debugId) =>
      Promise.resolve(service === "shop" && debugId === id ? { id: 1, starts } : null),
    mapBlocks: (_, numbers) =>
      Promise.resolve(numbers.map((number) => ({ number, text: unpack(blocks[number]!) }))),
    mapSources: (_, numbers) =>
      Promise.resolve(numbers.map((number) => {
        const { data, ...source } = sources[number]!;
        return { ...source, number, text: data === null ? null : unpack(data) };
      })),
  };
}

function framesIn({ report }: DecodedReport): RecordedFrame[] {
  return report.error!.frames!;
}

function shown(frames: readonly RecordedFrame[]): string[] {
  return frames.map(({ function: name = "?", file, line }) => `${name} ${file}:${line}`);
}
