/** @jsxImportSource hono/jsx */
import type {
  ErrorDetail,
  LogPage,
  LogRecord,
  OccurrenceDetail,
  RunningCode,
} from "../logging/mod.ts";
import { ErrorSide } from "./error_side.tsx";
import { causesOf, codeOf } from "./frames.ts";
import type { Html } from "./html.ts";
import { LogRows } from "./log_rows.tsx";
import { type Neighbours, occurrencePath } from "./occurrences.ts";
import { LevelMark, Moment, Panel, StateMark } from "./parts.tsx";
import { plain, plainLine, plainValue } from "./plain.ts";
import { token } from "../modules/search.ts";
import { address } from "./addresses.ts";
import { Thrown } from "./thrown.tsx";
import { count, fullTime, milliseconds } from "./times.ts";

export interface ErrorProps {
  error: ErrorDetail;
  neighbours: Neighbours;
  /** Of the occurrence's request. */
  logs: LogPage | null;
  code: RunningCode;
  /** Where a copied curl command sends the request. */
  origin: string;
  nowMs: number;
}

export function ErrorPage(props: ErrorProps): Html {
  const { error, nowMs, logs } = props;
  const { occurrence } = props.neighbours;
  const record = occurrence?.record;
  const causes = causesOf(record?.error);
  const code = codeOf(record ?? {}, props.code);
  return (
    <>
      <Head error={error} nowMs={nowMs} />
      <div class="two">
        <div>
          {occurrence && <OccurrenceBar error={error} occurrence={occurrence} nowMs={nowMs} />}
          {causes.map((cause, depth) => <Thrown error={cause} isCause={depth > 0} code={code} />)}
          {record === undefined && (
            <p class="panel inner soft">
              All occurrences were older than RETENTION_DAYS and have been deleted. Counts stay.
            </p>
          )}
          {record && <RequestParts record={record} />}
          {logs && logs.items.length > 1 && record?.request_id && (
            <Panel
              title="All logs of this request"
              more={
                <a href={address("/board/logs", { q: token("request_id", record.request_id) })}>
                  Open in logs
                </a>
              }
            >
              <LogRows records={logs.items} nowMs={nowMs} />
            </Panel>
          )}
        </div>
        <ErrorSide {...props} />
      </div>
    </>
  );
}

function Head({ error, nowMs }: { error: ErrorDetail; nowMs: number }) {
  return (
    <div class="head">
      <p class="crumbs">
        <a href="/board">Errors</a> / <bdi>{plainLine(error.svc_name, 80)}</bdi>
      </p>
      <h1>
        <bdi>{plainLine(error.type, 200)}</bdi>
      </h1>
      <p class="message" dir="auto" tabindex={error.message.length > 600 ? 0 : undefined}>
        {plain(error.message)}
      </p>
      <p class="where">
        <StateMark state={error.state} />
        {error.came_back && <span class="state back">came back</span>}
        <LevelMark level={error.level} />
        {error.worst_level !== error.level && (
          <span>
            worst in 24 hours <LevelMark level={error.worst_level} />
          </span>
        )}
        <bdi class="code">{plainLine(error.location, 160)}</bdi>
        <span>
          {count(error.count)} {error.count === 1 ? "time" : "times"}, last{" "}
          <Moment time={error.last_seen} nowMs={nowMs} />
        </span>
      </p>
    </div>
  );
}

function OccurrenceBar(
  { error, occurrence, nowMs }: Pick<ErrorProps, "error" | "nowMs"> & {
    occurrence: OccurrenceDetail;
  },
) {
  const { newer, older } = occurrence;
  return (
    <nav class="steps first" aria-label="Occurrences">
      {newer
        ? <a href={occurrencePath(error.id, newer)} rel="prev">← Newer</a>
        : <span>Newest</span>}
      {older
        ? <a href={occurrencePath(error.id, older)} rel="next">Older →</a>
        : <span>Oldest kept</span>}
      <strong>{fullTime(occurrence.record.time)}</strong>
      <Moment time={occurrence.record.time} nowMs={nowMs} />
      <code class="soft">{occurrence.error_id}</code>
    </nav>
  );
}

function RequestParts({ record }: { record: LogRecord }) {
  const { method = "", path, route = "" } = record;
  const request = `${method} ${path ?? route}`.trim();
  return (
    <>
      {request !== "" && (
        <Panel
          title="Request"
          more={
            <span class="hint">
              {record.status}
              {record.duration_ms !== undefined && ` after ${milliseconds(record.duration_ms)}`}
            </span>
          }
        >
          <pre class="text" dir="ltr">
            {plain(request)}
          </pre>
        </Panel>
      )}
      <Value title="Input" value={record.input} />
      <Value title="Response" value={record.output} />
      <Value title="Tags" value={record.tags} />
      <Value title="Attributes" value={record.attrs} />
      {record.truncated && (
        <p class="hint">Truncated to their limits: {plainLine(record.truncated.join(", "))}</p>
      )}
    </>
  );
}

function Value({ title, value }: { title: string; value: unknown }) {
  if (value === undefined) return null;
  return (
    <Panel title={title}>
      <pre class="text" dir="auto" tabindex={0}>{plainValue(value)}</pre>
    </Panel>
  );
}
