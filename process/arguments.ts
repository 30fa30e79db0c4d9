import { print } from "../logging/mod.ts";
import { CannotStart } from "./serve.ts";

const usage = (program: string) =>
  `${program} start: runs the service

  --help  this text

All settings are environment variables: docs/configuration.md. SIGTERM, SIGINT (Ctrl+C) and SIGHUP
stop the service after requests and log are finished.`;

/**
 * Prints the help, and says so, where it was asked for.
 *
 * @throws {CannotStart} for any other argument: an ignored argument would look like a setting that works.
 */
export async function wantsHelp(
  { program, args }: { program: string; args: readonly string[] },
): Promise<boolean> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) {
    await print(usage(program), { to: "stdout" });
    return true;
  }
  if (args.length === 0) return false;
  const given = args.join(" ");
  throw new CannotStart(
    `The service takes no arguments, only variables (docs/configuration.md); got: ${given}`,
  );
}
