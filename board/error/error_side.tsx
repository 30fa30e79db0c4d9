/** @jsxImportSource hono/jsx */
import type { ErrorDetail, LogRecord, Release } from "../../logging/mod.ts";
import { MAX_NOTE_CHARS } from "../../store/limits.ts";
import { address, errorPath, occurrencePath } from "../addresses.ts";
import { ErrorForm, GroupForms, StateForm, Submit } from "./error_forms.tsx";
import { type Mark, marksOf } from "../parts/charts.tsx";
import type { ErrorProps } from "./error_page.tsx";
import { Trend } from "../errors/errors_page.tsx";
import { toCurl, toMarkdown } from "./exports.ts";
import { Facets } from "./facets.tsx";
import { ReleaseLink, releasesAfter } from "./fix.tsx";
import { type Child, Copy, Field, Fold, type Html, Moment, Panel } from "../parts/parts.tsx";
import { factsIn, plainLine } from "../parts/plain.ts";
import { PeoplePanel } from "../people/people.tsx";
import { type Clock, count, fullTime } from "../parts/times.ts";
import { HOUR_MS } from "../../store/times.ts";

const TREND_HOURS = 24;

/** Beside an error: what can be done, what is known, what was done. */
export function ErrorSide(props: ErrorProps): Html {
  const { error, occurrence, test, clock, people, newIssue } = props;
  const { mayWrite } = people.person;
  const record = occurrence?.record;
  const curl = record && toCurl(record, props.origin);
  return (
    <div>
      {mayWrite && (
        <StateForm
          error={error}
          newer={releasesAfter(props.releases, error.last_release)}
          clock={clock}
        />
      )}
      <PeoplePanel error={error} people={people} newIssue={newIssue} />
      <Facts {...props} record={record} />
      <Facets error={error} />
      {error.variants.length > 1 && <Variants error={error} mayWrite={mayWrite} />}
      <Occurrences {...props} />
      <History error={error} mayWrite={mayWrite} clock={clock} />
      <section class="panel">
        <Fold title="Why these are one error">
          {error.keys.map((key) => <Key {...key} />)}
        </Fold>
      </section>
      {mayWrite && <GroupForms error={error} />}
      {record && (
        <section class="panel">
          <Copy title="Copy as Markdown" text={toMarkdown(error, record)} />
          {curl && <Copy title="Copy as curl" text={curl} />}
          {test && test.kind !== "impossible" && <Copy title="Copy as a test" text={test.text} />}
          {test?.kind === "impossible" && (
            <p class="hint inner">It cannot be built as a test: {test.why}.</p>
          )}
        </section>
      )}
    </div>
  );
}

