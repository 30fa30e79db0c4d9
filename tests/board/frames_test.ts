import { assertEquals } from "@std/assert";
import { causesOf, codeOf, type RecordCode } from "../../board/error/frames.ts";
import type { Frame } from "../../logging/mod.ts";
import { ROOT } from "../helpers/start_app.ts";

const OWN = `${ROOT}modules/fail.ts`;
const HERE = codeOf({}, { root: ROOT });

function shown(stack: string, code: RecordCode = HERE) {
  return code.runsOf({ type: "Error", message: "x", stack })
    .map(({ isOwn, frames }) => [isOwn, frames.map((frame) => frame.function)]);
}

function frameOf(file: string, line = 1): Frame {
  return { function: "f", file, line, column: 1, inApp: true };
}

Deno.test("frames come in runs of own and library code, this package's among the libraries", () => {
  const stack = `Error: x\n    at dig (npm:lib@1/index.js:1:1)\n    at fill (node:fs:2:2)\n` +
    `    at run (file://${OWN}:3:5)\n    at runModule (file://${ROOT}modules/run.ts:9:9)\n` +
    `    at serve (npm:hono@4/hono.js:9:9)`;
  assertEquals(shown(stack), [
    [false, ["dig", "fill"]],
    [true, ["run"]],
    [false, ["runModule", "serve"]],
  ]);
});

Deno.test("another service's own code is what is no library, whatever it is called", () => {
  const stack =
    `Error: x\n    at charge (/srv/checkout/charge.ts:41:11)\n    at f (node:net:1:1)\n` +
    `    at same (file://${ROOT}routes/app.ts:1:1)\n    at g (https://shop.example.org/a.js:1:1)`;
  const frames = [[true, ["charge"]], [false, ["f"]], [true, ["same", "g"]]];
  assertEquals(shown(stack, codeOf({ reported: true }, { root: ROOT })), frames);
});

Deno.test("source lines are read around a frame of our own", () => {
  const lines = HERE.sourceAround(frameOf(OWN, 6));
  assertEquals(lines.map(({ number }) => number), [2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assertEquals(lines.filter(({ isHit }) => isHit).map(({ number }) => number), [6]);
  assertEquals(lines[4]!.text, Deno.readTextFileSync(OWN).split("\n")[5]);
});

Deno.test("source is shown for failures of our own process and the running release alone", () => {
  const code = { root: ROOT, release: "1.4.0" };
  const count = (record: Parameters<typeof codeOf>[0]) =>
    codeOf(record, code).sourceAround(frameOf(OWN, 6)).length;
  assertEquals(count({ release: "1.4.0" }), 9);
  assertEquals(count({ release: "1.3.0" }), 0);
  assertEquals(count({}), 0);
  assertEquals(count({ release: "1.4.0", reported: true }), 0);
});

Deno.test("a chain of causes ends, even when it goes round in a circle", () => {
  const error: { type: string; message: string; cause?: typeof error } = {
    type: "A",
    message: "a",
  };
  error.cause = error;
  assertEquals(causesOf(error).length, 6);
});

Deno.test("frames that came in parts have the source that came with them, and none of this machine", () => {
  const frame = { function: "run", file: OWN, line: 6, in_app: true };
  const code = codeOf({ reported: true }, { root: ROOT });
  const [run] = code.runsOf({ type: "E", message: "x", frames: [frame, { file: "node:fs" }] });
  assertEquals([run!.isOwn, run!.frames.length], [true, 1]);
  assertEquals(code.sourceAround(run!.frames[0]!), []);
  const source = { context_line: "c", pre_context: ["a", "b"], post_context: ["d"] };
  const [with6] = code.runsOf({ type: "E", message: "x", frames: [{ ...frame, ...source }] });
  assertEquals(
    code.sourceAround(with6!.frames[0]!).map(({ number, text, isHit }) => [number, text, isHit]),
    [[4, "a", false], [5, "b", false], [6, "c", true], [7, "d", false]],
  );
  const [first] = code.runsOf({
    type: "E",
    message: "x",
    frames: [{ ...frame, ...source, line: 1 }],
  });
  const lines = code.sourceAround(first!.frames[0]!);
  assertEquals(lines.map(({ number }) => number), [undefined, undefined, undefined, undefined]);
});
