import { BadCursor } from "../store.ts";

/** What a cursor holds: the list it belongs to and the position of the last row; the end, lest one more digit fits. */
const PARTS = /^([a-z_:]+)((?: \d{1,16}){2,3});$/;

/** Of errors and the live tail: a row's sort value and id. */
type Position = [number, number];
/** Of logs: a record's time, and where it stands in the order of arrival. */
type Place = [number, number, number];

/**
 * Writes a position down as base64url.
 *
 * @param list Which list and order it belongs to, lower case: a cursor of another list is refused.
 * @param position The last row's, whole numbers from 0.
 */
export function encodeCursor(list: string, position: Readonly<Position | Place>): string {
  return btoa(`${list} ${position.join(" ")};`)
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Reads a position back. @throws {BadCursor} when the text is not a cursor of this list. */
export function decodeCursor(list: string, cursor: string): Position {
  const [value, id, more] = numbersOf(list, cursor);
  if (more !== undefined) throw foreign();
  return [value!, id!];
}

/** The same of a list of logs. @throws {BadCursor} */
export function decodePlace(list: string, cursor: string): Place {
  const [time, write, index] = numbersOf(list, cursor);
  if (index === undefined) throw foreign();
  return [time!, write!, index];
}

function numbersOf(list: string, cursor: string): number[] {
  const match = PARTS.exec(textOf(cursor));
  const numbers = (match?.[2] ?? "").trim().split(" ").map(Number);
  // Written again, because base64 has several spellings of the same bytes.
  if (match?.[1] !== list || encodeCursor(list, numbers as Place) !== cursor) throw foreign();
  return numbers;
}

function foreign(): BadCursor {
  return new BadCursor(
    "This cursor does not belong to this list: leave it out to start at the first page",
  );
}

function textOf(cursor: string): string {
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
