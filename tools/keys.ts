/** `deno task keys`: lists, makes and revokes the keys that other services report with. */
import { ANY_SERVICE, DEFAULT_QUOTAS } from "../store/intake_key.ts";
import { oneLineJson } from "../store/one_line.ts";
import type { KeySummary } from "../store/store.ts";
import { type Call, taskCall, ToolError, WRONG_USE } from "./help.ts";
import { ago, type Column, makeTable } from "./table.ts";
import { type Command, contentOf, print, runTool, screen } from "./terminal.ts";

const MAX_NAME_COLUMNS = 24;
const MAX_NOTE_COLUMNS = 32;

const COLUMNS: readonly Column<KeySummary>[] = [
  { title: "ID", text: ({ id }) => id, colour: () => "dim" },
  {
    title: "SERVICE",
    text: ({ service }) => service ?? "(any)",
    maxWidth: MAX_NAME_COLUMNS,
    colour: () => "bold",
  },
  { title: "KIND", text: kindOf, colour: (key) => key.revoked_at === null ? undefined : "dim" },
  { title: "KEY", text: ({ beginning }) => `${beginning}…` },
  { title: "TODAY", text: ({ taken_today }) => String(taken_today), isRight: true },
  {
    title: "REFUSED",
    text: ({ refused_today }) => String(refused_today),
    isRight: true,
    colour: ({ refused_today }) => refused_today > 0 ? "red" : undefined,
  },
  {
    title: "PEAK/S",
    text: ({ peak_today, quota }) => `${peak_today} of ${quota}`,
    isRight: true,
    isOptional: true,
  },
  {
    title: "LAST USED",
    text: ({ last_used_at }) => last_used_at === null ? "never" : ago(last_used_at),
    isOptional: true,
  },
  {
    title: "MADE BY",
    text: ({ created_by }) => created_by,
    maxWidth: MAX_NAME_COLUMNS,
    isOptional: true,
  },
  { title: "NOTE", text: ({ note }) => note, maxWidth: MAX_NOTE_COLUMNS, isOptional: true },
];

if (import.meta.main) await main(taskCall());

export async function main(call: Call): Promise<void> {
  await runTool({
    name: "keys",
    summary: "lists the intake keys; makes one, for one service or for any; revokes one",
    takes: "[list | add [SERVICE] | revoke ID]",
    filters: [],
    switches: { public: "add: a key that may stand in a browser's code" },
    settings: {
      quota:
        `add: records a second; default ${DEFAULT_QUOTAS.secret}, of a public key ${DEFAULT_QUOTAS.public}`,
      note: "add: what the key is for",
    },
  }, { call, work: keys });
}

async function keys(command: Command): Promise<void> {
  const [, what = "list", rest = ""] = /^(\S*)\s*([^]*)$/.exec(command.query.q ?? "list")!;
  if (what === "list" && rest === "") return await list(command);
  if (what === "add") return await add(command, rest);
  if (what === "revoke" && rest !== "") return await revoke(command, rest);
  const { program } = command;
  throw new ToolError(
    `Say what to do: ${program} keys list, ${program} keys add SERVICE, or ${program} keys revoke ID`,
    WRONG_USE,
  );
}

async function list(command: Command): Promise<void> {
  const { keys } = await contentOf(command.api.keys.$get({}), command);
  if (command.has.has("json")) return keys.forEach(printJson);
  const table = makeTable(COLUMNS, { rows: keys, ...screen() });
  if (keys.length > 0) print(table.head);
  for (const key of keys) print(table.line(key));
  const valid = keys.filter(({ revoked_at }) => revoked_at === null).length;
  console.error(`${valid} valid, ${keys.length - valid} revoked`);
}

async function add(command: Command, service: string): Promise<void> {
  const { quota, note } = command.settings;
  const json = {
    ...(service !== "" && { service }),
    ...(command.has.has("public") && { is_public: true }),
    ...(quota !== undefined && { quota: numberOf(quota) }),
    ...(note !== undefined && { note }),
  };
  const made = await contentOf(command.api.keys.$post({ json }), command);
  if (command.has.has("json")) return printJson(made);
  print(`key  ${made.key}`);
  print(`dsn  ${made.dsn}`);
  print(`id   ${made.id}`);
  if (made.service === null) {
    console.error(
      `The key is for any service: write its name in place of ${ANY_SERVICE} in the DSN. ` +
        `For one service alone: ${command.program} keys add SERVICE`,
    );
  }
  if (!made.is_public) console.error("The key is shown this once: only its digest is stored");
}

/** JSON has no NaN: what is no number would reach the service as nothing. The bounds are the service's. */
function numberOf(quota: string): number {
  if (/^-?\d+(?:\.\d+)?$/.test(quota)) return Number(quota);
  throw new ToolError(
    `quota must be a whole number of records a second, got ${oneLineJson(JSON.stringify(quota))}`,
    WRONG_USE,
  );
}

async function revoke(command: Command, id: string): Promise<void> {
  const revoked = await contentOf(command.api.keys[":id"].$delete({ param: { id } }), command);
  if (command.has.has("json")) return printJson(revoked);
  print(`revoked ${revoked.id} (${revoked.beginning}…, ${revoked.service ?? "any service"})`);
}

function printJson(value: unknown): void {
  print(oneLineJson(JSON.stringify(value)));
}

function kindOf({ is_public, revoked_at }: KeySummary): string {
  if (revoked_at !== null) return "revoked";
  return is_public ? "public" : "secret";
}
