/** @jsxImportSource hono/jsx */
import type { LogRecord } from "../../logging/mod.ts";
import { type Child, type Html, LevelMark, TextBox } from "../parts/parts.tsx";
import { plain, plainLine } from "../parts/plain.ts";
import { token } from "../../modules/search.ts";
import { address, errorPath } from "../addresses.ts";
import { type Clock, fullTime, milliseconds, zonedTime } from "../parts/times.ts";
import { aroundAddress, keyOf } from "./around.ts";
import { fieldsOf, isFieldPath, type LogField, tokenOf, valueAt } from "./log_fields.ts";

/** Of a record in a long list, which would be too heavy with all; a link leads to the rest. */
const DETAIL_CHARS = 600;
const DETAIL_FIELDS = 6;
const DETAIL_VALUE_CHARS = 120;
/** Up to here records are shown in full. */
const SHORT_LIST_ROWS = 5;
const WHOLE_CHARS = 16 * 1024;
const WHOLE_FIELDS = 100;
const MAX_LINE_CHARS = 300;
const MAX_CELL_CHARS = 80;
const MAX_VALUE_CHARS = 300;

/** Id of the form that the buttons beside a field belong to. */
export const FIELD_FORM = "field";
/** Where the record stands that others are shown around. */
export const MARKED_ROW = "here";

interface ListProps {
  clock: Clock;
  /** Paths of fields that stand as columns. */
  columns?: readonly string[];
  /** Parameters of the page that lead on with a record. */
  kept?: Readonly<Record<string, string | undefined>>;
  /** Whether the page has the form with id {@linkcode FIELD_FORM}. */
  hasForm?: boolean;
}

/** The newest record first. `stream` is the live tail, for live.js. */
export function LogRows(
  { records, stream, marked, ...props }: ListProps & {
    records: readonly LogRecord[];
    stream?: string;
    /** The record that others are shown around, by {@linkcode keyOf}. */
    marked?: string;
  },
): Html {
  const { clock, columns = [] } = props;
  const isShort = records.length <= SHORT_LIST_ROWS;
  return (
    <div class="loglist">
      <div class={fitOf(columns)}>
        <div class="loghead" aria-hidden="true">
          <span>Time ({clock.zone})</span>
          <span>Level</span>
          <span>Service</span>
          <span>Message</span>
          {columns.map((path) => <bdi>{plainLine(path, MAX_CELL_CHARS)}</bdi>)}
          <span>Answer</span>
        </div>
        <ol
          class="logs"
          id="list"
          tabindex={-1}
          data-stream={stream}
        >
          {records.map((record) => {
            const isMarked = marked === keyOf(record);
            return (
              <LogRow
                {...props}
                record={record}
                isWhole={isShort || isMarked}
                isFollowed={stream !== undefined}
                isMarked={isMarked}
              />
            );
          })}
        </ol>
      </div>
    </div>
  );
}

/** live.js fills it for records that arrive live. */
export function LogRowTemplate(
  { columns = [], kept = {} }: Pick<ListProps, "columns" | "kept">,
): Html {
  return (
    <template id="log-row">
      <Row
        time={<TimeOf />}
        level={<span class="level"></span>}
        cells={columns.map((path) => <Cell path={path} />)}
        links={[
          <a data-request href="/board/logs">All logs of this request</a>,
          <a data-error href="/board/errors">View error</a>,
          <a data-around href={address("/board/logs", kept)}>Around this</a>,
        ]}
        json=""
      >
        <p class="whole" dir="auto" tabindex={0}></p>
      </Row>
    </template>
  );
}

