/** @jsxImportSource hono/jsx */
import type { ErrorDetail, LogRecord } from "../logging/mod.ts";
import { MAX_MUTED_MORE, MAX_NAME_CHARS, MAX_NOTE_CHARS } from "../store/limits.ts";
import { MUTE_TIMES } from "./actions.ts";
import type { ErrorProps } from "./error_page.tsx";
import { Trend } from "./errors_page.tsx";
import { toCurl, toMarkdown } from "./exports.ts";
import { GroupForms, NoteForm, SplitForm } from "./group_forms.tsx";
import type { Child, Html } from "./html.ts";
import { occurrencePath } from "./occurrences.ts";
import { Copy, Moment, Panel, Select } from "./parts.tsx";
import { factsIn, plainLine } from "./plain.ts";
import { address } from "./addresses.ts";
import { count, fullTime } from "./times.ts";

export function ErrorSide(props: ErrorProps): Html {
  const { error, neighbours: { occurrence }, nowMs } = props;
  const record = occurrence?.record;
  return (
    <div>
      <Actions error={error} />
      <Facts error={error} record={record} nowMs={nowMs} />
      {error.variants.length > 1 && <Variants error={error} />}
      <Occurrences {...props} />
      <History error={error} nowMs={nowMs} />
      <WhyGrouped error={error} />
      <GroupForms error={error} />
      {record && <TakeAway error={error} record={record} origin={props.origin} />}
    </div>
  );
}

function Actions({ error }: { error: ErrorDetail }) {
  const isOpen = error.state === "open";
  return (
    <Panel
      title={isOpen ? "Resolve" : error.state === "muted" ? "Muted" : "Resolved"}
      place="actions"
    >
      <form class="inner" method="post" action="/board/act">
        <input type="hidden" name="id" value={error.id} />
        <input type="hidden" name="back" value={`/board/errors/${error.id}`} />
        {error.muted_until !== null && <p class="soft">Until {fullTime(error.muted_until)}</p>}
        {error.muted_more !== null && (
          <p class="soft">Until it happens {count(error.muted_more)} more times</p>
        )}
        <label class="field">
          <span>Note (optional)</span>
          <input name="note" maxlength={MAX_NOTE_CHARS} autocomplete="off" />
        </label>
        {error.state !== "resolved" && (
          <div class="buttons">
            <button type="submit" class="primary" name="action" value="resolve">Resolve</button>
            <label class="field wide">
              <span>In release (optional)</span>
              <input
                name="release"
                maxlength={MAX_NAME_CHARS}
                value={error.last_release ?? ""}
                autocomplete="off"
                spellcheck={false}
              />
            </label>
          </div>
        )}
        {isOpen && (
          <div class="buttons">
            <button type="submit" name="action" value="mute">Mute</button>
            <Select name="for" label="Mute for" value="" options={MUTE_TIMES} />
            <label class="field">
              <span>Until it happens again (times)</span>
              <input name="more" type="number" min={1} max={MAX_MUTED_MORE} />
            </label>
          </div>
        )}
        {!isOpen && (
          <div class="buttons">
            {error.state === "muted"
              ? <button type="submit" name="action" value="unmute">Unmute</button>
              : <button type="submit" name="action" value="reopen">Reopen</button>}
          </div>
        )}
      </form>
    </Panel>
  );
}

