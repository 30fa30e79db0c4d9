/** @jsxImportSource hono/jsx */
import type { LogRecord } from "../../logging/mod.ts";
import { Field, type Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { columnText, MAX_COLUMNS } from "./columns.ts";
import { fieldsOf, isFieldPath } from "./log_fields.ts";
import { FIELD_FORM } from "./log_rows.tsx";

/** Fields that are proposed. */
const MAX_PROPOSED = 48;
const MAX_FIELDS_OF_RECORD = 60;
const MAX_NAME_CHARS = 60;

/** Parameters of a page, for a form that asks for it again. */
type Parameters = Readonly<Record<string, string | undefined>>;

/** The columns that are shown, each with a link that takes it away. */
export function ColumnChips(
  { columns, addressOf }: {
    columns: readonly string[];
    addressOf: (columns: string[]) => string;
  },
): Html | null {
  if (columns.length === 0) return null;
  return (
    <ul class="chips logcolumns" aria-label="Columns">
      {columns.map((column) => (
        <li>
          <a
            class="chip"
            href={addressOf(columns.filter((other) => other !== column))}
            aria-label={`Remove column ${plainLine(column, MAX_NAME_CHARS)}`}
          >
            <bdi>{plainLine(column, MAX_NAME_CHARS)}</bdi> ×
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Proposes the fields found on the page. Each choice is sent as a parameter of its own. */
export function ColumnsForm(
  { columns, records, parameters }: {
    columns: readonly string[];
    records: readonly LogRecord[];
    parameters: Parameters;
  },
): Html {
  const found = foundIn(records).filter(([path]) => !columns.includes(path));
  return (
    <details class="menu boxed" name="picker">
      <summary>{columns.length === 0 ? "Columns" : `Columns: ${columns.length}`}</summary>
      <form action="/board/logs" class="pickbox">
        <Hidden parameters={{ ...parameters, columns: undefined }} />
        <p class="soft">{`Up to ${MAX_COLUMNS}, found on this page:`}</p>
        <ul>
          {columns.map((path) => <Choice path={path} isChosen />)}
          {found.slice(0, MAX_PROPOSED).map(([path, count]) => (
            <Choice
              path={path}
              count={count}
            />
          ))}
        </ul>
        <Field label="Another field" name="columns" placeholder="attrs.order.id" />
        <button type="submit" class="primary">Show columns</button>
      </form>
    </details>
  );
}

function Choice(
  { path, count, isChosen = false }: { path: string; count?: number; isChosen?: boolean },
) {
  return (
    <li>
      <label>
        <input type="checkbox" name="columns" value={columnText(path)} checked={isChosen} />
        <bdi>{plainLine(path, MAX_NAME_CHARS)}</bdi>
        {count !== undefined && <span class="soft">{count}</span>}
      </label>
    </li>
  );
}

/** What buttons beside a field of a record send: the page as it is, and the field. */
export function FieldForm({ parameters }: { parameters: Parameters }): Html {
  return (
    <form id={FIELD_FORM} action="/board/logs" hidden>
      <Hidden parameters={parameters} />
    </form>
  );
}

function Hidden({ parameters }: { parameters: Parameters }) {
  return Object.entries(parameters).filter(([, value]) => value).map(([name, value]) => (
    <input type="hidden" name={name} value={value} />
  ));
}

/** Fields with the number of records that have them, in the order of a record. */
function foundIn(records: readonly LogRecord[]): [path: string, count: number][] {
  const counts = new Map<string, number>();
  for (const record of records) {
    for (const [path] of fieldsOf(record, MAX_FIELDS_OF_RECORD)) {
      if (isFieldPath(path)) counts.set(path, (counts.get(path) ?? 0) + 1);
    }
  }
  return [...counts];
}