function Facts(
  { error, record, releases, clock }: ErrorProps & { record: LogRecord | undefined },
) {
  const ofRelease = (field: "release" | "first_release" | "came_back_in", name: string | null) =>
    name !== null && <ReleaseLink field={field} svc_name={error.svc_name} release={name} />;
  const facts: [string, Child][] = [
    ["Occurrences", count(error.count)],
    ["First seen", <Moment time={error.first_seen} clock={clock} />],
    ["Last seen", <Moment time={error.last_seen} clock={clock} />],
    ["Service", <bdi>{plainLine(error.svc_name, 120)}</bdi>],
    ["Route", error.route && <bdi>{plainLine(error.route, 120)}</bdi>],
    ["First release", ofRelease("first_release", error.first_release)],
    ["Last release", ofRelease("release", error.last_release)],
    ["Came back in", ofRelease("came_back_in", error.came_back_in)],
    ["Muted until", error.muted_until && fullTime(error.muted_until, clock)],
    ["Environment", record?.environment && plainLine(record.environment, 120)],
    ["User", record?.user && <bdi>{plainLine(factsIn(record.user), 300)}</bdi>],
    ["Handled", record?.handled === undefined ? "" : record.handled ? "by the app" : "no"],
    ["Instance", record && plainLine(record.instance, 120)],
    ["Request", record?.request_id && <code>{plainLine(record.request_id, 130)}</code>],
    ["Trace", record?.trace_id && <code>{plainLine(record.trace_id, 40)}</code>],
    ["Span", record?.span_id && <code>{plainLine(record.span_id, 40)}</code>],
    ["Event", record?.event_id && <code>{plainLine(record.event_id, 40)}</code>],
  ];
  return (
    <Panel title="Last 24 hours">
      <div class="inner">
        <Trend trend={error.trend} height={40} marks={marksOfDay(releases, clock)} />
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

/** The releases that appeared in the hours of the trend. */
function marksOfDay(releases: readonly Release[], clock: Clock): Mark[] {
  const firstMs = (Math.floor(clock.nowMs / HOUR_MS) - TREND_HOURS + 1) * HOUR_MS;
  return marksOf(releases, { firstMs, stepMs: HOUR_MS, steps: TREND_HOURS, clock });
}

function Variants({ error, mayWrite }: { error: ErrorDetail; mayWrite: boolean }) {
  return (
    <Panel title="Variants">
      <ul class="rows">
        {error.variants.map((variant) => (
          <li>
            <div class="counted">
              <bdi class="code">{plainLine(variant.message, 300)}</bdi>
              <strong>{count(variant.count)}</strong>
            </div>
            {mayWrite && (
              <ErrorForm error={error}>
                <input type="hidden" name="variant" value={variant.message} />
                <Submit action="split" />
              </ErrorForm>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Occurrences({ error, occurrence, rows, clock }: ErrorProps) {
  const [top] = rows.items;
  const isAtTop = top === undefined || top.error_id === error.last_error_id;
  if (rows.items.length < 2 && isAtTop) return null;
  return (
    <Panel title="Occurrences" hint={`${count(rows.total)} kept`}>
      <ul class="rows">
        {rows.items.map(({ error_id, record }) => (
          <li>
            <a
              href={occurrencePath(error.id, error_id)}
              aria-current={error_id === occurrence?.error_id ? "true" : undefined}
            >
              {fullTime(record.time, clock)}
            </a>
            <div class="meta">
              <Moment time={record.time} clock={clock} />
              {record.path !== undefined && <bdi>{plainLine(record.path, 60)}</bdi>}
              {record.release !== undefined && <bdi>{plainLine(record.release, 40)}</bdi>}
            </div>
          </li>
        ))}
      </ul>
      {(rows.next !== null || !isAtTop) && (
        <div class="inner steps">
          {!isAtTop && <a href={errorPath(error.id)}>Newest</a>}
          {rows.next !== null && (
            <a href={address(errorPath(error.id), { cursor: rows.next })}>Older</a>
          )}
        </div>
      )}
    </Panel>
  );
}

function History(
  { error, mayWrite, clock }: { error: ErrorDetail; mayWrite: boolean; clock: Clock },
) {
  return (
    <Panel title="History">
      {mayWrite && (
        <div class="inner">
          <ErrorForm error={error}>
            <Field
              label="What you found out"
              wide
              name="note"
              required
              maxlength={MAX_NOTE_CHARS}
              spellcheck
            />
            <Submit action="note" />
          </ErrorForm>
        </div>
      )}
      <ol class="rows">
        {error.history.map(({ time, action, actor, note, occurrence }) => (
          <li>
            <strong>{action.replaceAll("_", " ")}</strong>{" "}
            {note !== "" && <bdi>{plainLine(note, MAX_NOTE_CHARS)}</bdi>}
            <div class="meta">
              <Moment time={time} clock={clock} />
              <bdi>{plainLine(actor, 128)}</bdi>
              {occurrence && <a href={occurrencePath(error.id, occurrence)}>its occurrence</a>}
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

function Key({ key, rule, parts }: ErrorDetail["keys"][number]) {
  return (
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
  );
}
