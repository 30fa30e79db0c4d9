/** @jsxImportSource hono/jsx */
import type { Child, Html } from "./parts.tsx";

/** Of a table: its title and what stands in it. */
export interface Column<Row> {
  /** Empty for what can be done to a row. */
  title: string;
  /** What the title means, on hovering. */
  hint?: string;
  /** Numbers and times stand at the right, one below the other. */
  isNumber?: boolean;
  /** The page with the rows in the order of this column, the highest first. */
  sort?: { href: string; isSorted: boolean };
  cell: (row: Row) => Child;
}

/** The first column names the row. On a phone each row is a block of its own, with the titles beside the values. */
export function Table<Row>(
  { caption, columns, rows, hasLinks }: {
    /** For those who cannot see what stands above it. */
    caption: string;
    columns: readonly Column<Row>[];
    rows: readonly Row[];
    /** Each row has one: the keys `j` and `k` go from row to row. */
    hasLinks?: boolean;
  },
): Html {
  const [first, ...others] = columns as [Column<Row>, ...Column<Row>[]];
  return (
    <table class="table">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>{columns.map((column) => <Head {...column} />)}</tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr data-row={hasLinks}>
            <th scope="row">{first.cell(row)}</th>
            {others.map(({ title, isNumber, cell }) => (
              <td class={isNumber ? "number" : undefined} data-title={title || undefined}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head<Row>({ title, hint, isNumber, sort }: Column<Row>) {
  if (title === "") return <td></td>;
  return (
    <th
      scope="col"
      class={isNumber ? "number" : undefined}
      title={hint}
      aria-sort={sort?.isSorted ? "descending" : undefined}
    >
      {sort === undefined ? title : <a href={sort.href}>{title}</a>}
    </th>
  );
}
