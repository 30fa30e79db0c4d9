// @ts-check
/**
 * An existing Hono app that does the work, and whatever stands in front of it. Plain JavaScript, made with the caller's own Hono
 * and valibot, because its packages stand in different places: see `work.mjs`.
 *
 * @module
 */
import { createWork } from "./work.mjs";

const BAD_REQUEST = 400;
const INTERNAL = 500;

/**
 * The app. What stands in front comes first.
 *
 * @param {{
 *   Hono: typeof import("npm:hono@4.13.19").Hono,
 *   v: typeof import("npm:valibot@1.5.0"),
 *   before?: (app: import("npm:hono@4.13.19").Hono) => void,
 *   onFailure?: (error: Error) => void,
 * }} parts
 */
export function createHonoApp({ Hono, v, before, onFailure }) {
  const work = createWork(v);
  const app = new Hono();
  before?.(app);
  app.get("/work", (c) => {
    const checked = v.safeParse(work.query, c.req.query());
    return checked.success
      ? c.json(answered(work.answerQuery(checked.output)))
      : c.json(failed("KeyError", BAD_REQUEST), BAD_REQUEST);
  });
  app.post("/body", async (c) => {
    const checked = v.safeParse(work.body, await c.req.json());
    return checked.success
      ? c.json(answered(work.answerBody(checked.output)))
      : c.json(failed("KeyError", BAD_REQUEST), BAD_REQUEST);
  });
  app.get("/fail", (c) => work.fail({ numbered: c.req.query("numbered") }));
  app.onError((error, c) => {
    onFailure?.(error);
    return c.json(failed("InternalError", INTERNAL), INTERNAL);
  });
  return app;
}

/** @param {unknown} content */
function answered(content) {
  return { content, content_status: "return", status: 200 };
}

/**
 * @param {string} name
 * @param {number} status
 */
function failed(name, status) {
  return { content: `[Error] ${name}: no answer`, content_status: "error", status };
}
