/** @jsxImportSource hono/jsx */
/** Who sees to an error, and where its issue elsewhere is. */
import type { ErrorDetail } from "../../logging/mod.ts";
import { isWebAddress } from "../../modules/people.ts";
import { MAX_PERSON_CHARS, MAX_URL_CHARS } from "../../store/limits.ts";
import { ErrorForm, Submit } from "../error/error_forms.tsx";
import type { Person } from "../access/gate.tsx";
import { Field, type Html, Panel, Select } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";

const NAMES_ID = "people";

export interface People {
  /** Who looks at the page. */
  person: Person;
  /** Names that can be chosen: theirs, and those of configured tokens. */
  names: readonly string[];
}

/** Whom errors can be assigned to: who looks at the page first. */
export function peopleOf(person: Person, configured: readonly string[]): People {
  const names = [...(person.name === undefined ? [] : [person.name]), ...configured];
  return { person, names: [...new Set(names)] };
}

/** `newIssue`: the prefilled address of a new issue, where there is one. */
export function PeoplePanel(
  { error, people, newIssue }: { error: ErrorDetail; people: People; newIssue: string | undefined },
): Html | null {
  const { assigned_to, issue_url } = error;
  const { mayWrite } = people.person;
  if (!mayWrite && assigned_to === null && issue_url === null) return null;
  return (
    <Panel title="Person and issue">
      <div class="inner people">
        <p>
          <span class="soft">Assigned to</span> {assigned_to === null ? "nobody" : (
            <strong>
              <bdi>{plainLine(assigned_to, MAX_PERSON_CHARS)}</bdi>
            </strong>
          )}
        </p>
        {mayWrite && <AssignForms error={error} people={people} />}
        <p>
          <span class="soft">Issue</span> {issue_url === null ? "none" : <Issue url={issue_url} />}
        </p>
        {mayWrite && <LinkForms error={error} newIssue={newIssue} />}
      </div>
    </Panel>
  );
}

function AssignForms(
  { error, people: { person, names } }: { error: ErrorDetail; people: People },
) {
  const { assigned_to } = error;
  return (
    <>
      <ErrorForm error={error}>
        <Field
          label="Name"
          wide
          name="to"
          required
          maxlength={MAX_PERSON_CHARS}
          list={names.length > 0 ? NAMES_ID : undefined}
        />
        <Submit action="assign" />
        <datalist id={NAMES_ID}>{names.map((name) => <option value={name} />)}</datalist>
      </ErrorForm>
      {(person.name !== undefined && person.name !== assigned_to || assigned_to !== null) && (
        <div class="buttons">
          {person.name !== undefined && person.name !== assigned_to && (
            <ErrorForm error={error}>
              <input type="hidden" name="to" value={person.name} />
              <Submit action="assign" title="Assign to me" />
            </ErrorForm>
          )}
          {assigned_to !== null && (
            <ErrorForm error={error}>
              <Submit action="unassign" />
            </ErrorForm>
          )}
        </div>
      )}
    </>
  );
}

function LinkForms({ error, newIssue }: { error: ErrorDetail; newIssue: string | undefined }) {
  return (
    <>
      {error.issue_url === null && (
        <>
          {newIssue !== undefined && (
            <p>
              <a class="button" href={newIssue} target="_blank" rel="noopener noreferrer">
                New issue
              </a>
            </p>
          )}
          <ErrorForm error={error}>
            <Field
              label="Address of the issue"
              wide
              type="url"
              name="url"
              required
              pattern="https?://.*"
              maxlength={MAX_URL_CHARS}
              placeholder="https://"
            />
            <Submit action="link" />
          </ErrorForm>
        </>
      )}
      {error.issue_url !== null && (
        <ErrorForm error={error}>
          <Submit action="unlink" />
        </ErrorForm>
      )}
    </>
  );
}

/** Whatever the store holds, a link leads to the web. */
function Issue({ url }: { url: string }) {
  const shown = plainLine(url, MAX_URL_CHARS);
  if (!isWebAddress(url)) return <bdi class="code">{shown}</bdi>;
  return <a href={url} rel="noopener noreferrer nofollow" class="address">{shown}</a>;
}

/** Whose errors a list is of. */
export function PersonSelect({ people, value }: { people: People; value: string }): Html {
  const { person, names } = people;
  const others = new Set(
    [...names, value].filter((name) => !["", "mine", "nobody", person.name].includes(name)),
  );
  return (
    <Select
      name="assigned_to"
      label="Assigned to"
      value={value === person.name ? "mine" : value}
      options={[
        ["", "Anyone"],
        ...(person.name === undefined && value !== "mine" ? [] : [["mine", "Me"]] as const),
        ["nobody", "Nobody"],
        ...[...others].map((name) => [name, plainLine(name, 40)] as const),
      ]}
    />
  );
}

/** For the errors that are selected. */
export function AssignMany({ people: { names } }: { people: People }): Html | null {
  if (names.length === 0) return null;
  const options = names.map((name) => [name, plainLine(name, 40)] as const);
  return (
    <>
      <button type="submit" name="action" value="assign">Assign</button>
      <Select name="to" label="Assign to" value={names[0]} options={[...options, ["", "nobody"]]} />
    </>
  );
}
