/** `deno task alert`: sends a test message to each address of `ALERT_URLS`, and says what came back. */
import { type Config, readConfig } from "../config.ts";
import { testMessage } from "../logging/receivers/message.ts";
import { type Outcome, receiverOf } from "../logging/receivers/receiver.ts";
import { uuidv7 } from "../store/ids.ts";
import { type Call, doOrEnd, helpOnDemand, taskCall, ToolError, WRONG_USE } from "./help.ts";

const BOARD_PATH = "/board";

if (import.meta.main) await main(taskCall());

/** Ends with 1 where one of them did not take it. */
export async function main({ program, args }: Call): Promise<void> {
  const usage = `${program} alert: sends a test message to each address of ALERT_URLS`;
  helpOnDemand(usage, args);
  await doOrEnd(async () => {
    if (args.length > 0) throw new ToolError(usage, WRONG_USE);
    await tryAll(configured());
  });
}

function configured(): Config {
  try {
    return readConfig(Deno.env, { isTerminal: Deno.stdout.isTerminal() });
  } catch (error) {
    throw new ToolError((error as Error).message);
  }
}

async function tryAll({ alertTargets, service, publicUrl }: Config): Promise<void> {
  if (alertTargets.length === 0) {
    throw new ToolError("ALERT_URLS is not set: nobody hears of errors");
  }
  const { signal } = new AbortController();
  const boardUrl = publicUrl && publicUrl + BOARD_PATH;
  const receivers = alertTargets.map(receiverOf);
  const outcomes = await Promise.all(receivers.map((receiver) => {
    const message = testMessage({ id: uuidv7(), service, boardUrl });
    return receiver.send({ message }, { signal });
  }));
  outcomes.forEach((outcome, i) => console.log(`${receivers[i]!.name}: ${cameBack(outcome)}`));
  const failed = outcomes.filter(({ kind }) => kind !== "sent").length;
  if (failed > 0) throw new ToolError(`${failed} of ${outcomes.length} did not take the message`);
}

function cameBack(outcome: Outcome): string {
  if (outcome.kind !== "sent") return `not sent, ${outcome.why}`;
  return outcome.said === "" ? "sent" : `sent, it answered: ${outcome.said}`;
}
