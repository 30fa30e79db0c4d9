/** How tools are called, and `--help` of those that take no other flags. */

/** How a tool was called: as a task of a checkout, or as a command of the package's program. */
export interface Call {
  /** What stands before its name, for texts that tell what to type. */
  program: "deno task" | "holdfast";
  /** What stands after it. */
  args: readonly string[];
}

/** The call of a tool that is the main module. */
export function taskCall(): Call {
  return { program: "deno task", args: Deno.args };
}

/** Prints how a tool is used, and ends, where somebody asks for that. */
export function helpOnDemand(usage: string, args: readonly string[]): void {
  if (!args.some((arg) => arg === "--help" || arg === "-h")) return;
  console.log(usage);
  Deno.exit(0);
}