function Facts(
  { error, record, nowMs }: { error: ErrorDetail; record: LogRecord | undefined; nowMs: number },
) {
  const facts: [string, Child][] = [
    ["Occurrences", count(error.count)],
    ["First seen", <Moment time={error.first_seen} nowMs={nowMs} />],
    ["Last seen", <Moment time={error.last_seen} nowMs={nowMs} />],
    ["Service", <bdi>{plainLine(error.svc_name, 120)}</bdi>],
    ["Route", error.route && <bdi>{plainLine(error.route, 120)}</bdi>],
    ["First release", error.first_release && plainLine(error.first_release)],
    ["Last release", error.last_release && plainLine(error.last_release)],
    ["Resolved in", error.resolved_in && plainLine(error.resolved_in)],
    ["Environment", record?.environment && plainLine(record.environment, 120)],
    ["User", record?.user && <bdi>{plainLine(factsIn(record.user), 300)}</bdi>],
    ["Instance", record && plainLine(record.instance, 120)],
    ["Request", record?.request_id && <code>{plainLine(record.request_id, 130)}</code>],
    ["Trace", record?.trace_id && <code>{plainLine(record.trace_id, 40)}</code>],
  ];
  return (
    <Panel title="Last 24 hours">
      <div class="inner">
        <Trend trend={error.trend} height={40} />
        <dl class="facts">
          {facts.filter(([, value]) => value).map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
      </div>
    </Panel>
  );
}

function Variants({ error }: { error: ErrorDetail }) {
  return (
    <Panel title="Variants">
      <ul class="rows">
        {error.variants.map((variant) => (
          <li>
            <div class="counted">
              <bdi class="code">{plainLine(variant.message, 300)}</bdi>
              <strong>{count(variant.count)}</strong>
            </div>
            <SplitForm error={error} variant={variant.message} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Occurrences({ error, neighbours, nowMs }: ErrorProps) {
  const { rows, occurrence } = neighbours;
  const [top] = rows.items;
  const isAtTop = top === undefined || top.error_id === error.last_error_id;
  if (rows.items.length < 2 && isAtTop) return null;
  return (
    <Panel title="Occurrences" more={<span class="hint">{count(rows.total)} kept</span>}>
      <ul class="rows">
        {rows.items.map(({ error_id, record }) => (
          <li>
            <a
              href={occurrencePath(error.id, error_id)}
              aria-current={error_id === occurrence?.error_id ? "true" : undefined}
            >
              {fullTime(record.time)}
            </a>
            <div class="meta">
              <Moment time={record.time} nowMs={nowMs} />
              {record.path !== undefined && <bdi>{plainLine(record.path, 60)}</bdi>}
              {record.release !== undefined && <bdi>{plainLine(record.release, 40)}</bdi>}
            </div>
          </li>
        ))}
      </ul>
      {(rows.next !== null || !isAtTop) && (
        <div class="inner steps">
          {!isAtTop && <a href={`/board/errors/${error.id}`}>Newest</a>}
          {rows.next !== null && (
            <a href={address(`/board/errors/${error.id}`, { cursor: rows.next })}>Older</a>
          )}
        </div>
      )}
    </Panel>
  );
}

function History({ error, nowMs }: { error: ErrorDetail; nowMs: number }) {
  return (
    <Panel title="History">
      <div class="inner">
        <NoteForm error={error} />
      </div>
      <ol class="rows">
        {error.history.map(({ time, action, actor, note }) => (
          <li>
            <strong>{action.replaceAll("_", " ")}</strong>{" "}
            {note !== "" && <bdi>{plainLine(note, MAX_NOTE_CHARS)}</bdi>}
            <div class="meta">
              <Moment time={time} nowMs={nowMs} />
              <bdi>{plainLine(actor, 128)}</bdi>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

const RULES = {
  frames: "Same type, error code, nearest frames of the app's code, and cause:",
  message:
    "The stack has no frame of the app's code, so: same route, and same message with ids and numbers masked:",
  caller: "Same fingerprint, set by the caller:",
  overflow: "Too many new errors were opened, so further ones of the service are grouped together:",
} as const;

function WhyGrouped({ error }: { error: ErrorDetail }) {
  return (
    <section class="panel">
      <details>
        <summary>Why these are one error</summary>
        <div class="inner">
          {error.keys.map(({ key, rule, parts }) => (
            <div>
              <p class="soft">{RULES[rule]}</p>
              <ul class="code">
                {parts.map((part) => (
                  <li>
                    <bdi>{plainLine(part)}</bdi>
                  </li>
                ))}
              </ul>
              <p class="hint">
                key <code>{key}</code>
              </p>
            </div>
          ))}
        </div>
      </details>
    </section>
  );
}

function TakeAway(
  { error, record, origin }: { error: ErrorDetail; record: LogRecord; origin: string },
) {
  const curl = toCurl(record, origin);
  return (
    <section class="panel">
      <Copy title="Copy as Markdown" text={toMarkdown(error, record)} />
      {curl !== undefined && <Copy title="Copy as curl" text={curl} />}
    </section>
  );
}
