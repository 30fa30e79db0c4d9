/** @jsxImportSource hono/jsx */
/**
 * The door: a form for the operator's token.
 *
 * @module
 */
import type { Html } from "./html.ts";

/** Why somebody stands here, by the word in the address. */
export const REASONS = {
  wrong: "This is not the operator's token.",
  link: "This link was used before, or has expired. The token opens the board too.",
  ended: "The session has ended. Sign in again.",
  out: "Signed out.",
  origin: "The form did not come from this board. Try again here.",
} as const;

export type Reason = keyof typeof REASONS;

/** The form; `wait` says for how many seconds no further attempt counts. */
export function SignIn(
  { reason, wait, next }: { reason?: Reason; wait?: number; next?: string },
): Html {
  return (
    <div class="gate">
      <form class="panel" method="post" action="/board/sign-in">
        <h1>Sign in</h1>
        {wait !== undefined && (
          <p class="bad" role="alert">
            Too many wrong tokens. Try again in {Math.ceil(wait / 60)} minutes.
          </p>
        )}
        {wait === undefined && reason !== undefined && (
          <p class={reason === "wrong" ? "bad" : undefined} role="status">{REASONS[reason]}</p>
        )}
        {next !== undefined && next !== "/board" && (
          <input
            type="hidden"
            name="next"
            value={next}
          />
        )}
        <label class="field">
          <span>Operator token</span>
          <input type="password" name="token" required autocomplete="current-password" autofocus />
        </label>
        <button type="submit" class="primary">Sign in</button>
        <p>
          It is the value of{" "}
          <code>OPERATOR_TOKEN</code>. On your own machine the terminal shows a link when the
          service starts.
        </p>
      </form>
    </div>
  );
}
