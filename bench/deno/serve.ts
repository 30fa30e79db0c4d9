/**
 * The floor: `Deno.serve` alone, which answers every request with the headers and the body that Holdfast answers the work with.
 * Nothing is looked at, routed, validated or recorded.
 *
 * Arguments: port.
 *
 * @module
 */
import * as v from "valibot";
import { answered } from "../../modules/envelope.ts";
import { ANSWER_HEADERS } from "../../routes/exchange.ts";
import { createWork } from "../work.mjs";

const ID = "the request's id";
const input = { query_content: "a-question-of-usual-length", user_type: "guest" };
const envelope = answered(createWork(v).answerQuery(input), 200, ID);
const [before, after] = JSON.stringify(envelope).split(ID);

const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen: () => {} },
  () => {
    const id = crypto.randomUUID();
    return new Response(before + id + after, {
      headers: { ...ANSWER_HEADERS, "content-type": "application/json", "x-request-id": id },
    });
  },
);

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  Deno.exit(0);
});
