/** @jsxImportSource hono/jsx */
/** What is known of one occurrence beside its stack. */
import type { LogPage, LogRecord } from "../../logging/mod.ts";
import { requestLogs } from "../logs/log_rows.tsx";
import { type Child, type Html, LevelMark, TextBox } from "../parts/parts.tsx";
import { factsIn, plain, plainLine, plainValue } from "../parts/plain.ts";
import { type Clock, clockTime, fullTime, milliseconds } from "../parts/times.ts";
import { Values } from "../parts/values.tsx";
import { Others } from "./happened.tsx";
import type { Section } from "./sections.tsx";

const MAX_LINE_CHARS = 300;
const MAX_ATTRS_CHARS = 120;

export function requestSection(record: LogRecord): Section | null {
  const { method = "", path, route = "", headers, input, status, duration_ms } = record;
  const request = `${method} ${path ?? route}`.trim();
  const hasHeaders = headers !== undefined && Object.keys(headers).length > 0;
  if (request === "" && !hasHeaders && input === undefined) return null;
  const took = duration_ms === undefined ? "" : `after ${milliseconds(duration_ms)}`;
  return {
    id: "request",
    title: "Request",
    hint: [status ?? "", took].join(" ").trim(),
    content: (
      <>
        {request !== "" && <TextBox text={plain(request)} />}
        {hasHeaders && <Values title="Headers" values={headers} />}
        {input !== undefined && (
          <>
            <h3 class="hint">Input</h3>
            <TextBox text={plainValue(input)} dir="auto" />
          </>
        )}
      </>
    ),
  };
}

export function answerSection({ output, status }: LogRecord): Section | null {
  if (output === undefined) return null;
  return {
    id: "answer",
    title: "Answer",
    hint: status === undefined ? undefined : String(status),
    content: <TextBox text={plainValue(output)} dir="auto" />,
  };
}

/** The failure itself is one of them: alone it says nothing new. */
export function logsSection(
  { logs, record, clock }: { logs: LogPage | null; record: LogRecord; clock: Clock },
): Section | null {
  if (logs === null || logs.items.length < 2 || record.request_id === undefined) return null;
  return {
    id: "logs",
    title: "Logs of this request",
    short: "Logs",
    hint: <a href={requestLogs(record.request_id)}>Open in logs</a>,
    content: <LogLines records={logs.items} shown={record.error_id} clock={clock} />,
  };
}

/** One line each, the newest first as in the log, which has all of them whole. */
function LogLines(
  { records, shown, clock }: {
    records: readonly LogRecord[];
    /** The failure that the page is about. */
    shown: string | undefined;
    clock: Clock;
  },
) {
  return (
    <ol class="lines">
      {records.map(({ time, level, message, attrs, status, duration_ms, error_id }) => (
        <li aria-current={error_id !== undefined && error_id === shown ? "true" : undefined}>
          <time datetime={time} title={fullTime(time, clock)}>{clockTime(time, clock)}</time>
          <LevelMark level={level} />
          <span>
            <bdi>{plainLine(message, MAX_LINE_CHARS)}</bdi>{" "}
            {attrs !== undefined && error_id !== shown && (
              <bdi class="soft">{plainLine(JSON.stringify(attrs), MAX_ATTRS_CHARS)}</bdi>
            )}
          </span>
          {duration_ms !== undefined && (
            <span class="soft">{`${status ?? ""} · ${milliseconds(duration_ms)}`}</span>
          )}
        </li>
      ))}
    </ol>
  );
}

/** Where it ran, for whom, and everything else that came. */
export function contextSection(record: LogRecord): Section {
  const { tags, attrs, truncated } = record;
  return {
    id: "context",
    title: "Context",
    content: (
      <>
        <Facts record={record} />
        {tags !== undefined && Object.keys(tags).length > 0 && (
          <Values
            title="Tags"
            values={tags}
          />
        )}
        {attrs && <Others attrs={attrs} />}
        {truncated && (
          <p class="hint">Truncated to their limits: {plainLine(truncated.join(", "))}</p>
        )}
      </>
    ),
  };
}

function Facts({ record }: { record: LogRecord }): Html {
  const id = (text: string | undefined) => text && <code>{plainLine(text, 130)}</code>;
  const name = (text: string | undefined) => text && <bdi>{plainLine(text, 300)}</bdi>;
  const facts: [string, Child][] = [
    ["User", name(record.user && factsIn(record.user))],
    ["Environment", name(record.environment)],
    ["Release", name(record.release)],
    ["Handled", record.handled === undefined ? "" : record.handled ? "by the app" : "no"],
    ["Instance", name(record.instance)],
    ["Request", id(record.request_id)],
    ["Trace", id(record.trace_id)],
    ["Span", id(record.span_id)],
    ["Event", id(record.event_id)],
  ];
  return (
    <dl class="facts">
      {facts.filter(([, value]) => value).map(([title, value]) => (
        <>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}
