/** @jsxImportSource hono/jsx */
/**
 * What can be done to an error as a group: merge it into another, split a variant off, write a note, delete it. Plain forms.
 *
 * @module
 */
import type { ErrorDetail } from "../logging/mod.ts";
import { MAX_ID_CHARS, MAX_NOTE_CHARS } from "../store/limits.ts";
import type { ActionName } from "./actions.ts";
import type { Child, Html } from "./html.ts";

/** One button that splits a variant off. */
export function SplitForm({ error, variant }: { error: ErrorDetail; variant: string }): Html {
  return (
    <ActionForm error={error} action="split" title="Split off">
      <input type="hidden" name="variant" value={variant} />
    </ActionForm>
  );
}

/** A word for the history. */
export function NoteForm({ error }: { error: ErrorDetail }): Html {
  return (
    <ActionForm error={error} action="note" title="Add note">
      <label class="field wide">
        <span>What you found out</span>
        <input name="note" required maxlength={MAX_NOTE_CHARS} autocomplete="off" />
      </label>
    </ActionForm>
  );
}

/** Merge and delete: each opens first, for neither can be taken back by a click. */
export function GroupForms({ error }: { error: ErrorDetail }): Html {
  return (
    <section class="panel">
      <details>
        <summary>Merge into another error</summary>
        <div class="inner">
          <p class="soft">Occurrences, counts and history go to the other error.</p>
          <ActionForm error={error} action="merge" title="Merge">
            <label class="field wide">
              <span>Id or receipt of the other error</span>
              <input
                name="into"
                required
                maxlength={MAX_ID_CHARS}
                autocomplete="off"
                spellcheck={false}
              />
            </label>
          </ActionForm>
        </div>
      </details>
      <details>
        <summary>Delete this error</summary>
        <div class="inner">
          <p class="soft">
            Its occurrences and history go for good; its log records stay. When it happens again it
            is new.
          </p>
          <ActionForm error={error} action="remove" title="Delete for good" />
        </div>
      </details>
    </section>
  );
}

function ActionForm(
  { error, action, title, children }: {
    error: ErrorDetail;
    action: ActionName;
    title: string;
    children?: Child;
  },
) {
  return (
    <form class="buttons" method="post" action="/board/act">
      <input type="hidden" name="id" value={error.id} />
      <input type="hidden" name="back" value={`/board/errors/${error.id}`} />
      {children}
      <button
        type="submit"
        class={action === "remove" ? "bad" : undefined}
        name="action"
        value={action}
      >
        {title}
      </button>
    </form>
  );
}
