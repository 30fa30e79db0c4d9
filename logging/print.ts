/**
 * Sentences past the log: what it must not keep, or cannot tell.
 *
 * @module
 */
import { isDoneWithin } from "./pause.ts";

/** A reader who reads nothing is waited for this long. */
const WITHIN_MS = 100;

const encoder = new TextEncoder();

/** Where and how. */
export interface PrintOptions {
  /** The stream. */
  to: "stdout" | "stderr";
  /** Whether something takes each call of `console.*` as one record. Default false. */
  isCollected?: boolean;
}

/**
 * Prints text, or gives it up: a full disk and a pipe that nobody reads cost the output and nothing else. Not by a call that
 * waits, which would stop the whole thread.
 */
export async function print(
  text: string,
  { to, isCollected = false }: PrintOptions,
): Promise<void> {
  if (isCollected) return printByConsole(text, to);
  await isDoneWithin(writeAll(Deno[to], encoder.encode(text + "\n")), WITHIN_MS);
}

function printByConsole(text: string, to: PrintOptions["to"]): void {
  try {
    console[to === "stdout" ? "log" : "error"](text);
  } catch {
    // Nobody is left to be told.
  }
}

async function writeAll(stream: typeof Deno.stdout, bytes: Uint8Array): Promise<void> {
  try {
    for (let written = 0; written < bytes.length;) {
      written += await stream.write(bytes.subarray(written));
    }
  } catch {
    // As above.
  }
}
