/** What stands behind `deno task start` and `holdfast start`. */
import { print } from "../logging/mod.ts";
import { CannotStart } from "./serve.ts";

const usage = (program: string) =>
  `${program} start: the service

  --help  this text

All else is set by variables: docs/configuration.md. SIGTERM, SIGINT (Ctrl+C) and SIGHUP stop it:
requests and log are finished first.`;

/**
 * Whether somebody only asked for help, which is printed then.
 *
 * @throws {CannotStart} for any other argument: one that is passed over would be a setting that somebody believes in.
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
    `The service takes no arguments, only variables (docs/configuration.md); given was: ${
      args.join(" ")
    }`,
  );
}
