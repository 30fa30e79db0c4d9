/** From PostgreSQL's dialect, in which every statement of the store stands, to SQLite's. */

/** What SQLite says in other words, in the order in which it is replaced. */
const WORDS: readonly [RegExp, string][] = [
  // SQLite has one file and no schemas in it.
  [/\bholdfast\./g, ""],
  [/\$(\d+)/g, "?$1"],
  [/::[a-z]+(?:\[\])?/g, ""],
  // A transaction that writes is alone in the file: there are no rows to lock.
  [/\s+for update(?: of \w+)?(?: skip locked)?/g, ""],
  [/= any \((\?\d+)\)/g, "in (select value from json_each($1))"],
  [/<> all \((\?\d+)\)/g, "not in (select value from json_each($1))"],
];

/** Rows that a statement is given as JSON: `json_to_recordset($1) as given (name text, count bigint)`. */
const GIVEN_ROWS = /json_to_recordset\((\?\d+)\)\s+as\s+(\w+)\s*\(([^)]*)\)/g;

/** Parsed once for all columns; the limit keeps SQLite from doing it for each. */
const PARSED = "select jsonb(value) as value from json_each(?) limit -1";

export function translate(sql: string): string {
  const text = WORDS.reduce((text, [pattern, word]) => text.replace(pattern, word), sql);
  return text.replace(GIVEN_ROWS, (_, value: string, name: string, columns: string) => {
    const fields = columns.split(",").map((column) => column.trim().split(/\s+/)[0]!);
    const picked = fields.map((field) => `value ->> '${field}' as ${field}`).join(", ");
    return `(select ${picked} from (${PARSED.replace("?", value)})) as ${name}`;
  });
}
