/** `deno task purge`: deletes errors or log records by service or age. */
import type { Client } from "../client.ts";
import { type Call, taskCall, ToolError, WRONG_USE } from "./help.ts";
import { type Command, contentOf, print, runTool } from "./terminal.ts";

type Query = Parameters<Client["errors"]["$delete"]>[0]["query"];

if (import.meta.main) await main(taskCall());

export async function main(call: Call): Promise<void> {
  await runTool({
    name: "purge",
    summary: "deletes errors or logs by service or age; begin with the word errors or logs",
    filters: ["svc_name", "older_than_days"],
    switches: { yes: "really deletes; you cannot undo it" },
  }, { call, work: purge });
}

async function purge(command: Command): Promise<void> {
  const { api, has } = command;
  const { q: what, ...query } = command.query;
  if (what !== "errors" && what !== "logs") {
    throw new ToolError(
      `Say what to delete: ${command.program} purge errors, or ${command.program} purge logs`,
      WRONG_USE,
    );
  }
  if (!has.has("yes")) {
    throw new ToolError("Nothing was deleted: add --yes. You cannot undo it", WRONG_USE);
  }
  let removed = 0;
  while (true) {
    const step = await contentOf(api[what].$delete({ query: query as Query }), command);
    removed += step.removed;
    if (!step.more) break;
    console.error(`${removed} ${what} deleted so far`);
  }
  print(has.has("json") ? JSON.stringify({ removed }) : `${removed} ${what} deleted`);
}
