/** @jsxImportSource hono/jsx */
import type { ErrorDetail } from "../logging/mod.ts";
import { MAX_ID_CHARS, MAX_NOTE_CHARS } from "../store/limits.ts";
import type { ActionName } from "./actions.ts";
import type { Child, Html } from "./html.ts";

export function SplitForm({ error, variant }: { error: ErrorDetail; variant: string }): Html {
  return (
    <ActionForm error={error} action="split" title="Split off">
      <input type="hidden" name="variant" value={variant} />
    </ActionForm>
  );
}

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

/** Merge and delete are folded: neither can be undone by a click. */
export function GroupForms({ error }: { error: ErrorDetail }): Html {
  return (
    <section class="panel">
      <details>
        <summary>Merge into another error</summary>
        <div class="inner">
          <p class="soft">Its occurrences, counts and history move to the other error.</p>
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
            Its occurrences and history are deleted for good; its log records stay. If it happens
            again, it is a new error.
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
