/** @jsxImportSource hono/jsx */
import type { ReadSheet } from "../desk.ts";
import type { Html } from "../parts/parts.tsx";

/** What keyboard.js does. */
const KEYS = [
  ["/", "search"],
  ["j", "next row"],
  ["k", "previous row"],
  ["Enter", "open the row"],
  ["x", "select the row"],
  ["e", "resolve what is selected, or the row"],
  ["m", "mute what is selected, or the row"],
  ["?", "this help"],
  ["Esc", "leave the search, close a menu"],
] as const;

/** `GET /board/help`: the same as the dialog, for those without script. */
export const readHelp: ReadSheet = () =>
  Promise.resolve({
    title: "Help",
    content: (
      <div class="reading">
        <h1>Help</h1>
        <h2>Keyboard</h2>
        <KeyTable />
        <SearchHelp />
      </div>
    ),
  });

/** Opened by `?`. */
export function HelpDialog(): Html {
  return (
    <dialog id="help" aria-labelledby="help-title">
      <form method="dialog">
        <h2 id="help-title">Keyboard</h2>
        <button type="submit" class="quiet">Close</button>
      </form>
      <KeyTable />
      <p>
        <a href="/board/help">How to search</a>
      </p>
    </dialog>
  );
}

function KeyTable() {
  return (
    <dl class="keys">
      {KEYS.map(([key, what]) => (
        <div>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}

const SEARCHES = [
  ["card declined", "has both words, anywhere"],
  ['"card declined"', "has the words one after the other"],
  ["card -declined", "has the first word and not the second"],
  ["svc_name:shop level:ERROR", "is of this service and level"],
  ['route:"/a b" tag.plan:pro', "is of this route, and has this tag"],
  ["7f3c…", "the whole id of an error, or a receipt: leads to its page"],
] as const;

function SearchHelp() {
  return (
    <>
      <h2>Search</h2>
      <p>What you search has all of this. The address of a page has the whole search: send it.</p>
      <dl class="keys">
        {SEARCHES.map(([search, what]) => (
          <div>
            <dt>
              <code>{search}</code>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
