/** @jsxImportSource hono/jsx */
import { type LogPage, MAX_TOTAL } from "../../logging/mod.ts";
import { SEARCH_FORM } from "../desk.ts";
import { Empty, type Html, Pager, Select } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { RangeLinks, spanOf } from "../parts/time_range.tsx";
import { type Clock, counted, fullTime } from "../parts/times.ts";
import { columnsText } from "./columns.ts";
import { ColumnChips, ColumnsForm, FieldForm } from "./columns_form.tsx";
import { LogRows, LogRowTemplate } from "./log_rows.tsx";
import { LogsChart, type LogsOverTime } from "./logs_chart.tsx";
import { hidesOwn, logsAddress, logsParameters, type LogsView } from "./logs_view.ts";

const LEVEL_OPTIONS = [
  ["", "All levels"],
  ["INFO", "INFO and worse"],
  ["WARN", "WARN and worse"],
  ["ERROR", "ERROR and worse"],
  ["CRITICAL", "CRITICAL"],
] as const;

interface LogsProps {
  view: LogsView;
  rows: LogPage;
  /** Absent in the live tail, and while the store does not answer. */
  over: LogsOverTime | undefined;
  /** Of the live tail. */
  stream: string | undefined;
  clock: Clock;
}

export function LogsList(props: LogsProps): Html {
  const { view, rows, over, stream, clock } = props;
  const isEmpty = rows.items.length === 0;
  const backTo = view.live ? undefined : rows.searched_back_to;
  const { columns, own } = view;
  const kept = { columns: columnsText(columns), own: own ? "1" : "" };
  return (
    <>
      <h1 class="unseen">Logs</h1>
      <Pickers {...props} />
      {over && (!isEmpty || isSearch(view)) && <LogsChart over={over} view={view} clock={clock} />}
      <ColumnChips
        columns={columns}
        addressOf={(columns) => logsAddress(view, { columns, cursor: view.cursor })}
      />
      <StatusLine {...props} />
      {rows.damaged !== undefined && <p class="note bad" role="alert">{rows.damaged}</p>}
      {(!isEmpty || view.live) && (
        <LogRows
          records={rows.items}
          {...{ columns, kept, clock }}
          hasForm
          {...(stream && { stream })}
        />
      )}
      {isEmpty && rows.next === null && <NoLogs view={view} clock={clock} />}
      {backTo !== undefined && (
        <p class="note" role="status">
          {isEmpty && "No match yet. "}
          {`Searched back to ${fullTime(backTo, clock)}, where the search reached its time limit. `}
          <a href={logsAddress(view, { cursor: rows.next! })}>Search further back</a>
        </p>
      )}
      {view.live && <LogRowTemplate columns={columns} kept={kept} />}
      {!view.live && (
        <Pager
          first={view.cursor !== "" && [logsAddress(view), "Newest"]}
          next={backTo === undefined && rows.next !== null &&
            [logsAddress(view, { cursor: rows.next }), "Older"]}
        />
      )}
      <FieldForm parameters={{ ...logsParameters(view), cursor: view.cursor }} />
    </>
  );
}

/** What narrows the list. They belong to the frame's search, or are links. */
function Pickers({ view, rows, over, clock }: LogsProps) {
  const { environment, columns, own, live, cursor } = view;
  const environments = new Set([
    ...(environment === "" ? [] : [environment]),
    ...over?.environments ?? [],
  ]);
  return (
    <div class="pickers logbar">
      {!live && (
        <RangeLinks
          view={view}
          addressOf={(range) => logsAddress(view, range)}
          clock={clock}
        />
      )}
      <Select
        name="level"
        label="Level"
        value={view.level}
        options={LEVEL_OPTIONS}
        form={SEARCH_FORM}
      />
      {environments.size > 0 && (
        <Select
          name="environment"
          label="Environment"
          value={environment}
          options={[
            ["", "All environments"],
            ...Array.from(environments, (name) => [name, plainLine(name, 60)] as const),
          ]}
          form={SEARCH_FORM}
        />
      )}
      <button type="submit" form={SEARCH_FORM} data-apply>Apply</button>
      <ColumnsForm
        columns={columns}
        records={rows.items}
        parameters={{ ...logsParameters(view), cursor }}
      />
      {Object.entries({ columns: columnsText(columns), own: own ? "1" : "", live: live ? "1" : "" })
        .filter(([, value]) => value !== "")
        .map(([name, value]) => (
          <input
            type="hidden"
            name={name}
            value={value}
            form={SEARCH_FORM}
          />
        ))}
    </div>
  );
}

/** How many there are, whose are left out, and the way to the live tail. */
function StatusLine({ view, rows }: LogsProps) {
  const { total } = rows;
  const { own, live } = view;
  return (
    <div class="live">
      {live
        ? <strong class="dot good" role="status" data-live-status>Live, every 5 seconds</strong>
        : (
          <span class="soft">
            {rows.items.length === 0
              ? null
              : `${total === null ? "Records" : counted(total, "record", MAX_TOTAL)}, newest first`}
          </span>
        )}
      {own && <a href={logsAddress(view, { own: false })}>Hide Holdfast's own records</a>}
      {hidesOwn(view) && rows.items.length > 0 && (
        <a href={logsAddress(view, { own: true })}>Show Holdfast's own records</a>
      )}
      {live
        ? <a href={logsAddress(view, { live: false })}>Stop</a>
        : (
          <a href={logsAddress(view, { live: true, range: "all", since: "", until: "" })}>
            Live tail
          </a>
        )}
    </div>
  );
}

/** What could be loosened, where nothing matches. */
function waysOn(view: LogsView): (readonly [title: string, change: Partial<LogsView>])[] {
  const { q, svc_name, level, environment, range } = view;
  return [
    ...(q === "" ? [] : [["without the words", { q: "" }] as const]),
    ...(level === "" ? [] : [["of all levels", { level: "" }] as const]),
    ...(svc_name === "" ? [] : [["of all services", { svc_name: "" }] as const]),
    ...(environment === "" ? [] : [["of all environments", { environment: "" }] as const]),
    ...(range === "all" ? [] : [["of all time", { range: "all", since: "", until: "" }] as const]),
  ];
}

function isSearch(view: LogsView): boolean {
  return waysOn(view).length > 0;
}

/** Why there are none, and what to loosen. */
function NoLogs({ view, clock }: { view: LogsView; clock: Clock }) {
  const ways = waysOn(view);
  const { range } = view;
  return (
    <div data-none>
      <Empty title={isSearch(view) ? "Nothing matches" : "No records yet"}>
        {isSearch(view) && (
          <p>
            A record has to contain all words and be of the chosen level
            {range === "all" ? "" : ` and of ${spanOf(view, clock)}`}. Search{" "}
            {ways.map(([title, change], index) => (
              <>
                {index > 0 && ", "}
                <a href={logsAddress(view, change)}>{title}</a>
              </>
            ))}, or <a href="/board/logs">clear the search</a>.
          </p>
        )}
        {hidesOwn(view) && (
          <p>
            Holdfast's own records are hidden.{" "}
            <a href={logsAddress(view, { own: true })}>Show Holdfast's own records</a>
          </p>
        )}
        {!isSearch(view) && (
          <p>
            Every request to a service leaves one.{" "}
            <a href="/board/connect">Connect a service</a>, or send a request and reload this page.
          </p>
        )}
      </Empty>
    </div>
  );
}
