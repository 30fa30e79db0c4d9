const FAILED = 1;
/** Exit code for what was typed wrong. */
export const WRONG_USE = 2;

/** How a tool was called: as a task of a checkout, or as a command of the package's program. */
export interface Call {
  /** What stands before its name, for texts that say what to type. */
  program: "deno task" | "holdfast";
  /** What stands after it. */
  args: readonly string[];
}

/** The call of a tool that is the main module. */
export function taskCall(): Call {
  return { program: "deno task", args: Deno.args };
}

/** A tool cannot go on: one sentence, and the exit code, 1 or {@linkcode WRONG_USE}. */
export class ToolError extends Error {
  readonly code: number;

  constructor(sentence: string, code: number = FAILED) {
    super(sentence);
    this.code = code;
  }
}

/** Does a tool's work. Prints the sentence of a {@linkcode ToolError} on stderr, and ends the process with its code. */
export async function doOrEnd(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    console.error(error.message);
    Deno.exit(error.code);
  }
}

/** Prints how a tool is used, and ends, where somebody asks for that. */
export function helpOnDemand(usage: string, args: readonly string[]): void {
  if (!args.some((arg) => arg === "--help" || arg === "-h")) return;
  console.log(usage);
  Deno.exit(0);
}
