import { assertEquals } from "@std/assert";
import {
  encodedMappings,
  FlattenMap,
  originalPositionFor,
  TraceMap,
} from "@jridgewell/trace-mapping";
import * as fc from "fast-check";
import { unpack } from "../../store/log/codec.ts";
import { type Digest, digestMap } from "../../store/maps/digest.ts";
import { isLibrary, sourcePath } from "../../store/maps/source_path.ts";
import { bytesOf } from "../helpers/shop_builds.ts";

const SOURCES = Array.from({ length: 9 }, (_, i) => `src/${i}.ts`);
const NAMES = Array.from({ length: 50 }, (_, i) => `name${i}`);

Deno.test("a position is the same in the blocks of a map as in the whole, however large it is", async () => {
  const position = fc.tuple(
    fc.nat({ max: 40 }),
    fc.option(fc.tuple(fc.nat({ max: 8 }), fc.nat({ max: 9000 }), fc.nat({ max: 200 })), {
      freq: 9,
    }),
    fc.option(fc.nat({ max: 49 })),
  );
  const lines = fc.array(fc.array(position, { maxLength: 60, size: "max" }), {
    maxLength: 300,
    size: "max",
  });
  await fc.assert(
    fc.asyncProperty(lines, fc.nat({ max: 400 }), async (lines, gap) => {
      const mappings = lines.map((line) => {
        let column = -1;
        return line.map(([step, original, name]) => {
          column += step + 1;
          if (original === null) return [column];
          return name === null ? [column, ...original] : [column, ...original, name];
        });
      });
      const whole = new TraceMap(
        {
          version: 3,
          sources: SOURCES,
          names: NAMES,
          mappings: [...Array(gap).fill([]), ...mappings],
        } as never,
      );
      const raw = { version: 3, sources: SOURCES, names: NAMES, mappings: encodedMappings(whole) };
      await checkSame(await digestMap(bytesOf(raw)), whole, { gap, lines: mappings });
      // And as one of two sections, the second behind the first.
      const last = gap + mappings.length + 3;
      const parts = [0, last].map((line) => ({
        offset: { line, column: 7 * Number(line > 0) },
        map: raw,
      }));
      const sections = { version: 3, sections: parts };
      const flat = new FlattenMap(sections as never);
      await checkSame(await digestMap(bytesOf(sections)), flat, {
        gap: gap + last,
        lines: mappings,
      });
    }),
    { numRuns: 40 },
  );
});

Deno.test("a map's text may begin with what keeps it from being run as a script", async () => {
  const map = { version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" };
  const { sources } = await digestMap(bytesOf(`)]}'\n${JSON.stringify(map)}`));
  assertEquals(sources.map(({ path }) => path), ["a.ts"]);
});

Deno.test("files have the same name whatever the bundler calls them", () => {
  for (
    const [source, path] of [
      ["../../src/cart.js", "src/cart.js"],
      ["./src/cart.js", "src/cart.js"],
      ["webpack://shop/./src/cart.js?1a2b", "src/cart.js"],
      ["webpack:///./src/cart.js", "src/cart.js"],
      ["webpack-internal:///./src/cart.js", "src/cart.js"],
      ["turbopack:///[project]/src/cart.js", "src/cart.js"],
      ["/home/ci/shop/src/cart.js", "/home/ci/shop/src/cart.js"],
      ["https://shop.example.org/src/cart.js", "https://shop.example.org/src/cart.js"],
    ] as const
  ) assertEquals(sourcePath(source), path);
});

Deno.test("packages and the bundler's own code are nobody's own", () => {
  const sources = [
    "../node_modules/react/index.js",
    "webpack://shop/webpack/bootstrap",
    ".pnpm/x/y.js",
  ];
  assertEquals(sources.map(isLibrary), [true, true, true]);
  assertEquals(["src/node_modules.js", "src/webpack/config.js"].map(isLibrary), [false, false]);
});

async function checkSame(
  { starts, blocks }: Digest,
  whole: TraceMap,
  { gap, lines }: { gap: number; lines: readonly (readonly number[][])[] },
): Promise<void> {
  const opened = blocks.map((block) => new TraceMap(new TextDecoder().decode(unpack(block))));
  await Promise.resolve();
  for (const [index, segments] of lines.entries()) {
    for (const [start] of segments.filter((_, i) => i % 7 === 0)) {
      for (const column of [start!, start! + 1]) {
        const line = index + gap;
        const number = starts.findLastIndex((_, at) =>
          at % 2 === 0 && (starts[at]! < line || starts[at] === line && starts[at + 1]! <= column)
        ) / 2;
        const found = number < 0
          ? undefined
          : originalPositionFor(opened[number]!, { line: line - starts[number * 2]! + 1, column });
        const source = found?.source == null ? null : whole.resolvedSources[Number(found.source)];
        const expected = originalPositionFor(whole, { line: line + 1, column });
        assertEquals(
          {
            source,
            line: found?.line ?? null,
            column: found?.column ?? null,
            name: found?.name ?? null,
          },
          { ...expected },
        );
      }
    }
  }
}
