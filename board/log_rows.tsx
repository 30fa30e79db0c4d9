/** @jsxImportSource hono/jsx */
import type { Html } from "./html.ts";
import { isoTime, type LogRecord } from "../logging/mod.ts";
import { LevelMark } from "./parts.tsx";
import { plain, plainLine } from "./plain.ts";
import { token } from "../modules/search.ts";
import { address } from "./addresses.ts";
import { fullTime, logTime, milliseconds } from "./times.ts";

/** Of a record in a long list; a link leads to the full record. */
const DETAIL_CHARS = 1_200;
/** Up to here records are shown in full. */
const SHORT_LIST_ROWS = 5;
const WHOLE_CHARS = 16 * 1024;

export interface LogRowsProps {
  /** The newest first. */
  records: readonly LogRecord[];
  /** The live tail, for board.js. */
  stream?: string;
  nowMs: number;
}

export function LogRows({ records, stream, nowMs }: LogRowsProps): Html {
  const maxChars = records.length <= SHORT_LIST_ROWS ? WHOLE_CHARS : DETAIL_CHARS;
  return (
    <ol class="logs" data-stream={stream}>
      {records.map((record) => <LogRow record={record} maxChars={maxChars} nowMs={nowMs} />)}
    </ol>
  );
}

/** board.js fills it for records that arrive live. */
export function LogRowTemplate(): Html {
  return (
    <template id="log-row">
      <li>
        <details>
          <summary>
            <time></time>
            <span class="level"></span>
            <bdi class="svc"></bdi>
            <bdi class="say"></bdi>
            <span class="took"></span>
          </summary>
          <p class="links">
            <a data-request href="/board/logs">All logs of this request</a>
            <a data-error href="/board/errors">View error</a>
          </p>
          <pre class="text" dir="ltr" tabindex={0}></pre>
        </details>
      </li>
    </template>
  );
}

function LogRow(
  { record, maxChars, nowMs }: { record: LogRecord; maxChars: number; nowMs: number },
) {
  const json = JSON.stringify(record, null, 2);
  return (
    <li data-key={`${record.boot_id}:${record.seq}`}>
      <details>
        <summary>
          <time datetime={record.time} title={fullTime(record.time)}>
            {logTime(record.time, nowMs)}
          </time>
          <LevelMark level={record.level} />
          <bdi class="svc">{plainLine(record.svc_name, 60)}</bdi>
          <bdi class="say">{plainLine(record.message, 300)}</bdi>
          <span class="took">
            {record.duration_ms !== undefined &&
              `${record.status} · ${milliseconds(record.duration_ms)}`}
          </span>
        </summary>
        <p class="links">
          <span class="soft">{fullTime(record.time)}</span>
          {record.request_id !== undefined && (
            <a href={address("/board/logs", { q: token("request_id", record.request_id) })}>
              All logs of this request
            </a>
          )}
          {record.error_id !== undefined && (
            <a href={`/board/errors/${encodeURIComponent(record.error_id)}`}>View error</a>
          )}
          {json.length > maxChars && <a href={wholeOf(record)}>Show full record</a>}
        </p>
        <pre class="text" dir="ltr" tabindex={0}>{plain(json, maxChars)}</pre>
      </details>
    </li>
  );
}

/** A short list, which shows records in full: of the request, or of the millisecond. */
function wholeOf({ request_id, time }: LogRecord): string {
  if (request_id !== undefined) {
    return address("/board/logs", { q: token("request_id", request_id) });
  }
  return address("/board/logs", {
    since: time,
    until: isoTime(Date.parse(time) + 1),
  });
}
