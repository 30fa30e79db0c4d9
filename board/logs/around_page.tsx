/** @jsxImportSource hono/jsx */
import type { Desk, Sheet } from "../desk.ts";
import { Empty, type Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { LOG_FIELDS } from "../../modules/search.ts";
import { address } from "../addresses.ts";
import { isoTime } from "../../logging/mod.ts";
import { type Clock, fullTime, zonedTime } from "../parts/times.ts";
import {
  type Around,
  aroundAddress,
  EACH_SIDE,
  keyOf,
  type Place,
  recordsAround,
} from "./around.ts";
import { columnsText } from "./columns.ts";
import { ColumnChips, FieldForm } from "./columns_form.tsx";
import { LogRows } from "./log_rows.tsx";
import type { LogsView } from "./logs_view.ts";

/** What happened before and after one record. */
export async function readAround(
  { store }: Desk,
  place: Place,
  { view, text, clock }: { view: LogsView; text: string; clock: Clock },
): Promise<Sheet> {
  const { svc_name } = view;
  const find = (own: boolean) =>
    recordsAround(store, place, {
      nowMs: clock.nowMs,
      filter: { ...(svc_name && { svc_name }), ...(!own && { own }) },
    });
  // One of Holdfast's own is shown among its like.
  const around = await find(view.own) ?? (view.own ? undefined : await find(true));
  return {
    title: "Around a record",
    section: "logs",
    styles: "logs",
    search: { action: "/board/logs", what: "logs", q: "", svc_name, fields: LOG_FIELDS },
    content: <AroundRecord {...{ around, place, view, text, clock }} />,
  };
}

interface AroundProps {
  around: Around | undefined;
  place: Place;
  view: LogsView;
  /** The parameter that names the record. */
  text: string;
  clock: Clock;
}

function AroundRecord({ around, place, view, text, clock }: AroundProps): Html {
  const { svc_name, columns, own } = view;
  const kept = { columns: columnsText(columns), own: own ? "1" : "" };
  const parameters = { svc_name, ...kept };
  const here = (change: Record<string, string>) =>
    `${address("/board/logs", { ...parameters, ...change, around: text })}#here`;
  const time = isoTime(place.timeMs);
  if (around === undefined) return <NotFound {...{ view, time, clock }} />;
  const { records, hasLater, hasEarlier, damaged } = around;
  const middle = records.find((record) => keyOf(record) === place.key)!;
  const stepTo = (record: typeof middle) => aroundAddress(record, parameters);
  return (
    <>
      <div class="page-head">
        <h1>Around {zonedTime(time, clock.zone).replace("T", " ")}</h1>
        <p class="soft">
          {`Up to ${EACH_SIDE} records before and after, `}
          {svc_name === ""
            ? (
              <>
                of all services.{" "}
                <a href={here({ svc_name: middle.svc_name })}>
                  Only <bdi>{plainLine(middle.svc_name, 60)}</bdi>
                </a>
              </>
            )
            : (
              <>
                of <bdi>{plainLine(svc_name, 60)}</bdi>.{" "}
                <a href={here({ svc_name: "" })}>Of all services</a>
              </>
            )}
          {!own && (
            <>
              {" "}
              <a href={here({ own: "1" })}>With Holdfast's own</a>
            </>
          )}
        </p>
      </div>
      <ColumnChips columns={columns} addressOf={(rest) => here({ columns: columnsText(rest) })} />
      {damaged !== undefined && <p class="note bad" role="alert">{damaged}</p>}
      <nav class="pager" aria-label="Later records">
        {hasLater
          ? <a href={stepTo(records[0]!)}>Later</a>
          : <span class="soft">End of the log</span>}
      </nav>
      <LogRows
        records={records}
        clock={clock}
        columns={columns}
        kept={kept}
        marked={place.key}
        hasForm
      />
      <nav class="pager" aria-label="Earlier records">
        {hasEarlier
          ? <a href={stepTo(records.at(-1)!)}>Earlier</a>
          : <span class="soft">Beginning of the log</span>}
        <a href={address("/board/logs", { ...parameters, until: isoTime(place.timeMs + 1) })}>
          The log from here back
        </a>
      </nav>
      <FieldForm parameters={{ ...parameters, around: text }} />
    </>
  );
}

function NotFound({ view, time, clock }: { view: LogsView; time: string; clock: Clock }) {
  const { svc_name } = view;
  return (
    <Empty title="This record is not there">
      <p>
        Its time is {fullTime(time, clock)}. It may have been removed, or has not been stored yet.
      </p>
      <p>
        <a href={address("/board/logs", { svc_name, until: time })}>The log before that time</a>
        {" · "}
        <a href="/board/logs">The newest records</a>
      </p>
    </Empty>
  );
}
