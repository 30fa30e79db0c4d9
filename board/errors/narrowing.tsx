/** @jsxImportSource hono/jsx */
import type { ReleaseAppeared } from "../../logging/mod.ts";
import { SEARCH_FORM } from "../desk.ts";
import { type Html, Pickers } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { RangeLinks } from "../parts/time_range.tsx";
import { type Clock, count } from "../parts/times.ts";
import { type People, personOptions } from "../people/people.tsx";
import { errorsAddress, type ErrorsView, SORTS, tabOf } from "./errors_view.ts";
import { type FailureCounts, type Failures, failuresIn } from "./failures.ts";

const MAX_NAME_CHARS = 40;
/** Releases that can be chosen, the newest. */
const MAX_RELEASES = 50;

/** Time, environment, release, person and order. They belong to the search in the frame, with the service. */
export function Narrowing(
  { view, failures, environments, releases, people, clock }: {
    view: ErrorsView;
    failures: Failures;
    /** Names that can be chosen. */
    environments: readonly string[];
    /** The newest first. */
    releases: readonly ReleaseAppeared[];
    people: People;
    clock: Clock;
  },
): Html {
  const names = [...new Set(releases.map(({ release }) => release))].slice(0, MAX_RELEASES);
  return (
    <div class="narrowing">
      <RangeLinks
        view={view}
        addressOf={(range) => errorsAddress(view, range)}
        clock={clock}
      />
      <Pickers>
        <CountedPicker
          name="environment"
          all="All environments"
          value={view.environment}
          names={environments}
          counts={failures.by.environment}
          span={failures.span}
        />
        <CountedPicker
          name="release"
          all="All releases"
          value={view.release}
          names={names}
          counts={failures.by.release}
          span={failures.span}
        />
        <Picker
          name="assigned_to"
          label="Assigned to"
          value={view.assigned_to === people.person.name ? "mine" : view.assigned_to}
          options={personOptions(people, view.assigned_to)}
        />
        <Picker name="sort" label="Order" value={view.sort} options={SORTS} />
        {view.tab !== tabOf(view.what) && (
          <input type="hidden" name="state" value={view.tab} form={SEARCH_FORM} />
        )}
        {view.what !== "" && (
          <input type="hidden" name="what" value={view.what} form={SEARCH_FORM} />
        )}
      </Pickers>
    </div>
  );
}

type Options = readonly (readonly [value: string, title: string])[];

function Picker(
  { name, label, value, options }: {
    name: string;
    label: string;
    value: string;
    options: Options;
  },
) {
  return (
    <select name={name} aria-label={label} form={SEARCH_FORM}>
      <Choices options={options} value={value} />
    </select>
  );
}

function Choices({ options, value }: { options: Options; value: string }) {
  return (
    <>
      {options.map(([option, title]) => (
        <option value={option} selected={option === value}>{title}</option>
      ))}
    </>
  );
}

/** What its numbers count stands above them. */
function CountedPicker(
  { name, all, value, names, counts, span }: {
    name: string;
    all: string;
    value: string;
    names: readonly string[];
    counts: FailureCounts;
    span: string;
  },
) {
  const known = [...new Set([...names, value])].filter(Boolean);
  if (known.length === 0) return null;
  const options = known.map((known) => [known, counted(known, counts.get(known))] as const);
  return (
    <select
      name={name}
      aria-label={name === "release" ? "Release" : "Environment"}
      form={SEARCH_FORM}
    >
      <option value="">{all}</option>
      <optgroup label={failuresIn({ span })}>
        <Choices options={options} value={value} />
      </optgroup>
    </select>
  );
}

function counted(name: string, failures = 0): string {
  const shown = plainLine(name, MAX_NAME_CHARS);
  return failures === 0 ? shown : `${shown} (${count(failures)})`;
}
