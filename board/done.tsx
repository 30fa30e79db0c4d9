/** @jsxImportSource hono/jsx */
import { type Action, ACTIONS } from "./actions.ts";
import { counted } from "./parts/times.ts";
import { MAX_PAGE_ROWS } from "../store/limits.ts";
import { ID } from "./addresses.ts";

/** What a form has just done, from the address that it led to, and how to take it back. */
export function Done({ parameters, back }: { parameters: URLSearchParams; back?: string }) {
  const action = Object.values<Action>(ACTIONS).find(({ done }) => done === parameters.get("done"));
  const count = Number(parameters.get("count"));
  if (action === undefined || !Number.isInteger(count) || count < 0) return null;
  const { done, undo } = action;
  const noun = parameters.get("what") === "logs" ? "log record" : "error";
  const found = parameters.has("what") ? "matched" : "was selected";
  const ids = parameters.getAll("id").filter((id) => ID.test(id)).slice(0, MAX_PAGE_ROWS);
  return (
    <div class={count > 0 ? "flash" : "flash bad"}>
      <p role="status">
        {count > 0 ? `${counted(count, noun)} ${done}.` : `Nothing ${done}: no ${noun} ${found}.`}
        {parameters.has("more") && " There are more: delete again to go on."}
      </p>
      {undo && back !== undefined && ids.length > 0 && (
        <form method="post" action="/board/act">
          {ids.map((id) => <input type="hidden" name="id" value={id} />)}
          <input type="hidden" name="back" value={back} />
          <button type="submit" name="action" value={undo}>Undo</button>
        </form>
      )}
    </div>
  );
}
