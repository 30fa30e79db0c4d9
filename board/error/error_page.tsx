/** @jsxImportSource hono/jsx */
import {
  type ErrorDetail,
  type LogPage,
  type LogRecord,
  type OccurrenceDetail,
  type OccurrenceTimes,
  type ReleaseAppeared,
  type RunningCode,
  saidBeside,
} from "../../logging/mod.ts";
import type { Reproduction } from "../../modules/reproduction.ts";
import { type Html, TextBox } from "../parts/parts.tsx";
import { plain } from "../parts/plain.ts";
import { type Clock, counted } from "../parts/times.ts";
import type { People } from "../people/people.tsx";
import { ActionBar } from "./action_bar.tsx";
import { sideSections } from "./error_side.tsx";
import { causesOf, codeOf } from "./frames.ts";
import { Before, Threads } from "./happened.tsx";
import { Head } from "./head.tsx";
import { answerSection, contextSection, logsSection, requestSection } from "./request_parts.tsx";
import { present, type Section, SectionNav, Sections } from "./sections.tsx";
import { OccurrenceBar } from "./strip.tsx";
import { Thrown } from "./thrown.tsx";

export interface ErrorProps {
  error: ErrorDetail;
  /** The one that is shown; null where none is kept. */
  occurrence: OccurrenceDetail | null;
  /** Of some occurrences, with the one that is shown in their middle. */
  times: OccurrenceTimes;
  /** Of the occurrence's request. */
  logs: LogPage | null;
  /** Of the occurrence. */
  test: Reproduction | null;
  /** Of its service, those that appeared last first. */
  releases: readonly ReleaseAppeared[];
  code: RunningCode;
  people: People;
  /** The prefilled address of a new issue elsewhere, where there is one. */
  newIssue: string | undefined;
  /** Where a copied curl command sends the request. */
  origin: string;
  /** The whole address of the page at a path. */
  linkTo: (path: string) => string;
  clock: Clock;
}

/** One error at one of its occurrences: how bad it is, what can be done, what broke where, and what else is known. */
export function ErrorPage(props: ErrorProps): Html {
  const { error, occurrence, clock } = props;
  const main = mainSections(props);
  const side = sideSections(props);
  return (
    <div class="one">
      <ActionBar {...props} />
      <Head error={error} clock={clock} />
      {occurrence && <OccurrenceBar {...props} occurrence={occurrence} />}
      <SectionNav sections={[...main, ...side]} />
      <div class="two">
        <div>
          <Sections sections={main} />
        </div>
        <div>
          <Sections sections={side} />
        </div>
      </div>
    </div>
  );
}

/** Of the occurrence, in the order in which one looks. */
function mainSections({ occurrence, code, logs, clock }: ErrorProps): Section[] {
  if (occurrence === null) {
    return [{
      id: "stack",
      title: "Stack",
      content: (
        <p class="soft">
          All occurrences were older than RETENTION_DAYS and have been deleted. Counts stay.
        </p>
      ),
    }];
  }
  const { record } = occurrence;
  return present([
    messageSection(record),
    stackSection(record, code),
    requestSection(record),
    answerSection(record),
    logsSection({ logs, record, clock }),
    breadcrumbsSection(record, clock),
    contextSection(record),
  ]);
}

/** What was said beside the error, where that is more. */
function messageSection(record: LogRecord): Section | null {
  const said = saidBeside(record);
  if (said === undefined) return null;
  return { id: "message", title: "Message", content: <TextBox text={plain(said)} dir="auto" /> };
}

function stackSection(record: LogRecord, running: RunningCode): Section | null {
  const causes = causesOf(record.error);
  const threads = record.attrs?.threads;
  if (causes.length === 0 && threads === undefined) return null;
  const code = codeOf(record, running);
  return {
    id: "stack",
    title: "Stack",
    hint: causes[0]?.stack_reused && "of a similar failure in the same second",
    content: (
      <>
        {causes.map((cause, depth) => <Thrown error={cause} isCause={depth > 0} code={code} />)}
        {threads !== undefined && <Threads threads={threads} />}
      </>
    ),
  };
}

function breadcrumbsSection({ breadcrumbs }: LogRecord, clock: Clock): Section | null {
  if (breadcrumbs === undefined || breadcrumbs.length === 0) return null;
  return {
    id: "breadcrumbs",
    title: "Breadcrumbs",
    hint: counted(breadcrumbs.length, "step"),
    content: <Before breadcrumbs={breadcrumbs} clock={clock} />,
  };
}
