/** @jsxImportSource hono/jsx */
import { isoTime, type LogRecord } from "../../logging/mod.ts";
import { type Child, type Html, LevelMark, TextBox } from "../parts/parts.tsx";
import { plain, plainLine } from "../parts/plain.ts";
import { token } from "../../modules/search.ts";
import { address, errorPath } from "../addresses.ts";
import { type Clock, fullTime, logTime, milliseconds } from "../parts/times.ts";

/** Of a record in a long list; a link leads to the full record. */
const DETAIL_CHARS = 1_200;
/** Up to here records are shown in full. */
const SHORT_LIST_ROWS = 5;
const WHOLE_CHARS = 16 * 1024;

/** The newest record first. `stream` is the live tail, for board.js. */
export function LogRows(
  { records, stream, clock }: { records: readonly LogRecord[]; stream?: string; clock: Clock },
): Html {
  const maxChars = records.length <= SHORT_LIST_ROWS ? WHOLE_CHARS : DETAIL_CHARS;
  return (
    <ol class="logs" data-stream={stream}>
      {records.map((record) => <LogRow record={record} maxChars={maxChars} clock={clock} />)}
    </ol>
  );
}

/** board.js fills it for records that arrive live. */
export function LogRowTemplate(): Html {
  return (
    <template id="log-row">
      <Row time={<time></time>} level={<span class="level"></span>}>
        <a data-request href="/board/logs">All logs of this request</a>
        <a data-error href="/board/errors">View error</a>
      </Row>
    </template>
  );
}

function LogRow(
  { record, maxChars, clock }: { record: LogRecord; maxChars: number; clock: Clock },
) {
  const { time, request_id, error_id, duration_ms } = record;
  const json = JSON.stringify(record, null, 2);
  return (
    <Row
      id={`${record.boot_id}:${record.seq}`}
      time={<time datetime={time} title={fullTime(time, clock)}>{logTime(time, clock)}</time>}
      level={<LevelMark level={record.level} />}
      service={plainLine(record.svc_name, 60)}
      message={plainLine(record.message, 300)}
      took={duration_ms !== undefined && `${record.status} · ${milliseconds(duration_ms)}`}
      text={plain(json, maxChars)}
    >
      <span class="soft">{fullTime(time, clock)}</span>
      {request_id !== undefined && <a href={requestLogs(request_id)}>All logs of this request</a>}
      {error_id !== undefined && <a href={errorPath(error_id)}>View error</a>}
      {json.length > maxChars && <a href={fullRecord(record)}>Show full record</a>}
    </Row>
  );
}

/** Its children are the links above the record's text. */
function Row(
  { id, time, level, service, message, took, text = "", children }: {
    id?: string;
    time: Child;
    level: Child;
    service?: string;
    message?: string;
    took?: Child;
    text?: string;
    children: Child;
  },
) {
  return (
    <li data-key={id}>
      <details>
        <summary>
          {time}
          {level}
          <bdi class="svc">{service}</bdi>
          <bdi class="say">{message}</bdi>
          <span class="took">{took}</span>
        </summary>
        <p class="links">{children}</p>
        <TextBox text={text} />
      </details>
    </li>
  );
}

/** A short list, which shows records in full: of the request, or of the millisecond. */
function fullRecord({ request_id, time }: LogRecord): string {
  if (request_id !== undefined) return requestLogs(request_id);
  return address("/board/logs", { since: time, until: isoTime(Date.parse(time) + 1) });
}

export function requestLogs(id: string): string {
  return address("/board/logs", { q: token("request_id", id) });
}
