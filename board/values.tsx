/** @jsxImportSource hono/jsx */
import type { Html } from "./parts.tsx";
import { plainLine, plainValue } from "./plain.ts";

/** Rows of a table; further ones are counted. */
const MAX_ROWS = 100;
const MAX_NAME_CHARS = 120;
/** A value that is longer, or has lines, gets a box that scrolls. */
const MAX_INLINE_CHARS = 160;

/** Values by name, one row each. The caption is for those who do not see the heading above, or is the only one. */
export function Values(
  { values, caption, isCaptionShown = true }: {
    values: Readonly<Record<string, unknown>>;
    caption: string;
    isCaptionShown?: boolean;
  },
): Html {
  const rows = Object.entries(values);
  const more = rows.length - MAX_ROWS;
  return (
    <table class="values">
      <caption class={isCaptionShown ? undefined : "unseen"}>{caption}</caption>
      <tbody>
        {rows.slice(0, MAX_ROWS).map(([name, value]) => (
          <tr>
            <th scope="row">
              <bdi>{plainLine(name, MAX_NAME_CHARS)}</bdi>
            </th>
            <td>
              <Value name={name} value={value} />
            </td>
          </tr>
        ))}
        {more > 0 && (
          <tr>
            <td colspan={2} class="soft">{more} more</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  const text = plainValue(value);
  if (text.length <= MAX_INLINE_CHARS && !text.includes("\n")) return <bdi>{text}</bdi>;
  const label = plainLine(name, MAX_NAME_CHARS);
  return <pre dir="auto" tabindex={0} aria-label={label}>{text}</pre>;
}
