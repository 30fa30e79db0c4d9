import { breadcrumbLines } from "../store/breadcrumb_lines.ts";
import { shareTexts } from "../store/facets/share_texts.ts";
import { stackWithSource } from "../store/grouping/stack_lines.ts";
import { oneLine } from "../store/one_line.ts";
import { type LogRecord, saidBeside } from "../store/record.ts";
import type { ErrorDetail } from "../store/store.ts";

/** One error at one of its occurrences, for the terminal: no character of a stranger's text acts on it. */
export function errorText(error: ErrorDetail, record: LogRecord | undefined): string {
  const { user, tags, headers } = record ?? {};
  const facts: [string, string | number | undefined][] = [
    ["state", stateText(error)],
    ["proof", proofText(error)],
    ["came back", error.came_back_in === null ? "" : `in release ${error.came_back_in}`],
    ["where", error.location],
    ["service", error.svc_name],
    ["message", record && saidBeside(record)],
    [
      "seen",
      error.count === 1
        ? `once, ${error.last_seen}`
        : `${error.count} times, first ${error.first_seen}, last ${error.last_seen}`,
    ],
    ...shareTexts(error),
    ["request", record?.method && `${record.method} ${record.path ?? record.route ?? ""}`],
    ["status", record?.status],
    ["new in", error.first_release ?? ""],
    ["release", record?.release],
    ["environment", record?.environment],
    ["instance", record?.instance],
    ["user", user && JSON.stringify(user)],
    ["tags", tags && JSON.stringify(tags)],
    ["headers", headers && JSON.stringify(headers)],
    ["id", error.id],
    ["error_id", record?.error_id],
    ["request_id", record?.request_id],
    ["trace_id", record?.trace_id],
    ["event_id", record?.event_id],
  ];
  const told = facts.filter(([, value]) => value !== undefined && value !== "");
  const width = Math.max(...told.map(([name]) => name.length));
  return [
    `${error.type}: ${error.message}`,
    ...told.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...stackLines(record),
    ...record?.breadcrumbs ? ["Before it happened:"] : [],
    ...breadcrumbLines(record?.breadcrumbs ?? []).map((line) => `  ${line}`),
  ].map(oneLine).join("\n");
}

function stateText({ state, resolved_in, resolved_next }: ErrorDetail): string {
  if (resolved_next) return `${state}, in the next release: none has come yet`;
  return resolved_in === null ? state : `${state} in release ${resolved_in}`;
}

function proofText({ proof, proved_at }: ErrorDetail): string {
  if (proof === null) return "";
  const { requests, failures, since } = proof;
  return `${
    proved_at === null ? "" : "proved: "
  }${requests} answers of its route since ${since}, ${failures} failed with it`;
}

function stackLines(record: LogRecord | undefined): string[] {
  const lines: string[] = [];
  for (let error = record?.error; error !== undefined; error = error.cause) {
    const stack = stackWithSource(error) ?? `${error.type}: ${error.message}`;
    const [first = "", ...rest] = stack.split("\n");
    lines.push(lines.length === 0 ? first : `Caused by ${first}`, ...rest);
  }
  return lines;
}
