/** @jsxImportSource hono/jsx */
/** The forms that change an error. */
import type { ErrorDetail } from "../../logging/mod.ts";
import {
  MAX_ID_CHARS,
  MAX_MUTED_MORE,
  MAX_NAME_CHARS,
  MAX_NOTE_CHARS,
} from "../../store/limits.ts";
import { type ActionName, ACTIONS, FIXED_BY, MUTE_TIMES } from "../actions.ts";
import { NEXT_RELEASE } from "../../modules/verbs.ts";
import { errorPath } from "../addresses.ts";
import { type Child, Field, type Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { MenuItem, Split } from "./menu.tsx";

/** Releases that have a button of their own; the field proposes all. */
const MAX_BUTTONS = 4;
const MAX_RELEASE_CHARS = 40;

/**
 * The button does what is usual: where releases are known the next one fixes the error. Only releases after the one that broke are
 * proposed: in that one it is not fixed. A release that is typed wins.
 */
export function ResolveMenu(
  { error, newer }: { error: ErrorDetail; newer: readonly string[] },
): Html {
  const hasRelease = error.last_release !== null;
  return (
    <Split
      says="More ways to resolve"
      button={
        <ErrorForm error={error}>
          <input type="hidden" name="when" value={hasRelease ? NEXT_RELEASE : ""} />
          <button type="submit" class="primary" name="action" value="resolve" data-key="e">
            {hasRelease
              ? (
                <>
                  Resolve <span class="usual">in the next release</span>
                </>
              )
              : "Resolve"}
          </button>
        </ErrorForm>
      }
    >
      <ErrorForm error={error} layout="orders">
        <input type="hidden" name="action" value="resolve" />
        <Note />
        {FIXED_BY.map(([when, title]) =>
          (hasRelease || when !== NEXT_RELEASE) && (
            <button type="submit" name="when" value={when}>Resolve {title}</button>
          )
        )}
        {newer.slice(0, MAX_BUTTONS).map((name) => (
          <button type="submit" name="newer" value={name}>
            Resolve in <bdi>{plainLine(name, MAX_RELEASE_CHARS)}</bdi>
          </button>
        ))}
        <div class="buttons">
          <Field
            label="Or in release"
            wide
            name="release"
            list="newer-releases"
            maxlength={MAX_NAME_CHARS}
            placeholder={newer[0] === undefined ? "" : `${plainLine(newer[0], 40)} or later`}
          />
          <button type="submit">Resolve in it</button>
        </div>
        <datalist id="newer-releases">
          {newer.map((name) => <option value={name}></option>)}
        </datalist>
      </ErrorForm>
    </Split>
  );
}

/** A number that is typed counts beside a time: what comes first ends the mute. */
export function MuteMenu({ error }: { error: ErrorDetail }): Html {
  return (
    <Split
      says="More ways to mute"
      button={
        <ErrorForm error={error}>
          <Submit action="mute" dataKey="m" />
        </ErrorForm>
      }
    >
      <ErrorForm error={error} layout="orders">
        <input type="hidden" name="action" value="mute" />
        <Note />
        {MUTE_TIMES.map(([hours, title]) => (
          <button type="submit" name="for" value={hours}>
            Mute {hours === "" ? title : `for ${title}`}
          </button>
        ))}
        <div class="buttons">
          <Field
            label="Until N more times"
            wide
            name="more"
            type="number"
            min={1}
            max={MAX_MUTED_MORE}
          />
          <button type="submit">Mute until then</button>
        </div>
      </ErrorForm>
    </Split>
  );
}

function Note() {
  return <Field label="Note (optional)" name="note" maxlength={MAX_NOTE_CHARS} spellcheck />;
}

export function MergeItem({ error }: { error: ErrorDetail }): Html {
  return (
    <MenuItem title="Merge into another error">
      <p class="soft">Its occurrences, counts and history move to the other error.</p>
      <ErrorForm error={error}>
        <Field
          label="Id or receipt of the other error"
          wide
          name="into"
          required
          maxlength={MAX_ID_CHARS}
        />
        <Submit action="merge" />
      </ErrorForm>
    </MenuItem>
  );
}

/** Folded, because it cannot be undone. */
export function DeleteItem({ error }: { error: ErrorDetail }): Html {
  return (
    <MenuItem title="Delete this error">
      <p class="soft">
        Its occurrences and history are deleted for good; its log records stay. If it happens again,
        it is a new error.
      </p>
      <ErrorForm error={error}>
        <Submit action="remove" look="bad" />
      </ErrorForm>
    </MenuItem>
  );
}

export function ErrorForm(
  { error, layout = "buttons", children }: {
    error: ErrorDetail;
    layout?: "buttons" | "orders";
    children: Child;
  },
): Html {
  return (
    <form class={layout} method="post" action="/board/act">
      <input type="hidden" name="id" value={error.id} />
      <input type="hidden" name="back" value={errorPath(error.id)} />
      {children}
    </form>
  );
}

/** `dataKey`: the key that presses it. */
export function Submit(
  { action, look, title = ACTIONS[action].title, dataKey }: {
    action: ActionName;
    look?: "primary" | "bad";
    title?: string;
    dataKey?: string;
  },
): Html {
  return (
    <button type="submit" class={look} name="action" value={action} data-key={dataKey}>
      {title}
    </button>
  );
}
