import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fromSchema, type JsonSchema } from "../helpers/from_schema.ts";
import { jsonBody, startApp } from "../helpers/start_app.ts";

/** Of each tool. */
const CALLS = 50;
const MESSAGES = 200;
const MAX_ANSWER_CHARS = 60_000;
const INTERNAL_ERROR = -32603;

Deno.test("whatever an agent sends is answered in the words of JSON-RPC, and nothing of it fails here", async (t) => {
  await using app = await startApp();
  const { error_id } = await (await app.request("/fail?how=throw")).json();
  await app.logging.flush({ deadlineMs: 5_000 });
  const warnings: unknown[] = [];
  const { warn } = console;
  console.warn = (...args) => warnings.push(args);
  const ask = async (message: unknown) => {
    const init = jsonBody(message);
    const response = await app.asOperator("/mcp", init);
    const text = await response.text();
    assert(response.status < 500, `${init.body}: ${response.status}`);
    assert(text.length < MAX_ANSWER_CHARS, `${init.body}: ${text.length}`);
    if (text === "") return undefined;
    const [, event] = /^event: message\ndata: (.+)\n\n$/.exec(text) ?? [];
    const answer = JSON.parse(event ?? text);
    assertEquals(answer.jsonrpc, "2.0");
    assert(answer.error?.code !== INTERNAL_ERROR, `${init.body}: ${text}`);
    return answer;
  };
  try {
    const { result } = await ask({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    for (const { name, inputSchema } of result.tools) {
      await t.step(name, () =>
        fc.assert(
          fc.asyncProperty(argumentsOf(inputSchema, error_id), async (given) => {
            const params = { name, arguments: given };
            const answer = await ask({ jsonrpc: "2.0", id: 2, method: "tools/call", params });
            assertEquals(answer.result.content.length, 1);
          }),
          { numRuns: CALLS },
        ));
    }
    await t.step("messages", () =>
      fc.assert(
        fc.asyncProperty(message, async (sent) => void await ask(sent)),
        { numRuns: MESSAGES },
      ));
    assertEquals(warnings, []);
  } finally {
    console.warn = warn;
  }
});

/** What the schema allows, with an id that exists; or anything. */
function argumentsOf(schema: JsonSchema, id: string): fc.Arbitrary<unknown> {
  const { additionalProperties: _, ...open } = schema;
  const right = fromSchema(open).chain((given) =>
    fc.constantFrom(id, "x").map((id) => ({
      ...given as object,
      ..."id" in open.properties! && { id },
    }))
  );
  const names = Object.keys(schema.properties ?? {});
  const wrong = fc.record(Object.fromEntries(names.map((name) => [name, fc.jsonValue()])), {
    requiredKeys: [],
  });
  return fc.oneof(
    { weight: 3, arbitrary: right },
    { weight: 2, arbitrary: wrong },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

const method = fc.oneof(
  fc.constantFrom("initialize", "ping", "tools/list", "tools/call", "server/discover"),
  fc.constantFrom("subscriptions/listen", "completion/complete", "notifications/cancelled"),
  fc.string(),
);
const meta = fc.record({
  "io.modelcontextprotocol/protocolVersion": fc.oneof(fc.constant("2026-07-28"), fc.jsonValue()),
  "io.modelcontextprotocol/clientCapabilities": fc.oneof(fc.constant({}), fc.jsonValue()),
}, { requiredKeys: [] });
const message = fc.oneof(
  fc.jsonValue(),
  fc.record({
    jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant("2.0") }, fc.jsonValue()),
    id: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
    method,
    params: fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.string(), cursor: fc.jsonValue(), _meta: meta }, { requiredKeys: [] }),
      fc.constant({ protocolVersion: "2025-06-18", capabilities: {}, clientInfo: {} }),
    ),
  }, { requiredKeys: [] }),
);
