/** @jsxImportSource hono/jsx */
/** Who may use the board, and whose the open errors are. */
import { type Logging, MAX_TOTAL } from "../../logging/mod.ts";
import type { OperatorToken } from "../../store/operator.ts";
import { MAX_PERSON_CHARS } from "../../store/limits.ts";
import { address } from "../addresses.ts";
import type { Person } from "../access/gate.tsx";
import type { ReadSheet } from "../desk.ts";
import { CopyText, type Html, Moment, PageHead, Panel } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { type Column, Table } from "../parts/table.tsx";
import { type Clock, count } from "../parts/times.ts";
import { peopleOf } from "./people.tsx";

/** A configuration has at most as many names. */
const MAX_PEOPLE = 60;
const MAKE_TOKEN = "openssl rand -hex 24";

/** Somebody whom errors can be assigned to. */
interface Member {
  /** Null: nobody. */
  name: string | null;
  /** What their token may do; undefined where there is none of this name. */
  mayWrite: boolean | undefined;
  isYou: boolean;
  open: number;
  /** When an open error of theirs happened last. */
  newest: string | undefined;
}

export const readPeople: ReadSheet = async ({ store, options }, _, { person, clock }) => {
  const { operators, names = [] } = options;
  const known = peopleOf(person, names).names.slice(0, MAX_PEOPLE);
  const members = await Promise.all([...known, null].map(async (name) => ({
    name,
    mayWrite: rightsOf(name, { operators, person }),
    isYou: name !== null && name === person.name,
    ...await openErrors(store, name),
  })));
  const content = (
    <>
      <PageHead title="People" says={sayWho(person)} />
      <div class="stack">
        <Table
          caption="People and their open errors"
          columns={columnsOf(clock)}
          rows={members}
          hasLinks
        />
        <p class="soft">
          A name that somebody typed on an error is found by <code>assigned_to:</code>{" "}
          in the search.
        </p>
        {person.mayWrite && (person.canSignOut ? <NewPerson operators={operators} /> : <ByApp />)}
      </div>
    </>
  );
  return { title: "People", section: "people", styles: "services", content };
};

async function openErrors(
  store: Logging["store"],
  name: string | null,
): Promise<Pick<Member, "open" | "newest">> {
  const { items, total } = await store.listErrors({ state: "open", assigned_to: name, limit: 1 });
  return { open: total, newest: items[0]?.last_seen };
}

/** Of several tokens with one name, what any of them may. */
function rightsOf(
  name: string | null,
  { operators, person }: { operators: readonly OperatorToken[]; person: Person },
): boolean | undefined {
  if (name !== null && name === person.name) return person.mayWrite;
  const own = operators.filter((operator) => operator.name === name);
  return own.length === 0 ? undefined : own.some(({ mayWrite }) => mayWrite);
}

function sayWho({ name, mayWrite, canSignOut }: Person): Html {
  const may = mayWrite ? "may change everything here" : "may look, and change nothing";
  return (
    <>
      {name === undefined
        ? "You are signed in with a token without a name: histories call you operator"
        : (
          <>
            You are <bdi>{plainLine(name, MAX_PERSON_CHARS)}</bdi>
          </>
        )}
      {canSignOut ? `. You ${may}.` : `, let in by the app. You ${may}.`}
    </>
  );
}

function columnsOf(clock: Clock): Column<Member>[] {
  return [
    {
      title: "Name",
      cell: ({ name, isYou }) => (
        <>
          {name === null
            ? <a href={errorsOf("nobody")}>Nobody</a>
            : (
              <a href={errorsOf(isYou ? "mine" : name)}>
                <bdi>{plainLine(name, MAX_PERSON_CHARS)}</bdi>
              </a>
            )} {isYou && <span class="state">you</span>}
        </>
      ),
    },
    {
      title: "May",
      cell: ({ name, mayWrite }) =>
        mayWrite === undefined
          ? <span class="soft">{name === null ? "–" : "use the API"}</span>
          : mayWrite
          ? "change"
          : "look",
    },
    {
      title: "Open errors",
      isNumber: true,
      cell: ({ open }) => count(open, MAX_TOTAL),
    },
    {
      title: "Newest",
      isNumber: true,
      cell: ({ newest }) => newest === undefined ? "–" : <Moment time={newest} clock={clock} />,
    },
  ];
}

function errorsOf(assigned_to: string): string {
  return address("/board", { assigned_to });
}

/** Tokens are never shown: those that are there stand in the line as they would be read out. */
function NewPerson({ operators }: { operators: readonly OperatorToken[] }) {
  const there = operators.map(({ name, mayWrite }) =>
    (name === undefined ? "YOUR_NAME:YOUR_TOKEN" : `${name}:…`) + (mayWrite ? "" : ":read")
  );
  const line = `OPERATOR_TOKEN=${[...there, "NEW_NAME:NEW_TOKEN"].join(",")}`;
  return (
    <Panel title="Add a person">
      <div class="stack narrow">
        <p>
          Everybody has a token with their name, in the environment of the service. Put{" "}
          <code>:read</code>{" "}
          behind the token of somebody who may only look. Then restart the service: sessions of the
          other tokens go on.
        </p>
        <CopyText label="Make a token" text={MAKE_TOKEN} />
        <CopyText label="The environment's line" text={line} />
      </div>
    </Panel>
  );
}

function ByApp() {
  return (
    <Panel title="Add a person">
      <p class="narrow">
        The app says who comes in: what it gives to <code>hf.board({"{ auth }"})</code>{" "}
        answers with a name, and with <code>read: true</code>{" "}
        for those who may only look. Tokens with names open its API.
      </p>
    </Panel>
  );
}
