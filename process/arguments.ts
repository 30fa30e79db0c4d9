/** What stands behind `deno task start` and `holdfast start`. */
import { print } from "../logging/mod.ts";
import { CannotStart } from "./serve.ts";

const usage = (program: string) =>
  `${program} start: runs the service

  --help  this text

All settings are environment variables: docs/configuration.md. SIGTERM, SIGINT (Ctrl+C) and SIGHUP
stop the service after requests and log are finished.`;

/**
 * Whether somebody only asked for help, which is printed then.
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
  throw new CannotStart(
    `The service takes no arguments, only variables (docs/configuration.md); got: ${
      args.join(" ")
    }`,
  );
}
