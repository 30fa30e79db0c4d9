import { assertEquals } from "@std/assert";
import { causesOf, runsOf, sourceAround } from "../../board/frames.ts";
import { ROOT } from "../helpers/start_app.ts";

const OWN = `${ROOT}modules/fail.ts`;

Deno.test("frames come in runs of own and library code", () => {
  const stack = `Error: x\n    at dig (npm:lib@1/index.js:1:1)\n    at fill (node:fs:2:2)\n` +
    `    at run (file://${OWN}:3:5)\n    at serve (npm:hono@4/hono.js:9:9)`;
  assertEquals(
    runsOf(stack, ROOT).map(({ isOwn, frames }) => [isOwn, frames.map((frame) => frame.function)]),
    [[false, ["dig", "fill"]], [true, ["run"]], [false, ["serve"]]],
  );
});

Deno.test("another service's own code is what is no library", () => {
  const stack = "Error: x\n    at charge (/srv/checkout/charge.ts:41:11)\n    at f (node:net:1:1)";
  assertEquals(runsOf(stack, ROOT).map(({ isOwn }) => isOwn), [true, false]);
});

Deno.test("source lines are read around a frame of our own", () => {
  const lines = sourceAround({ function: "f", file: OWN, line: 6, column: 1, inApp: true }, ROOT);
  assertEquals(lines.map(({ number }) => number), [2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assertEquals(lines.filter(({ isHit }) => isHit).map(({ number }) => number), [6]);
  assertEquals(lines[4]!.text, Deno.readTextFileSync(OWN).split("\n")[5]);
});

Deno.test("a stack cannot make us read what is none of our source", () => {
  for (
    const file of [
      "/etc/passwd",
      `${ROOT}deno.json`,
      `${ROOT}.env`,
      `${ROOT}data/holdfast.db`,
      `${ROOT}../secret.ts`,
      `${ROOT}modules/../../secret.ts`,
      `${ROOT}node_modules/x/index.js`,
      "http://evil.example/x.ts",
    ]
  ) {
    assertEquals(
      sourceAround({ function: "f", file, line: 1, column: 1, inApp: true }, ROOT),
      [],
      file,
    );
  }
});

Deno.test("a chain of causes ends, even when it goes round in a circle", () => {
  const error: { type: string; message: string; cause?: typeof error } = {
    type: "A",
    message: "a",
  };
  error.cause = error;
  assertEquals(causesOf(error).length, 6);
});
