import { isDoneWithin } from "./pause.ts";

/** A write to a reader that does not read is given up after this. */
const WITHIN_MS = 100;

const encoder = new TextEncoder();

interface PrintOptions {
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
  try {
    if (isCollected) console[to === "stdout" ? "log" : "error"](text);
    else await isDoneWithin(writeAll(Deno[to], encoder.encode(text + "\n")), WITHIN_MS);
  } catch {
    // There is nowhere left to report it.
  }
}

/** A call may write only a part: a pipe that is nearly full, or a disk, where the next call fails. */
export async function writeAll(
  output: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await output.write(bytes.subarray(written));
  }
}
