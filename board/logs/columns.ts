/** Fields of records that stand as columns in a list, as an address has them: `columns=status,user.id`. */
import { isFieldPath } from "./log_fields.ts";

export const MAX_COLUMNS = 8;

/** Each once, the first ones; leaves out what no record can have. A form sends one parameter for each. */
export function readColumns(parameters: URLSearchParams): string[] {
  const paths = parameters.getAll("columns").flatMap((text) => text.split(","))
    .map((text) => decoded(text.trim()))
    .filter(isFieldPath);
  return [...new Set(paths)].slice(0, MAX_COLUMNS);
}

/** The value of the parameter. A comma in a name is written as in an address. */
export function columnsText(columns: readonly string[]): string {
  return columns.map(columnText).join(",");
}

export function columnText(column: string): string {
  return column.replaceAll("%", "%25").replaceAll(",", "%2C");
}

function decoded(text: string): string {
  return text.replace(/%2C/gi, ",").replaceAll("%25", "%");
}

/** With one more, where there is room. */
export function withColumn(columns: readonly string[], path: string): string[] {
  return isFieldPath(path) ? [...new Set([...columns, path])].slice(0, MAX_COLUMNS) : [...columns];
}
