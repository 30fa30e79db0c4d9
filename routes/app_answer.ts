/** Answers that an app has made by itself: our ids on them, and whether Hono has answered an Error. */
import type { HonoContext } from "../modules/hono.ts";
import { isHttpException } from "../modules/run.ts";
import type { Exchange } from "./exchange.ts";

/** What Hono's own error handler says. */
const UNHANDLED_TEXT = "Internal Server Error";
const FAILED = 500;

/** Whether an Error's answer is what Hono makes of it: then nobody in the app has handled it. */
export async function isAnswerOfHono({ res, error }: HonoContext): Promise<boolean> {
  if (!isHttpException(error)) return res.status === FAILED && await says(res, UNHANDLED_TEXT);
  if (res.status !== error.status) return false;
  return error.res !== undefined || await says(res, error.message);
}

/**
 * Reads a copy, and no more of it than is there: an answer of the app's own may be a stream. To look at `res.body` would make a
 * stream of a text, which is sent in chunks.
 */
async function says(res: Response, text: string): Promise<boolean> {
  if (res.bodyUsed || !res.headers.get("content-type")?.startsWith("text/plain")) return false;
  const reader = res.clone().body?.getReader();
  if (reader === undefined) return text === "";
  const later = Promise.withResolvers<{ value?: undefined }>();
  const timer = setTimeout(() => later.resolve({}));
  const { value } = await Promise.race([reader.read(), later.promise]);
  clearTimeout(timer);
  reader.cancel().catch(() => {});
  return new TextDecoder().decode(value) === text;
}

/** With these headers; a copy where its own cannot be changed: those of `fetch()` and `Response.redirect()`. */
export function marked(
  response: Response,
  marks: Pick<Exchange, "errorId"> & { requestId: string | undefined },
): Response {
  const { headers } = response;
  try {
    if (marks.requestId !== undefined) headers.set("x-request-id", marks.requestId);
    if (marks.errorId !== undefined) headers.set("x-error-id", marks.errorId);
    return response;
  } catch {
    return marked(new Response(response.body, response), marks);
  }
}
