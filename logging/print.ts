import { isDoneWithin } from "./pause.ts";

/** A write to a reader that does not read is given up after this. */
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
 * Prints text past the log: for what the log must not keep or cannot report. Gives up on a full disk or a pipe that nobody
 * reads, and never blocks the thread.
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
    // There is nowhere left to report it.
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
