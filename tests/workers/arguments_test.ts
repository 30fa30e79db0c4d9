import { assertEquals, assertThrows } from "@std/assert";
import { placeArgument, readArguments } from "../../workers/arguments.ts";

Deno.test("without arguments one process serves", () => {
  assertEquals(readArguments([]), { workers: 1 });
});

Deno.test("--workers takes its number behind a space or an equals sign", () => {
  assertEquals(readArguments(["--workers", "4"]), { workers: 4 });
  assertEquals(readArguments(["--workers=64"]), { workers: 64 });
  assertEquals(readArguments(["--workers", "1"]), { workers: 1 });
});

Deno.test("a number of workers that cannot be is told with its bound", () => {
  for (const value of ["0", "65", "-1", "2.0", "1e1", "two", ""]) {
    assertThrows(
      () => readArguments(["--workers", value]),
      Error,
      `--workers must be a whole number from 1 to 64; it is "${value}"`,
    );
  }
  assertThrows(() => readArguments(["--workers"]), Error, 'it is ""');
});

Deno.test("an argument that is none is not passed over", () => {
  for (const args of [["--worker", "2"], ["2"], ["--workers", "2", "--port=80"]]) {
    assertThrows(() => readArguments(args), Error, `given was: ${args.join(" ")}`);
  }
  assertThrows(() => readArguments(["--as-worker=2"]), Error, "not for people");
});

Deno.test("a process that a supervisor starts finds its place", () => {
  const place = { worker: 12, socket: "/tmp/a folder=with:signs/socket" };
  assertEquals(readArguments([placeArgument(place)]), { workers: 1, place });
});
