/**
 * An app of somebody's own, run by tests in several releases: those that `BROKEN_RELEASES` names fail.
 *
 * @module
 */
import { Hono } from "hono";
import { holdfast } from "../../holdfast.ts";

const release = Deno.env.get("HOLDFAST_RELEASE") ?? "";
const isBroken = Deno.env.get("BROKEN_RELEASES")?.split(",").includes(release);

const hf = await holdfast({ service: "shop", apiPath: "/holdfast" });
const app = new Hono();
app.use(hf.middleware());
app.get("/orders/:id", (c) => {
  if (isBroken) throw new TypeError("the order has no cart");
  return c.json({ id: c.req.param("id") });
});
app.route("/board", hf.board());
app.route("/holdfast", hf.api());
await hf.serve(app);
