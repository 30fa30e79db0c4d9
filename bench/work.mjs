// @ts-check
/**
 * What every server of the bench does for a request, so that only the frame around it and its log differ. Plain JavaScript,
 * because Node runs it too.
 *
 * @module
 */

/**
 * The work, made with the caller's own valibot: Deno and Node install it in different places.
 *
 * @param {typeof import("npm:valibot@1.5.0")} v
 */
export function createWork(v) {
  return {
    /** Two parameters, as the product's `GET /` has them. */
    query: v.object({
      query_content: v.pipe(v.string(), v.minLength(1)),
      user_type: v.picklist(["guest", "operator"]),
    }),
    /** The body of `POST /body`. */
    body: v.object({ text: v.string() }),
    answerQuery,
    answerBody,
    fail,
  };
}

/**
 * A small answer: with its request it makes a record of about 750 bytes.
 *
 * @param {{ query_content: string, user_type: string }} input
 */
function answerQuery({ query_content, user_type }) {
  return {
    query: query_content,
    asked_by: user_type,
    items: [
      { id: 1, title: "The first of three items", state: "open" },
      { id: 2, title: "The second of three items", state: "muted" },
    ],
    total: 2,
  };
}

/**
 * The text, back again.
 *
 * @param {{ text: string }} input
 */
function answerBody({ text }) {
  return { length: text.length, text };
}

let failures = 0;

/**
 * Fails four frames deep. Numbered failures differ in their messages, as different faults do.
 *
 * @param {{ numbered?: string | undefined }} input
 * @returns {never}
 */
function fail({ numbered }) {
  const place = numbered ? `shelf-${nameOf(failures++)}` : "shelf";
  return askWarehouse(place);
}

/** @param {string} place @returns {never} */
function askWarehouse(place) {
  return openShelf(place);
}

/** @param {string} place @returns {never} */
function openShelf(place) {
  throw new Error(`Cannot open the ${place}`);
}

/**
 * A number in letters: digits would be masked, and the messages alike.
 *
 * @param {number} number
 */
function nameOf(number) {
  return String(number).replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "");
}
