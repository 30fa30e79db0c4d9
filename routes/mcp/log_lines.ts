/** Log records as lines for a model. */
import type { LogRecord } from "../../logging/mod.ts";
import { cleanJson, cleanLine } from "./quoted_data.ts";

const MAX_MESSAGE_CHARS = 300;
const MAX_NAME_CHARS = 80;

/** One record on a line; `detailChars` of what else it holds. */
export function logLine(record: LogRecord, { detailChars = 0 } = {}): string {
  const { time, level, svc_name, route, status, duration_ms, error, error_id, request_id } = record;
  const said = error === undefined ? record.message : `${error.type}: ${error.message}`;
  const parts = [
    time,
    level,
    cleanLine(svc_name, MAX_NAME_CHARS),
    route === undefined ? undefined : cleanLine(`${record.method ?? ""} ${route}`.trim(), 120),
    status,
    duration_ms === undefined ? undefined : `${Math.round(duration_ms)}ms`,
    cleanLine(said, MAX_MESSAGE_CHARS),
  ];
  const line = parts.filter((part) => part !== undefined).join(" ");
  const ids = [
    ...(error_id === undefined ? [] : [`error_id=${error_id}`]),
    ...(request_id === undefined ? [] : [`request_id=${cleanLine(request_id, 128)}`]),
  ];
  const detail = detailChars > 0 ? detailOf(record) : undefined;
  return [
    [line, ...ids].join(" "),
    ...(detail === undefined ? [] : [`    ${cleanJson(detail, detailChars)}`]),
  ].join("\n");
}

/** What a search is mostly for, first: it is cut at its end. */
function detailOf(record: LogRecord): Record<string, unknown> | undefined {
  const { attrs, tags, user, path, input, output, release, environment } = record;
  const all = { attrs, tags, path, user, release, environment, input, output };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
