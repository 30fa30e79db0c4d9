/** @jsxImportSource hono/jsx */
import type { Html } from "./parts.tsx";
import { plain, plainLine, plainValue } from "./plain.ts";

/** Rows that are shown; further ones are counted. */
const MAX_ROWS = 100;
const MAX_NAME_CHARS = 80;
/** A value that is longer, or has lines, gets a box that scrolls. */
const MAX_INLINE_CHARS = 160;

/** Values by name, one row each, below a heading of their own where there is a title. */
export function Values(
  { values, title, maxChars }: {
    values: Readonly<Record<string, unknown>>;
    title?: string;
    /** Of one value. */
    maxChars?: number;
  },
): Html {
  const rows = Object.entries(values);
  const more = rows.length - MAX_ROWS;
  return (
    <>
      {title !== undefined && <h3 class="hint">{title}</h3>}
      <dl class="values">
        {rows.slice(0, MAX_ROWS).map(([name, value]) => (
          <>
            <dt>
              <bdi>{plainLine(name, MAX_NAME_CHARS)}</bdi>
            </dt>
            <dd>
              <Value name={name} value={value} maxChars={maxChars} />
            </dd>
          </>
        ))}
      </dl>
      {more > 0 && <p class="hint">{more} more</p>}
    </>
  );
}

function Value(
  { name, value, maxChars }: { name: string; value: unknown; maxChars: number | undefined },
) {
  const text = plain(plainValue(value), maxChars);
  if (text.length <= MAX_INLINE_CHARS && !text.includes("\n")) return <bdi>{text}</bdi>;
  const label = plainLine(name, MAX_NAME_CHARS);
  return <pre dir="auto" tabindex={0} aria-label={label}>{text}</pre>;
}
