/** @jsxImportSource hono/jsx */
import {
  type ErrorDetail,
  type LogPage,
  type LogRecord,
  type Occurrence,
  type OccurrenceDetail,
  type Page,
  type Release,
  type RunningCode,
  saidBeside,
} from "../../logging/mod.ts";
import type { Reproduction } from "../../modules/reproduction.ts";
import { ErrorSide } from "./error_side.tsx";
import { causesOf, codeOf } from "./frames.ts";
import { LogRows, requestLogs } from "../logs/log_rows.tsx";
import { type Html, LevelMark, Moment, Panel, StateMark, TextBox } from "../parts/parts.tsx";
import { plain, plainLine, plainValue } from "../parts/plain.ts";
import { occurrencePath } from "../addresses.ts";
import { Before, Others, Threads } from "./happened.tsx";
import type { People } from "../people/people.tsx";
import { Thrown } from "./thrown.tsx";
import { Values } from "../parts/values.tsx";
import { type Clock, counted, fullTime, milliseconds } from "../parts/times.ts";

export interface ErrorProps {
  error: ErrorDetail;
  /** The one that is shown; null where none is kept. */
  occurrence: OccurrenceDetail | null;
  /** A page of the list, with the occurrence in its middle. */
  rows: Page<Occurrence>;
  /** Of the occurrence's request. */
  logs: LogPage | null;
  /** Of the occurrence. */
  test: Reproduction | null;
  /** Of its service, those that appeared last first. */
  releases: readonly Release[];
  code: RunningCode;
  people: People;
  /** The prefilled address of a new issue elsewhere, where there is one. */
  newIssue: string | undefined;
  /** Where a copied curl command sends the request. */
  origin: string;
  clock: Clock;
}

/** One error at one of its occurrences: what broke, where, with what request, how often, and what was done. */
export function ErrorPage(props: ErrorProps): Html {
  const { error, occurrence, clock, logs } = props;
  const record = occurrence?.record;
  const causes = causesOf(record?.error);
  const code = codeOf(record ?? {}, props.code);
  const said = record && saidBeside(record);
  return (
    <>
      <Head error={error} clock={clock} />
      <div class="two">
        <div>
          {occurrence && <OccurrenceBar occurrence={occurrence} clock={clock} />}
          {said !== undefined && (
            <Panel title="Message" place="first">
              <TextBox text={plain(said)} dir="auto" />
            </Panel>
          )}
          {causes.map((cause, depth) => <Thrown error={cause} isCause={depth > 0} code={code} />)}
          {record?.attrs?.threads !== undefined && <Threads threads={record.attrs.threads} />}
          {record === undefined && (
            <p class="panel inner soft">
              All occurrences were older than RETENTION_DAYS and have been deleted. Counts stay.
            </p>
          )}
          {record?.breadcrumbs && <Before breadcrumbs={record.breadcrumbs} clock={clock} />}
          {record && <RequestParts record={record} />}
          {logs && logs.items.length > 1 && record?.request_id && (
            <Panel
              title="All logs of this request"
              hint={<a href={requestLogs(record.request_id)}>Open in logs</a>}
            >
              <LogRows records={logs.items} clock={clock} />
            </Panel>
          )}
        </div>
        <ErrorSide {...props} />
      </div>
    </>
  );
}

function Head({ error, clock }: { error: ErrorDetail; clock: Clock }) {
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
          {counted(error.count, "time")}, last <Moment time={error.last_seen} clock={clock} />
        </span>
      </p>
    </div>
  );
}

function OccurrenceBar({ occurrence, clock }: { occurrence: OccurrenceDetail; clock: Clock }) {
  const { error, newer, older } = occurrence;
  return (
    <nav class="steps first" aria-label="Occurrences">
      {newer ? <a href={occurrencePath(error, newer)} rel="prev">← Newer</a> : <span>Newest</span>}
      {older
        ? <a href={occurrencePath(error, older)} rel="next">Older →</a>
        : <span>Oldest kept</span>}
      <strong>{fullTime(occurrence.record.time, clock)}</strong>
      <Moment time={occurrence.record.time} clock={clock} />
      <code class="soft">{occurrence.error_id}</code>
    </nav>
  );
}

function RequestParts({ record }: { record: LogRecord }) {
  const { method = "", path, route = "" } = record;
  const request = `${method} ${path ?? route}`.trim();
  const took = record.duration_ms === undefined ? "" : `after ${milliseconds(record.duration_ms)}`;
  return (
    <>
      {request !== "" && (
        <Panel title="Request" hint={`${record.status ?? ""} ${took}`}>
          <TextBox text={plain(request)} />
        </Panel>
      )}
      <Table title="Headers" values={record.headers} />
      <Value title="Input" value={record.input} />
      <Value title="Response" value={record.output} />
      <Table title="Tags" values={record.tags} />
      {record.attrs && <Others attrs={record.attrs} />}
      {record.truncated && (
        <p class="hint">Truncated to their limits: {plainLine(record.truncated.join(", "))}</p>
      )}
    </>
  );
}

function Table({ title, values }: { title: string; values: Record<string, string> | undefined }) {
  if (values === undefined || Object.keys(values).length === 0) return null;
  return (
    <Panel title={title}>
      <Values values={values} />
    </Panel>
  );
}

function Value({ title, value }: { title: string; value: unknown }) {
  if (value === undefined) return null;
  return (
    <Panel title={title}>
      <TextBox text={plainValue(value)} dir="auto" />
    </Panel>
  );
}
