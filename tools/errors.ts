/** `deno task errors`: the list of errors on the terminal; with an id, one error with its stack. */
import type { Client } from "../client.ts";
import { ERROR_FIELDS } from "../modules/search.ts";
import type { LogRecord } from "../store/record.ts";
import { type ErrorDetail, type ErrorSummary, MAX_TOTAL } from "../store/store.ts";
import { errorText } from "./error_text.ts";
import { oneLineJson } from "../store/one_line.ts";
import { type Call, taskCall } from "./help.ts";
import { ago, type Column, makeTable } from "./table.ts";
import { type Command, contentOf, print, runTool, screen } from "./terminal.ts";

const MAX_NAME_COLUMNS = 24;

/** UUIDs: of errors, of receipts. */
const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

type Query = NonNullable<Parameters<Client["errors"]["$get"]>[0]>["query"];

const COLUMNS: readonly Column<ErrorSummary>[] = [
  { title: "LAST SEEN", text: ({ last_seen }) => ago(last_seen), colour: () => "dim" },
  { title: "COUNT", text: ({ count }) => String(count), isRight: true, colour: () => "bold" },
  { title: "USERS", text: usersOf, isRight: true, isOptional: true, isSparse: true },
  { title: "STATE", text: stateOf, isOptional: true, colour: colourOf },
  { title: "ERROR", text: ({ type, message }) => `${type}: ${message}`, isFlexible: true },
  { title: "ID", text: ({ id }) => id, colour: () => "dim" },
  { title: "SERVICE", text: (row) => row.svc_name, maxWidth: MAX_NAME_COLUMNS, isOptional: true },
  {
    title: "ENVIRONMENT",
    text: ({ environments }) => environments.join(", "),
    maxWidth: MAX_NAME_COLUMNS,
    isOptional: true,
    isSparse: true,
  },
  {
    title: "RELEASE",
    text: ({ last_release }) => last_release ?? "",
    maxWidth: MAX_NAME_COLUMNS,
    isOptional: true,
    isSparse: true,
  },
  { title: "WHERE", text: ({ location }) => location, isFlexible: true, isOptional: true },
];

if (import.meta.main) await main(taskCall());

export async function main(call: Call): Promise<void> {
  await runTool({
    name: "errors",
    summary: "lists errors; with the id of an error or a receipt, shows that one with its stack",
    filters: ["state", ...ERROR_FIELDS, "what", "since", "until", "sort", "limit", "cursor"],
  }, { call, work: listErrors });
}

async function listErrors(command: Command): Promise<void> {
  const { api, query, has } = command;
  if (query.q !== undefined && ID.test(query.q)) return await showError(query.q, command);
  const page = await contentOf(api.errors.$get({ query: query as Query }), command);
  if (has.has("json")) {
    return page.errors.forEach((error) => print(oneLineJson(JSON.stringify(error))));
  }
  const table = makeTable(COLUMNS, { rows: page.errors, ...screen() });
  if (page.errors.length > 0) print(table.head);
  for (const error of page.errors) print(table.line(error));
  const more = page.next === null ? "" : `; more: --cursor=${page.next}`;
  console.error(`${page.errors.length} of ${page.total} errors${more}`);
}

/** Counted up to {@linkcode MAX_TOTAL}. */
function usersOf({ users }: ErrorSummary): string {
  return users >= MAX_TOTAL ? `${MAX_TOTAL}+` : users === 0 ? "" : String(users);
}

/** At its newest occurrence, or at the one that the receipt is of. */
async function showError(id: string, command: Command): Promise<void> {
  const { api, has } = command;
  const error = await contentOf(api.errors[":id"].$get({ param: { id } }), command);
  const occurrenceId = id === error.id ? error.last_error_id : id;
  const asked = api.occurrences[":id"].$get({ param: { id: occurrenceId } });
  // The last one may be older than what is kept, and the error stays.
  const record = await contentOf(asked, command).then(({ record }) => record, () => undefined);
  print(
    has.has("json")
      ? oneLineJson(JSON.stringify({ ...error, record }))
      : errorText(error as ErrorDetail, record as LogRecord | undefined),
  );
}

function stateOf({ state, came_back, proved_at }: ErrorSummary): string {
  if (proved_at !== null) return "proved";
  return state === "open" && came_back ? "back" : state;
}

function colourOf({ state }: ErrorSummary): "red" | "dim" {
  return state === "open" ? "red" : "dim";
}
