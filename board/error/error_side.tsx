/** @jsxImportSource hono/jsx */
/** What is known of all occurrences of an error together, and what was done to it. */
import type { ErrorDetail, ReleaseAppeared } from "../../logging/mod.ts";
import { MAX_NOTE_CHARS } from "../../store/limits.ts";
import { HOUR_MS } from "../../store/times.ts";
import { occurrencePath } from "../addresses.ts";
import { Field, type Html, Moment } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { RangeChart } from "../parts/range_chart.tsx";
import { type Clock, count } from "../parts/times.ts";
import { assigneeSection } from "../people/people.tsx";
import { ErrorForm, Submit } from "./error_forms.tsx";
import type { ErrorProps } from "./error_page.tsx";
import { environmentsSection, releasesSection, tagsSection, usersSection } from "./facets.tsx";
import { present, type Section } from "./sections.tsx";

const TREND_HOURS = 24;

export function sideSections({ error, releases, people, clock }: ErrorProps): Section[] {
  const { mayWrite } = people.person;
  return present([
    trendSection(error, { releases, clock }),
    assigneeSection(error),
    usersSection(error),
    releasesSection(error),
    environmentsSection(error),
    tagsSection(error),
    variantsSection(error, mayWrite),
    {
      id: "history",
      title: "History",
      content: <History error={error} mayWrite={mayWrite} clock={clock} />,
    },
    {
      id: "why",
      title: "Why grouped",
      content: <>{error.keys.map((key) => <Key {...key} />)}</>,
    },
  ]);
}

function trendSection(
  { trend }: ErrorDetail,
  { releases, clock }: { releases: readonly ReleaseAppeared[]; clock: Clock },
): Section {
  return {
    id: "day",
    title: "Last 24 hours",
    short: "Day",
    isTitled: true,
    content: (
      <RangeChart
        title="Last 24 hours"
        unit="time"
        clock={clock}
        firstMs={(Math.floor(clock.nowMs / HOUR_MS) - TREND_HOURS + 1) * HOUR_MS}
        stepMs={HOUR_MS}
        series={[{ name: "times", tone: "bad" }]}
        steps={trend.map((value) => ({ values: [value] }))}
        releases={releases}
        height={64}
      />
    ),
  };
}

function variantsSection(error: ErrorDetail, mayWrite: boolean): Section | null {
  if (error.variants.length < 2) return null;
  return {
    id: "variants",
    title: "Variants",
    content: (
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
    ),
  };
}

function History(
  { error, mayWrite, clock }: { error: ErrorDetail; mayWrite: boolean; clock: Clock },
): Html {
  return (
    <>
      {mayWrite && (
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
    </>
  );
}

const RULES = {
  frames: "Same type, error code, nearest frames of the app's code, and cause:",
  message:
    "The stack has no frame of the app's code, so: same route, and same message with ids and numbers masked:",
  caller: "Same fingerprint, set by the caller:",
  overflow: "Too many new errors were opened, so further ones of the service are grouped together:",
} as const;

function Key({ key, rule, parts }: ErrorDetail["keys"][number]): Html {
  return (
    <div class="why">
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
