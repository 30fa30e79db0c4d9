/**
 * An app of somebody's own, run by tests: its board stands below a parameter, its API at a path of its own.
 *
 * @module
 */
import { Hono } from "hono";
import { holdfast } from "../../holdfast.ts";

const hf = await holdfast({
  service: "shop",
  boardPath: "/ops/red/board",
  apiPath: "/holdfast",
});
const app = new Hono();
app.use(hf.middleware());
app.get("/orders/:id", (c) => {
  throw new RangeError(`no order ${c.req.param("id")} is here`);
});
app.route("/holdfast", hf.api());
app.route("/ops/:team/board", hf.board());
await hf.serve(app);
