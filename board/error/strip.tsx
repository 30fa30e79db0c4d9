/** @jsxImportSource hono/jsx */
/** When an error happened: a mark for each of some occurrences, which leads to it. */
import {
  type ErrorDetail,
  MAX_TOTAL,
  type OccurrenceDetail,
  type OccurrenceTimes,
  type ReleaseAppeared,
} from "../../logging/mod.ts";
import { OTHERS } from "../../store/limits.ts";
import { errorPath, occurrencePath } from "../addresses.ts";
import { CopyText, type Html, Moment } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { type Clock, count, fullTime } from "../parts/times.ts";
import { Menu } from "./menu.tsx";

const WIDTH = 1000;
const HEIGHT = 40;
/** Marks of one column stand above each other, up to so many; the next ones stand beside them. */
const COLUMNS = 200;
const ROWS = 5;
const COLUMN_WIDTH = WIDTH / COLUMNS;
const MAX_MARK_HEIGHT = 20;
const MAX_RELEASES_NAMED = 3;

interface StripProps {
  error: ErrorDetail;
  occurrence: OccurrenceDetail;
  times: OccurrenceTimes;
  releases: readonly ReleaseAppeared[];
  clock: Clock;
  /** The whole address of the page at a path. */
  linkTo: (path: string) => string;
}

/** Which occurrence is shown, where it stands among the others, and the way to them. */
export function OccurrenceBar(props: StripProps): Html {
  const { error, occurrence, times, clock, linkTo } = props;
  const { error_id, newer, older, record } = occurrence;
  const index = times.items.findIndex((item) => item.error_id === error_id);
  const path = occurrencePath(error.id, error_id);
  return (
    <section class="shown" aria-label="Occurrences" id="occurrences">
      <div class="which">
        <strong>{fullTime(record.time, clock)}</strong>
        <Moment time={record.time} clock={clock} />
        {index >= 0 && (
          <span class="soft">
            {`${count(times.newer + index + 1)} of ${count(times.total, MAX_TOTAL)} kept`}
          </span>
        )}
        <nav aria-label="Occurrences">
          {newer
            ? <a href={occurrencePath(error.id, newer)} rel="prev">← Newer</a>
            : <span>Newest</span>}
          {older
            ? <a href={occurrencePath(error.id, older)} rel="next">Older →</a>
            : <span>Oldest kept</span>}
          {newer !== null && <a href={errorPath(error.id)}>Newest</a>}
        </nav>
        <Menu title="Id and link">
          <CopyText label="Id of the occurrence" text={error_id} />
          <CopyText label="Link to it" text={linkTo(path)} />
        </Menu>
      </div>
      {times.items.length > 1 && <Strip {...props} />}
    </section>
  );
}

function Strip({ error, occurrence, times, releases, clock }: StripProps) {
  const { items } = times;
  const [newest, oldest] = [items[0]!, items.at(-1)!];
  const firstMs = Date.parse(oldest.time);
  const spanMs = Math.max(1, Date.parse(newest.time) - firstMs);
  const columnOf = (time: string) =>
    Math.round((Date.parse(time) - firstMs) / spanMs * (COLUMNS - 1));
  const columns = columnsOf(items.toReversed(), columnOf);
  const most = Math.max(...[...columns.values()].map(({ length }) => length));
  const height = Math.min(MAX_MARK_HEIGHT, (HEIGHT - 2) / most);
  const begun = releases.filter(({ release, first_seen }) =>
    release !== OTHERS && first_seen > oldest.time && first_seen <= newest.time
  );
  const named = begun.slice(0, MAX_RELEASES_NAMED).map((release) => plainLine(release.release, 60));
  const more = begun.length - named.length;
  return (
    <>
      <svg
        class="strip"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="group"
        aria-label={`${count(items.length)} occurrences by time`}
      >
        <path class="base" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
        {begun.map(({ release, first_seen }) => (
          <g class="mark">
            <title>{`${plainLine(release, 60)} from ${fullTime(first_seen, clock)} on`}</title>
            <path d={`M${columnOf(first_seen) * COLUMN_WIDTH + COLUMN_WIDTH / 2} 0V${HEIGHT}`} />
          </g>
        ))}
        {[...columns].flatMap(([column, here]) =>
          here.map(({ error_id, time }, place) => {
            const isShown = error_id === occurrence.error_id;
            const y = HEIGHT - 1 - (place + 1) * height;
            return (
              <>
                {isShown && (
                  <path
                    class="here"
                    d={`M${Math.max(1, column * COLUMN_WIDTH - 0.5)} 0V${HEIGHT}`}
                  />
                )}
                {/* Such an address leads to the occurrence, and is half as long: of a hundred that counts. */}
                <a
                  href={errorPath(error_id)}
                  tabindex={isShown ? 0 : -1}
                  aria-current={isShown ? "true" : undefined}
                >
                  <title>{fullTime(time, clock)}</title>
                  <path
                    d={`M${column * COLUMN_WIDTH} ${y.toFixed(1)}h4v${(height - 1).toFixed(1)}h-4z`}
                  />
                </a>
              </>
            );
          })
        )}
      </svg>
      <p class="ends">
        <a href={occurrencePath(error.id, oldest.error_id)}>{fullTime(oldest.time, clock)}</a>
        {named.length > 0 && (
          <bdi class="soft">
            {`new here: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`}
          </bdi>
        )}
        <a href={occurrencePath(error.id, newest.error_id)}>{fullTime(newest.time, clock)}</a>
      </p>
    </>
  );
}

type Times = OccurrenceTimes["items"];

/** Where the marks stand, the oldest first: as near to their time as there is room. */
function columnsOf(items: Times, columnOf: (time: string) => number): Map<number, Times> {
  const columns = new Map<number, Times>();
  let last = 0;
  for (const [index, item] of items.entries()) {
    // The later ones need room, too.
    const most = COLUMNS - 1 - Math.floor((items.length - 1 - index) / ROWS);
    const column = Math.max(last, Math.min(columnOf(item.time), most));
    last = columns.get(column)?.length === ROWS ? column + 1 : column;
    const here = columns.get(last);
    if (here === undefined) columns.set(last, [item]);
    else here.push(item);
  }
  return columns;
}
