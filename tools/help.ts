/**
 * `--help` of the tools that take no other flags.
 *
 * @module
 */

/** Prints how a tool is used, and ends, where somebody asks for that. */
export function helpOnDemand(usage: string): void {
  if (!Deno.args.some((arg) => arg === "--help" || arg === "-h")) return;
  console.log(usage);
  Deno.exit(0);
}
