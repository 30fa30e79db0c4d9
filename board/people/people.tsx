/** @jsxImportSource hono/jsx */
/** Who sees to an error, and where its issue elsewhere is. */
import type { ErrorDetail } from "../../logging/mod.ts";
import { isWebAddress } from "../../modules/people.ts";
import { MAX_PERSON_CHARS, MAX_URL_CHARS } from "../../store/limits.ts";
import { ErrorForm, Submit } from "../error/error_forms.tsx";
import type { Person } from "../access/gate.tsx";
import { Menu, MenuItem } from "../error/menu.tsx";
import type { Section } from "../error/sections.tsx";
import { Field, type Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";

const NAMES_ID = "people";
/** Names that have a button of their own; the field proposes all. */
const MAX_BUTTONS = 8;

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

/** Beside an error; nothing where nobody has it and no issue is linked. */
export function assigneeSection({ assigned_to, issue_url }: ErrorDetail): Section | null {
  if (assigned_to === null && issue_url === null) return null;
  return {
    id: "person",
    title: "Person and issue",
    content: (
      <dl class="facts">
        <dt>Assigned to</dt>
        <dd>
          {assigned_to === null ? "nobody" : <bdi>{plainLine(assigned_to, MAX_PERSON_CHARS)}</bdi>}
        </dd>
        {issue_url !== null && (
          <>
            <dt>Issue</dt>
            <dd>
              <Issue url={issue_url} />
            </dd>
          </>
        )}
      </dl>
    ),
  };
}

/** Says who has it. */
export function AssignMenu({ error, people: { person, names } }: Assigning): Html {
  const { assigned_to } = error;
  const others = names.filter((name) => name !== assigned_to && name !== person.name);
  const title = assigned_to === null ? "Assign" : plainLine(assigned_to, MAX_PERSON_CHARS);
  return (
    <Menu
      title={<bdi>{title}</bdi>}
      says={assigned_to === null ? "Assign" : `Assigned to ${title}`}
    >
      {person.name !== undefined && person.name !== assigned_to && (
        <ErrorForm error={error} layout="orders">
          <input type="hidden" name="to" value={person.name} />
          <Submit action="assign" title="Assign to me" />
        </ErrorForm>
      )}
      {others.length > 0 && (
        <ErrorForm error={error} layout="orders">
          <input type="hidden" name="action" value="assign" />
          {others.slice(0, MAX_BUTTONS).map((name) => (
            <button type="submit" name="to" value={name}>
              Assign to <bdi>{plainLine(name, MAX_PERSON_CHARS)}</bdi>
            </button>
          ))}
        </ErrorForm>
      )}
      <ErrorForm error={error}>
        <Field
          label="Other name"
          wide
          name="to"
          required
          maxlength={MAX_PERSON_CHARS}
          list={names.length > 0 ? NAMES_ID : undefined}
        />
        <Submit action="assign" />
        <datalist id={NAMES_ID}>{names.map((name) => <option value={name} />)}</datalist>
      </ErrorForm>
      {assigned_to !== null && (
        <ErrorForm error={error} layout="orders">
          <Submit action="unassign" />
        </ErrorForm>
      )}
    </Menu>
  );
}

interface Assigning {
  error: ErrorDetail;
  people: People;
}

/** Links the error to its issue elsewhere. */
export function IssueItem(
  { error, newIssue }: { error: ErrorDetail; newIssue: string | undefined },
): Html {
  if (error.issue_url !== null) {
    return (
      <MenuItem title="Linked to an issue">
        <Issue url={error.issue_url} />
        <ErrorForm error={error}>
          <Submit action="unlink" />
        </ErrorForm>
      </MenuItem>
    );
  }
  return (
    <MenuItem title="Link an issue">
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
    </MenuItem>
  );
}

/** Whatever the store holds, a link leads to the web. */
function Issue({ url }: { url: string }) {
  const shown = plainLine(url, MAX_URL_CHARS);
  if (!isWebAddress(url)) return <bdi class="code">{shown}</bdi>;
  return <a href={url} rel="noopener noreferrer nofollow" class="address">{shown}</a>;
}

/** Whose errors a list can be of: value and title. */
export function personOptions(
  { person, names }: People,
  value: string,
): (readonly [value: string, title: string])[] {
  const others = new Set(
    [...names, value].filter((name) => !["", "mine", "nobody", person.name].includes(name)),
  );
  return [
    ["", "Assigned to anyone"],
    ...(person.name === undefined && value !== "mine" ? [] : [["mine", "Me"]] as const),
    ["nobody", "Nobody"],
    ...[...others].map((name) => [name, plainLine(name, 40)] as const),
  ];
}
