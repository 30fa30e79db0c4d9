/** `deno task export`: the log, or the errors, as lines of JSON, from the store itself: no service has to run. */
import type * as v from "valibot";
import { errorFilters } from "../modules/errors.ts";
import { logFilters } from "../modules/logs.ts";
import { ERROR_FIELDS, LOG_FIELDS, readSearch } from "../modules/search.ts";
import { valid } from "../modules/verbs.ts";
import { MAX_PAGE_ROWS } from "../store/limits.ts";
import { oneLineJson } from "../store/one_line.ts";
import { openToRead, type ReadableStore } from "../store/open.ts";
import type { Page } from "../store/store.ts";
import { type Call, taskCall, ToolError, WRONG_USE } from "./help.ts";
import { print, runOnStore, type Typed } from "./terminal.ts";

if (import.meta.main) await main(taskCall());

export async function main(call: Call): Promise<void> {
  await runOnStore({
    name: "export",
    summary: "writes the log records of the store at STORE_URL to standard output, the oldest\n" +
      "first, one JSON object a line",
    filters: [...new Set([...LOG_FIELDS, "own", "since", "until", ...ERROR_FIELDS, "state"])],
    switches: {
      errors: "the errors in place of the log, the newest first; takes state and\n" +
        "                releases, but no request_id",
      occurrences: "the same, each with the occurrences that are kept of it",
    },
  }, { call, work: exportFrom });
}

async function exportFrom({ query, has }: Typed, storeUrl: string): Promise<void> {
  const isOfErrors = has.has("errors") || has.has("occurrences");
  const work = isOfErrors ? errorsWork(query, has.has("occurrences")) : logsWork(query);
  const store = await openToRead(storeUrl);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

type Work = (store: ReadableStore) => Promise<void>;

function logsWork(query: Typed["query"]): Work {
  const { q, ...filters } = checked(logFilters, query);
  const search = { ...readSearch(q, LOG_FIELDS), ...filters };
  return async (store) => {
    let records = 0;
    let damaged = 0;
    const onDamage = (sentence: string) => {
      damaged++;
      console.error(`Records are missing: ${sentence}`);
    };
    for await (const lines of store.readOut(search, { onDamage })) {
      if (lines.length > 0) print(lines.join("\n"));
      records += lines.length;
    }
    console.error(`${records} log records`);
    if (damaged > 0) {
      const blocks = damaged === 1 ? "1 block is" : `${damaged} blocks are`;
      throw new ToolError(`What could be read is written: ${blocks} damaged`);
    }
  };
}

function errorsWork(query: Typed["query"], withOccurrences: boolean): Work {
  const { q, ...filters } = checked(errorFilters, query);
  const search = { ...readSearch(q, ERROR_FIELDS), ...filters };
  return async (store) => {
    const listed = pages((page) => store.listErrors({ ...search, sort: "first_seen", ...page }));
    let [errors, occurrences] = [0, 0];
    for await (const { id } of listed) {
      const error = await store.error(id);
      // Merged or deleted since it was listed.
      if (error === null) continue;
      errors++;
      printJson(error);
      if (!withOccurrences) continue;
      for await (const occurrence of pages((page) => store.occurrences(id, page))) {
        occurrences++;
        printJson(occurrence);
      }
    }
    console.error(`${errors} errors` + (withOccurrences ? `, ${occurrences} occurrences` : ""));
  };
}

async function* pages<Row>(
  read: (page: { limit: number; cursor?: string }) => Promise<Page<Row>>,
): AsyncGenerator<Row> {
  let cursor: string | null | undefined;
  do {
    const page = await read({ limit: MAX_PAGE_ROWS, ...(cursor && { cursor }) });
    yield* page.items;
    cursor = page.next;
  } while (cursor !== null);
}

function printJson(value: unknown): void {
  print(oneLineJson(JSON.stringify(value)));
}

/** What was typed, as the API takes it. */
function checked<const Schema extends v.GenericSchema & { entries: object }>(
  schema: Schema,
  query: Typed["query"],
): v.InferOutput<Schema> {
  const wrong = Object.keys(query).find((name) => !Object.hasOwn(schema.entries, name));
  if (wrong !== undefined) throw new ToolError(`--${wrong} does not go with this`, WRONG_USE);
  try {
    return valid(schema, query);
  } catch (error) {
    throw new ToolError((error as Error).message, WRONG_USE);
  }
}