function LogRow(
  { record, clock, columns = [], kept, hasForm = false, isWhole, isFollowed, isMarked }:
    & ListProps
    & {
      record: LogRecord;
      isWhole: boolean;
      /** Whether it can arrive again, live. */
      isFollowed: boolean;
      isMarked: boolean;
    },
) {
  const { time, request_id, error_id, status, duration_ms } = record;
  const maxChars = isWhole ? WHOLE_CHARS : DETAIL_CHARS;
  const fields = fieldsOf(record, isWhole ? WHOLE_FIELDS : DETAIL_FIELDS);
  return (
    <Row
      {...isFollowed && { recordKey: keyOf(record) }}
      isMarked={isMarked}
      time={<TimeOf time={time} clock={clock} />}
      level={<LevelMark level={record.level} />}
      service={plainLine(record.svc_name, 60)}
      message={plainLine(record.message, MAX_LINE_CHARS)}
      cells={columns.map((path) => (
        <Cell
          path={path}
          text={cellText(path, valueAt(record, path))}
        />
      ))}
      took={[status, duration_ms !== undefined && milliseconds(duration_ms)]
        .filter(Boolean).join(" · ")}
      links={[
        request_id !== undefined && <a href={requestLogs(request_id)}>All logs of this request</a>,
        error_id !== undefined && <a href={errorPath(error_id)}>View error</a>,
        <a href={aroundAddress(record, kept)}>
          {isWhole ? "Around this" : "Around this, with all fields and JSON"}
        </a>,
      ]}
      {...isWhole && { json: plain(JSON.stringify(record, null, 2), maxChars) }}
    >
      <p class="whole" dir="auto" tabindex={0}>{plain(record.message, maxChars)}</p>
      <dl class="fields">
        {fields.map((field) => <FieldRow {...{ field, hasForm, isWhole }} />)}
      </dl>
    </Row>
  );
}

/** Its children are what people read first of a record that is open. */
function Row(
  {
    recordKey,
    isMarked = false,
    time,
    level,
    service,
    message,
    cells,
    took,
    links,
    json,
    children,
  }: {
    recordKey?: string;
    isMarked?: boolean;
    time: Child;
    level: Child;
    service?: string;
    message?: string;
    cells: Child;
    took?: string;
    links: Child;
    json?: string;
    children?: Child;
  },
) {
  return (
    <li
      data-row
      data-key={recordKey}
      id={isMarked ? MARKED_ROW : undefined}
      aria-current={isMarked ? "true" : undefined}
    >
      <details open={isMarked}>
        <summary class="line">
          {time}
          {level}
          <bdi class="svc">{service}</bdi>
          <bdi class="say">{message}</bdi>
          <span class="more">
            {cells}
            <span class="took">{took}</span>
          </span>
        </summary>
        <div class="record">
          <p class="links">{links}</p>
          {children}
          {json !== undefined && (
            // What arrives live has no fields above it.
            <details class="json" open={json === ""}>
              <summary>JSON</summary>
              <TextBox text={json} />
            </details>
          )}
        </div>
      </details>
    </li>
  );
}

/** Date and time of day as clocks in the zone show them. */
function TimeOf({ time, clock }: { time?: string; clock?: Clock }) {
  const local = time && clock && zonedTime(time, clock.zone);
  return (
    <time datetime={time} title={time && clock && fullTime(time, clock)}>
      <span class="date">{local?.slice(0, 10)}</span> <span class="of-day">{local?.slice(11)}</span>
    </time>
  );
}

function Cell({ path, text = "" }: { path: string; text?: string }) {
  return (
    <span class="cell" data-path={path}>
      <span class="name">{plainLine(path, MAX_CELL_CHARS)}:</span> <bdi>{text}</bdi>
    </span>
  );
}

/** Fields of a long list become columns by the picker above it. */
function FieldRow(
  { field, hasForm, isWhole }: { field: LogField; hasForm: boolean; isWhole: boolean },
) {
  const [path, value] = field;
  const only = hasForm ? tokenOf(field) : undefined;
  return (
    <div>
      <dt>{plainLine(path)}</dt>
      <dd>
        <bdi>{plainLine(textOf(value), isWhole ? MAX_VALUE_CHARS : DETAIL_VALUE_CHARS)}</bdi>
        {hasForm && isWhole && isFieldPath(path) && (
          <button type="submit" form={FIELD_FORM} name="add" value={path}>+ column</button>
        )}
        {only !== undefined && (
          <button type="submit" form={FIELD_FORM} name="only" value={only}>only this value</button>
        )}
      </dd>
    </div>
  );
}

function cellText(path: string, value: unknown): string {
  if (value === undefined) return "";
  if (path === "duration_ms" && typeof value === "number") return milliseconds(value);
  return plainLine(textOf(value), MAX_CELL_CHARS);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** How much room a row needs, for the stylesheet. */
function fitOf(columns: readonly string[]): string {
  return `fit-${Math.ceil(columns.length / 2) * 2}`;
}

export function requestLogs(id: string): string {
  return address("/board/logs", { q: token("request_id", id) });
}
