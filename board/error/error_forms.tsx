/** @jsxImportSource hono/jsx */
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
import { type Child, Field, Fold, type Html, Panel, Select } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { Fix } from "./fix.tsx";
import { type Clock, count, fullTime } from "../parts/times.ts";

/** Resolve and mute, or what undoes them, with a note for the history. */
export function StateForm(
  { error, newer, clock }: { error: ErrorDetail; newer: readonly string[]; clock: Clock },
): Html {
  const { state, muted_until, muted_more } = error;
  return (
    <Panel
      title={{ open: "Resolve", muted: "Muted", resolved: "Resolved" }[state]}
      place="actions"
    >
      <ErrorForm error={error} layout="inner">
        {state === "resolved" && <Fix error={error} clock={clock} />}
        {muted_until !== null && <p class="soft">Until {fullTime(muted_until, clock)}</p>}
        {muted_more !== null && <p class="soft">Until it happens {count(muted_more)} more times</p>}
        <Field label="Note (optional)" name="note" maxlength={MAX_NOTE_CHARS} spellcheck />
        {state !== "resolved" && <Resolve hasRelease={error.last_release !== null} newer={newer} />}
        {state === "open" && (
          <div class="buttons">
            <Submit action="mute" />
            <Select name="for" label="Mute for" value="" options={MUTE_TIMES} />
            <Field
              label="Until N more times"
              wide
              name="more"
              type="number"
              min={1}
              max={MAX_MUTED_MORE}
            />
          </div>
        )}
        {state !== "open" && (
          <div class="buttons">
            <Submit action={state === "muted" ? "unmute" : "reopen"} />
          </div>
        )}
      </ErrorForm>
    </Panel>
  );
}

/** Only releases after the one that broke are proposed: in that one it is not fixed. A release that is typed wins. */
function Resolve({ hasRelease, newer }: { hasRelease: boolean; newer: readonly string[] }) {
  return (
    <>
      <div class="buttons">
        <Submit action="resolve" look="primary" />
        <FixedBy hasRelease={hasRelease} />
      </div>
      <Field
        label="Or in release"
        name="release"
        list="newer-releases"
        maxlength={MAX_NAME_CHARS}
        placeholder={newer[0] === undefined ? "" : `${plainLine(newer[0], 40)} or later`}
      />
      <datalist id="newer-releases">
        {newer.map((name) => <option value={name}></option>)}
      </datalist>
    </>
  );
}

/** Without releases there is no next one. */
export function FixedBy({ hasRelease }: { hasRelease: boolean }): Html {
  return (
    <Select name="when" label="Fixed" value={hasRelease ? NEXT_RELEASE : ""} options={FIXED_BY} />
  );
}

/** Merge and delete are folded: neither can be undone by a click. */
export function GroupForms({ error }: { error: ErrorDetail }): Html {
  return (
    <section class="panel">
      <Fold title="Merge into another error">
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
      </Fold>
      <Fold title="Delete this error">
        <p class="soft">
          Its occurrences and history are deleted for good; its log records stay. If it happens
          again, it is a new error.
        </p>
        <ErrorForm error={error}>
          <Submit action="remove" look="bad" />
        </ErrorForm>
      </Fold>
    </section>
  );
}

export function ErrorForm(
  { error, layout = "buttons", children }: {
    error: ErrorDetail;
    layout?: "buttons" | "inner";
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

export function Submit(
  { action, look, title = ACTIONS[action].title }: {
    action: ActionName;
    look?: "primary" | "bad";
    title?: string;
  },
): Html {
  return <button type="submit" class={look} name="action" value={action}>{title}</button>;
}
