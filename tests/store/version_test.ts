import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { versionOrder } from "../../store/traffic/version.ts";

const ORDERED = [
  "0.9",
  "1.0.0-1",
  "v1.0.0-2",
  "1.0.0-10",
  "shop@1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-rc.2",
  "1.0.0-rc.10",
  "shop@1.0.0-rc.x",
  "1.0",
  "1.0.0.1",
  "v1.2",
  "@acme/shop@1.10.0",
  "v2",
  `3.${"9".repeat(190)}`,
  `3.1${"0".repeat(190)}`,
  "2026.11.28",
];

Deno.test("of two versions the lower one is known, however they are written", () => {
  for (const [i, one] of ORDERED.entries()) {
    for (const [j, other] of ORDERED.entries()) {
      if (one.includes("@") && other.includes("@") && one !== other) continue;
      assertEquals(Math.sign(versionOrder(one, other)!), Math.sign(i - j), `${one}, ${other}`);
    }
  }
});

Deno.test("the same version is the same in any of its forms", () => {
  const forms = ["1.2", "v1.2", "V1.2.0", "shop@1.2", "shop@v1.2.0.0", "1.02"];
  for (const one of forms) for (const other of forms) assertEquals(versionOrder(one, other), 0);
  assertEquals(versionOrder("1.2+5", "shop@1.2.0+5"), 0);
});

Deno.test("what is no version, is of another part, or differs in its build alone, has no order", () => {
  const pairs = [
    ["a1b2c3d", "1.2"],
    ["20261127", "20261128"],
    ["7", "8"],
    ["1.2rc1", "1.2"],
    ["shop@1.2", "cart@1.3"],
    ["1.2.0+5", "1.2.0+6"],
    ["1.2.0", "1.2.0+6"],
    ["1..2", "1.2"],
    ["", "1.2"],
  ];
  for (const [one, other] of pairs) {
    assertEquals([versionOrder(one!, other!), versionOrder(other!, one!)], [undefined, undefined]);
  }
});

Deno.test("any two texts have at most one order", () => {
  const part = fc.constantFrom("1", "2", "10", "v", ".", "-", "+", "a", "rc", "@", "shop");
  const release = fc.array(part, { maxLength: 9 }).map((parts) => parts.join(""));
  fc.assert(fc.property(release, release, (one, other) => {
    const order = versionOrder(one, other);
    const reversed = versionOrder(other, one);
    assertEquals(order === undefined, reversed === undefined);
    assertEquals(Math.sign(order ?? 0) + Math.sign(reversed ?? 0), 0);
  }));
});
