/**
 * A process that unpacks the body from its standard input, for `decompress_test.ts`: how much its memory grew by that can only be
 * told where nothing else runs. Says in JSON how it was refused, and the most that it grew meanwhile.
 *
 * Arguments: encoding, `maxBytes`.
 */
import { decompress } from "../../intake/decompress.ts";
import { Undecodable } from "../../intake/intake.ts";

const [encoding = "", maxBytes = ""] = Deno.args;
const body = await new Response(Deno.stdin.readable).bytes();
// Once before: what a reader needs at all is not the bomb's.
unpack({ maxBytes: 1 });
const before = mostBytes();
const status = unpack({ maxBytes: Number(maxBytes) });
console.log(JSON.stringify({ status, grownBytes: mostBytes() - before }));

function unpack({ maxBytes }: { maxBytes: number }): number | undefined {
  try {
    decompress(body, { encoding, maxBytes });
  } catch (error) {
    if (error instanceof Undecodable) return error.status;
    throw error;
  }
}

/** Linux remembers the most that a process ever had; elsewhere what it has now must do. */
function mostBytes(): number {
  if (Deno.build.os !== "linux") return Deno.memoryUsage().rss;
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
