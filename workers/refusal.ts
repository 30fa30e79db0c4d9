/**
 * Why this machine, or these settings, cannot have several workers.
 *
 * @module
 */

/** What it depends on. */
export interface Settings {
  /** Where errors and logs are kept. */
  storeUrl: string;
  /** Address to listen on. */
  host: string;
  /** Port to listen on; 0: any free one. */
  port: number;
  /** Whether this is Deno Deploy. */
  onDeploy: boolean;
}

/** The rest of a sentence; undefined where nothing is in the way. */
export function refusal({ storeUrl, host, port, onDeploy }: Settings): string | undefined {
  if (onDeploy) return "Deno Deploy starts as many instances as it needs by itself";
  if (Deno.build.standalone) return "a compiled program does not start others; use deno task start";
  if (Deno.build.os !== "linux") {
    return `they share one port, which ${Deno.build.os} does not deal out among processes as Linux does; ` +
      "run one, or several on ports of their own with PostgreSQL behind a proxy";
  }
  if (storeUrl === "memory:") {
    return "each would have a store of its own; set STORE_URL to sqlite:PATH or postgres://…";
  }
  const missing = (["run", "net", "read", "write"] as const)
    .filter((name) => Deno.permissions.querySync({ name }).state !== "granted");
  if (missing.length > 0) {
    return `they are processes with the permissions of the start task, and this one lacks ${
      missing.map((name) => `--allow-${name}`).join(" ")
    }; use deno task start`;
  }
  return isTaken({ hostname: host, port })
    ? `another process listens on ${host}:${port}; set PORT to a free one`
    : undefined;
}

/** They would share the port with the workers of another start, without a word. */
function isTaken(address: { hostname: string; port: number }): boolean {
  try {
    Deno.listen(address).close();
    return false;
  } catch (error) {
    // Any other mistake is told by the first worker.
    return error instanceof Deno.errors.AddrInUse;
  }
}
