/**
 * The variables of a process that belongs to another project: it compiles what it shares with this one by its own options, and
 * the coverage of this one would take that for its own.
 */
export function projectEnvironment(): Record<string, string> {
  const { DENO_COVERAGE_DIR: _, ...environment } = Deno.env.toObject();
  return environment;
}
