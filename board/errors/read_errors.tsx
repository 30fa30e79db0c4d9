/** @jsxImportSource hono/jsx */
import { type ErrorQuery, MAX_TOTAL } from "../../logging/mod.ts";
import { errorPath, ID, occurrencePath } from "../addresses.ts";
import type { Desk, ReadSheet, SearchFrame } from "../desk.ts";
import { ERROR_FIELDS } from "../../modules/search.ts";
import { Done } from "../done.tsx";
import { goTo } from "../layout.tsx";
import { peopleOf } from "../people/people.tsx";
import { readFirstVisit } from "../services/first_visit.tsx";
import { ErrorsList } from "./errors_page.tsx";
import { errorQueryOf, errorsAddress, readErrorsView } from "./errors_view.ts";
import { failuresIn, readFailures } from "./failures.ts";

/** Releases that can be chosen and are marked, those that appeared last. */
const RELEASES_READ = 50;

/** The list. Searching for the id of an error or an occurrence leads to its page. */
export const readErrors: ReadSheet = async (desk, parameters, looking) => {
  const { person, clock } = looking;
  const { store, options } = desk;
  const view = readErrorsView(parameters, clock);
  if (ID.test(view.q)) {
    const path = await pathOfId(desk, view.q.toLowerCase());
    if (path !== undefined) return goTo(path);
  }
  const query = errorQueryOf(view, { nowMs: clock.nowMs, person });
  const ofService = view.svc_name === "" ? {} : { svc_name: view.svc_name };
  const [rows, totals, environments, releases, failures] = await Promise.all([
    store.listErrors(query),
    totalsOf(desk, query),
    store.environments(),
    store.releaseNames({ ...ofService, limit: RELEASES_READ }),
    readFailures(store, view, clock),
  ]);
  const first = rows.total === 0 ? await readFirstVisit(desk, looking) : null;
  if (first !== null) {
    return { title: "Errors", section: "errors", styles: "services", content: first };
  }
  const trends = await store.trends(rows.items.map(({ id }) => id));
  const content = (
    <>
      <Done parameters={parameters} back={errorsAddress(view, view)} />
      <ErrorsList
        view={view}
        rows={rows}
        totals={totals}
        trends={trends}
        failures={failures}
        environments={environments}
        releases={releases}
        people={peopleOf(person, options.names ?? [])}
        clock={clock}
      />
    </>
  );
  const search: SearchFrame = {
    action: "/board",
    what: "errors",
    q: view.q,
    svc_name: view.svc_name,
    counts: {
      byService: failures.by.svc_name,
      what: failuresIn(failures),
    },
    fields: ERROR_FIELDS,
  };
  const list = rows.items.length > 0 ? { list: "errors" } : {};
  return { title: "Errors", section: "errors", styles: "errors", search, content, ...list };
};

/** Of an error or an occurrence; undefined where there is none. */
export async function pathOfId({ store }: Desk, id: string): Promise<string | undefined> {
  const occurrence = await store.occurrence(id);
  if (occurrence) return occurrencePath(occurrence.error, occurrence.error_id);
  const error = await store.error(id);
  return error ? errorPath(error.id) : undefined;
}

/** How many errors each tab has for the same search. */
async function totalsOf({ store }: Desk, query: ErrorQuery) {
  const { state: _state, sort: _sort, limit: _limit, cursor: _cursor, ...filters } = query;
  const counts = await store.stateCounts(filters);
  const all = counts.open + counts.muted + counts.resolved;
  return { ...counts, all: Math.min(all, MAX_TOTAL) };
}
