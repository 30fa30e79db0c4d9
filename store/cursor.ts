/**
 * The place where a page of a list ends, as an opaque text.
 *
 * @module
 */
import { BadCursor } from "./store.ts";

/** What a cursor holds: the list it belongs to and the position of the last row; the end, lest one more digit fits. */
const PARTS = /^([a-z_:]+) (\d{1,16}) (\d{1,16});$/;

/**
 * Writes a position down as base64url.
 *
 * @param list Which list and order it belongs to, lower case: a cursor of another list is refused.
 * @param position The last row's sort value and id, both whole numbers from 0.
 */
export function encodeCursor(list: string, position: readonly [number, number]): string {
  return btoa(`${list} ${position[0]} ${position[1]};`)
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Reads a position back. @throws {BadCursor} when the text is not a cursor of this list. */
export function decodeCursor(list: string, cursor: string): [number, number] {
  const match = PARTS.exec(textOf(cursor));
  const position: [number, number] = [Number(match?.[2]), Number(match?.[3])];
  // Written again, because base64 has several spellings of the same bytes.
  if (match?.[1] !== list || encodeCursor(list, position) !== cursor) {
    throw new BadCursor(
      "This cursor does not belong to this list: leave it out to start at the first page",
    );
  }
  return position;
}

function textOf(cursor: string): string {
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
