/** `deno task backup FILE`: copies a SQLite store while the service runs. */
import { backupStore } from "../store/backup.ts";
import { type Call, taskCall, ToolError, WRONG_USE } from "./help.ts";
import { print, runOnStore, type Typed } from "./terminal.ts";

if (import.meta.main) await main(taskCall());

export async function main(call: Call): Promise<void> {
  await runOnStore({
    name: "backup",
    takes: "FILE",
    summary: "copies the SQLite store at STORE_URL into FILE, while the service runs",
    filters: [],
    switches: { overwrite: "replaces an existing FILE" },
  }, { call, work: backup });
}

async function backup({ query: { q: file }, has, program }: Typed, storeUrl: string) {
  if (file === undefined) {
    throw new ToolError(`Say where the copy goes: ${program} backup FILE`, WRONG_USE);
  }
  const { bytes, logs, errors } = await backupStore(storeUrl, {
    file,
    overwrite: has.has("overwrite"),
  });
  print(`${file}: ${bytes} bytes, ${logs} log records, ${errors} errors`);
}
