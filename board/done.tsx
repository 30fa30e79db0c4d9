/** @jsxImportSource hono/jsx */
import { type Action, ACTIONS, UNDO } from "./actions.ts";
import { counted } from "./parts/times.ts";
import { readTime } from "../modules/iso_time.ts";

/** What a form has just done, from the address that it led to, and how to take it back. */
export function Done({ parameters, back, isOne = false }: {
  parameters: URLSearchParams;
  /** Where the form stands; absent: it deletes. */
  back?: string;
  /** On the page of one error. */
  isOne?: boolean;
}) {
  const action = Object.values<Action>(ACTIONS).find(({ done }) => done === parameters.get("done"));
  const count = Number(parameters.get("count"));
  if (action === undefined || !Number.isInteger(count) || count < 0) return null;
  const { done, undo } = action;
  const isPurge = back === undefined;
  const noun = isPurge && parameters.get("what") === "logs" ? "log record" : "error";
  const nothing = isPurge
    ? `no ${noun} matched`
    : isOne
    ? `this error is ${done} already`
    : `no error was selected, or all of them are ${done} already`;
  const at = parameters.get("at") ?? "";
  return (
    <div class={count > 0 ? "flash" : "flash bad"}>
      <p role="status">
        {count > 0 ? `${counted(count, noun)} ${done}.` : `Nothing has changed: ${nothing}.`}
        {parameters.has("more") && ` There are more: ${again(action, isPurge)} to go on.`}
      </p>
      {undo && back !== undefined && readTime(at) !== undefined && count > 0 && (
        <form method="post" action="/board/act">
          <input type="hidden" name="what" value={undo} />
          <input type="hidden" name="at" value={at} />
          <input type="hidden" name="back" value={back} />
          <button type="submit" name="action" value={UNDO}>Undo</button>
        </form>
      )}
    </div>
  );
}

function again({ title }: Action, isPurge: boolean): string {
  return `${(isPurge ? "Delete" : title).toLowerCase()} again`;
}
