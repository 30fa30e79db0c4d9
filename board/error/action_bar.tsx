/** @jsxImportSource hono/jsx */
import { errorPath, occurrencePath } from "../addresses.ts";
import { Traits } from "../errors/traits.tsx";
import { DAY_MS } from "../../store/times.ts";
import { Copy, type Html, StateMark } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { AssignMenu, IssueItem } from "../people/people.tsx";
import { DeleteItem, ErrorForm, MergeItem, MuteMenu, ResolveMenu, Submit } from "./error_forms.tsx";
import type { ErrorProps } from "./error_page.tsx";
import { toCurl, toMarkdown } from "./exports.ts";
import { releasesAfter } from "./fix.tsx";
import { Menu } from "./menu.tsx";

/** What is longer would weigh as much as the rest of the page, and has a page of its own. */
const MAX_MARKDOWN_CHARS = 4_000;

const MAX_TYPE_CHARS = 80;

/** What can be done to an error. It stays in sight. */
export function ActionBar(props: ErrorProps): Html {
  const { error, people, releases, clock } = props;
  return (
    <div class="bar" role="region" aria-label="This error">
      <StateMark state={error.state} />
      <span class="traits">
        <Traits error={error} sinceMs={clock.nowMs - DAY_MS} clock={clock} />
      </span>
      <h1>
        <bdi>{plainLine(error.type, MAX_TYPE_CHARS)}</bdi>
      </h1>
      <div class="does">
        {people.person.mayWrite && (
          <>
            {error.state !== "open" && (
              <ErrorForm error={error}>
                <Submit action={error.state === "muted" ? "unmute" : "reopen"} />
              </ErrorForm>
            )}
            {error.state !== "resolved" && (
              <ResolveMenu error={error} newer={releasesAfter(releases, error.last_release)} />
            )}
            {error.state === "open" && <MuteMenu error={error} />}
            <AssignMenu error={error} people={people} />
          </>
        )}
        <MoreMenu {...props} />
      </div>
    </div>
  );
}

/** Who may only read copies. */
function MoreMenu(props: ErrorProps) {
  const { error, people: { person }, newIssue } = props;
  if (!person.mayWrite) return <Menu title="Copy">{<Copies {...props} />}</Menu>;
  return (
    <Menu
      title={
        <>
          <span class="word">More</span>
          <span class="dots" aria-hidden="true">⋯</span>
        </>
      }
    >
      <Copies {...props} />
      <IssueItem error={error} newIssue={newIssue} />
      {error.variants.length > 1 && <a class="item" href="#variants">Split a variant off</a>}
      <MergeItem error={error} />
      <DeleteItem error={error} />
    </Menu>
  );
}

function Copies({ error, occurrence, test, origin, linkTo }: ErrorProps) {
  const record = occurrence?.record;
  const curl = record && toCurl(record, origin);
  const markdown = record === undefined ? "" : toMarkdown(error, record);
  const path = occurrence === null
    ? errorPath(error.id)
    : occurrencePath(error.id, occurrence.error_id);
  return (
    <>
      <Copy title="Copy link" text={linkTo(path)} />
      {markdown.length > MAX_MARKDOWN_CHARS
        ? <a class="item" href={`${path}?copy=markdown`}>Copy as Markdown</a>
        : markdown !== "" && <Copy title="Copy as Markdown" text={markdown} />}
      {curl && <Copy title="Copy as curl" text={curl} />}
      {test && test.kind !== "impossible" && <Copy title="Copy as a test" text={test.text} />}
      {test?.kind === "impossible" && (
        <p class="hint item">It cannot be built as a test: {test.why}.</p>
      )}
    </>
  );
}
