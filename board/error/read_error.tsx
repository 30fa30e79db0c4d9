/** @jsxImportSource hono/jsx */
import type { ErrorDetail, LogPage, LogRecord, OccurrenceDetail } from "../../logging/mod.ts";
import type { Reproduction } from "../../modules/reproduction.ts";
import { MAX_PAGE_ROWS } from "../../store/limits.ts";
import type { Looking } from "../access/gate.tsx";
import { errorPath, occurrencePath } from "../addresses.ts";
import type { Desk, Sheet } from "../desk.ts";
import { Done } from "../done.tsx";
import { pathOfId } from "../errors/read_errors.tsx";
import { goTo } from "../layout.tsx";
import { CopyText } from "../parts/parts.tsx";
import { peopleOf } from "../people/people.tsx";
import { ErrorPage } from "./error_page.tsx";
import { toMarkdown } from "./exports.ts";
import { newIssueAddress } from "./new_issue.ts";

/** Marks in the strip. */
const TIMES_SHOWN = 100;
/** Of the log of an occurrence's request. */
const REQUEST_LINES = 50;

/** One error at one of its occurrences, the newest where none is named. Null where there is no such error. */
export async function readError(
  desk: Desk,
  parameters: URLSearchParams,
  { origin, linkTo, person, clock, id, occurrence: occurrenceId }: Looking & {
    id: string;
    occurrence?: string;
  },
): Promise<Sheet | Response | null> {
  const { store, options, logging } = desk;
  const error = await store.error(id);
  if (error === null) return null;
  if (error.id !== id) return goTo(await pathOfId(desk, id) ?? errorPath(error.id));
  const [times, releases] = await Promise.all([
    store.occurrenceTimes(error.id, {
      limit: TIMES_SHOWN,
      ...(occurrenceId !== undefined && { around: occurrenceId }),
    }),
    store.releaseNames({ svc_name: error.svc_name, limit: MAX_PAGE_ROWS }),
  ]);
  const shown = occurrenceId ?? times.items[0]?.error_id;
  const occurrence = shown === undefined ? null : await store.occurrence(shown);
  // It was split off or merged after the link was made, or the link names its event.
  if (occurrence && (occurrence.error !== error.id || occurrence.error_id !== shown)) {
    return goTo(occurrencePath(occurrence.error, occurrence.error_id));
  }
  if (parameters.get("copy") === "markdown" && occurrence) {
    return markdownSheet(error, occurrence.record);
  }
  const { issuesUrl, publicUrl, names = [] } = options;
  const requestId = occurrence?.record.request_id;
  const logs = requestId === undefined
    ? null
    : await store.listLogs({ request_id: requestId, limit: REQUEST_LINES });
  const content = (
    <>
      <Done parameters={parameters} back={errorPath(error.id)} isOne />
      <ErrorPage
        error={error}
        occurrence={occurrence}
        times={times}
        logs={logs}
        test={occurrence && await reproduction(error, occurrence, logs)}
        releases={releases}
        code={logging.code}
        people={peopleOf(person, names)}
        newIssue={issuesUrl && occurrence
          ? newIssueAddress({
            issuesUrl,
            error,
            record: occurrence.record,
            link: linkTo(errorPath(error.id)),
          })
          : undefined}
        origin={publicUrl ?? origin}
        linkTo={linkTo}
        clock={clock}
      />
    </>
  );
  return { title: error.type, section: "errors", styles: "error", content };
}

/** One too long to stand in a menu. */
function markdownSheet(error: ErrorDetail, record: LogRecord): Sheet {
  const content = (
    <div class="stack">
      <p>
        <a href={occurrencePath(error.id, record.error_id!)}>Back to the error</a>
      </p>
      <CopyText label="Markdown" text={toMarkdown(error, record)} />
    </div>
  );
  return { title: error.type, section: "errors", content };
}

/** The error's page alone needs it: a start does not read it. */
async function reproduction(
  error: ErrorDetail,
  { error_id, record }: OccurrenceDetail,
  logs: LogPage | null,
): Promise<Reproduction> {
  const { answerOf, reproductionOf } = await import("../../modules/reproduction.ts");
  const request = answerOf(record, logs?.items ?? []);
  return reproductionOf({ ...record, error_id }, { error, request });
}
