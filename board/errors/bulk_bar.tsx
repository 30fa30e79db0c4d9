/** @jsxImportSource hono/jsx */
import { MAX_TOTAL } from "../../logging/mod.ts";
import { NEXT_RELEASE } from "../../modules/verbs.ts";
import { MAX_NAME_CHARS } from "../../store/limits.ts";
import { type ActionName, ACTIONS, FIXED_BY, keyOf, MUTE_TIMES } from "../actions.ts";
import { Menu, Split } from "../error/menu.tsx";
import { Field, type Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { count } from "../parts/times.ts";
import type { People } from "../people/people.tsx";
import type { Tab } from "./errors_view.ts";

const MAX_SHOWN_CHARS = 40;

/** What is offered where. */
const OFFERED: Readonly<Record<Tab, readonly ActionName[]>> = {
  open: ["resolve", "mute"],
  muted: ["unmute", "resolve"],
  resolved: ["reopen"],
  all: ["resolve", "mute", "reopen"],
};

/** What can be done to the errors that are selected. It is seen while some are. */
export function BulkBar(
  { tab, hasRelease, newer, people, total, shown }: {
    tab: Tab;
    /** Without releases there is no next one. */
    hasRelease: boolean;
    /** Releases that are proposed, the newest first. */
    newer: readonly string[];
    people: People;
    /** How many match and can be changed at once, up to {@linkcode MAX_TOTAL}. */
    total: number;
    /** On this page. */
    shown: number;
  },
): Html {
  return (
    <div class="bulk" role="group" aria-label="Selected errors">
      <strong data-picked>Selected</strong>
      {OFFERED[tab].map((name) =>
        name === "resolve"
          ? <Resolve hasRelease={hasRelease} newer={newer} />
          : name === "mute"
          ? <Mute />
          : (
            <button type="submit" name="action" value={name} data-key={keyOf(name)}>
              {ACTIONS[name].title}
            </button>
          )
      )}
      <Assign people={people} />
      {total > shown && (
        <label class="all">
          <input type="checkbox" name="all" value="1" data-picks-all />
          {`Select all ${count(total, MAX_TOTAL)} that match`}
        </label>
      )}
    </div>
  );
}

/** The button does what is usual: where releases are known, the next one fixes the error. */
function Resolve({ hasRelease, newer }: { hasRelease: boolean; newer: readonly string[] }) {
  const usual = hasRelease ? NEXT_RELEASE : "";
  return (
    <Split
      says="More ways to resolve"
      button={
        <button type="submit" name="action" value={resolveIn(usual)} data-key={keyOf("resolve")}>
          Resolve
        </button>
      }
    >
      <div class="orders">
        {FIXED_BY.map(([when, title]) =>
          (hasRelease || when !== NEXT_RELEASE) && (
            <button type="submit" name="action" value={resolveIn(when)}>{`Fixed ${title}`}</button>
          )
        )}
      </div>
      <div class="buttons">
        <Field
          label="Fixed in release"
          wide
          name="release"
          list="known-releases"
          maxlength={MAX_NAME_CHARS}
        />
        <button type="submit" name="action" value="resolve">Resolve in it</button>
      </div>
      <datalist id="known-releases">
        {newer.map((name) => <option value={name}></option>)}
      </datalist>
    </Split>
  );
}

/** What a button does wins over a release that is typed beside it. */
function resolveIn(release: string): string {
  return `resolve?release=${release}`;
}

function Mute() {
  return (
    <Split
      says="Mute for a time"
      button={
        <button type="submit" name="action" value="mute" data-key={keyOf("mute")}>Mute</button>
      }
    >
      <div class="orders">
        {MUTE_TIMES.map(([hours, title]) => (
          <button type="submit" name="action" value={hours === "" ? "mute" : `mute?for=${hours}`}>
            {hours === "" ? "Mute forever" : `Mute for ${title}`}
          </button>
        ))}
      </div>
    </Split>
  );
}

function Assign({ people: { names } }: { people: People }) {
  if (names.length === 0) return null;
  return (
    <Menu title="Assign" says="Assign to">
      <div class="orders">
        {names.map((name) => (
          <button type="submit" name="action" value={`assign?to=${encodeURIComponent(name)}`}>
            <bdi>{plainLine(name, MAX_SHOWN_CHARS)}</bdi>
          </button>
        ))}
        <button type="submit" name="action" value="unassign">Nobody</button>
      </div>
    </Menu>
  );
}
