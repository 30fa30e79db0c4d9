/** @jsxImportSource hono/jsx */
import type { Html } from "./html.ts";

/** What the page says above the form, by the `why` in its address. */
export const REASONS = {
  wrong: "This is not the operator token.",
  link: "This link has been used or has expired. Sign in with the operator token.",
  ended: "Your session has ended. Sign in again.",
  out: "You are signed out.",
  origin: "The form did not come from this board. Sign in here.",
} as const;

export type Reason = keyof typeof REASONS;

/** `wait`: seconds until the next attempt counts. */
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
          The token is the value of{" "}
          <code>OPERATOR_TOKEN</code>. On your own machine, the service prints a sign-in link when
          it starts.
        </p>
      </form>
    </div>
  );
}
