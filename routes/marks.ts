/**
 * The ids on answers that somebody else has made.
 *
 * @module
 */

/** What an answer that somebody else has made is marked with. */
export interface Marks {
  requestId: string | undefined;
  errorId: string | undefined;
}

/** With these headers; a copy where its own cannot be changed: those of `fetch()` and `Response.redirect()`. */
export function marked(response: Response, marks: Marks): Response {
  const { headers } = response;
  try {
    if (marks.requestId !== undefined) headers.set("x-request-id", marks.requestId);
    if (marks.errorId !== undefined) headers.set("x-error-id", marks.errorId);
    return response;
  } catch {
    return marked(new Response(response.body, response), marks);
  }
}
