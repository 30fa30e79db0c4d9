import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Agent, connectAgent, NEWEST } from "./agent.ts";
import { OPERATOR_TOKEN, startApp, type TestApp } from "../helpers/start_app.ts";

const READING = ["list_errors", "get_error", "search_logs", "get_reproduction"];
const WRITING = ["resolve", "mute", "note"];

const agentOf = (app: TestApp, options = {}): Promise<Agent> =>
  connectAgent({
    fetch: (url, init) => app.fetch(new Request(url, init)),
    ...options,
  });

Deno.test("the official client finds the same tools whether it begins with initialize or says everything with each request", async () => {
  await using app = await startApp();
  for (const way of ["legacy", NEWEST] as const) {
    await using agent = await agentOf(app, { way });
    const { tools } = await agent.client.listTools();
    assertEquals(tools.map(({ name }) => name), [...READING, ...WRITING]);
    for (const { name, title, description, inputSchema, annotations } of tools) {
      assert(title && description && description.length > 40, name);
      assertEquals(annotations?.readOnlyHint, READING.includes(name), name);
      for (const [argument, schema] of Object.entries(inputSchema.properties ?? {})) {
        assertMatch(String((schema as { description?: string }).description), /\w+/, argument);
      }
    }
    assertMatch(String(agent.client.getInstructions()), /data about what happened/);
    const { text } = await agent.call("list_errors");
    assertEquals(text, "No error matches.");
  }
});

Deno.test("an agent goes from the list to the error, mutes, notes, resolves and opens it again, and the history says who", async () => {
  await using app = await startApp();
  await app.request("/fail?how=throw", { headers: { "x-request-id": "of-the-agent" } });
  await app.logging.flush({ deadlineMs: 5_000 });
  await using agent = await agentOf(app);
  const { structured } = await agent.call("list_errors");
  const [{ id, recorded }] = structured.errors;
  assertEquals(recorded.message, "thrown on purpose by /fail");
  const shown = await agent.call("get_error", { id });
  assertStringIncludes(shown.text, '>   34 |   throw new Error("thrown on purpose by /fail");');
  assertStringIncludes(shown.text, "asked: GET /fail?how=throw");
  assertStringIncludes(shown.text, "request id: of-the-agent");
  const log = await agent.call("search_logs", { request_id: "of-the-agent" });
  assertStringIncludes(log.text, "1 of 1 records");

  const test = await agent.call("get_reproduction", { id });
  const file = await (await app.asOperator(`/errors/${id}/reproduction`)).text();
  assertStringIncludes(test.text, file.trimEnd());
  const empty = await agent.call("list_errors", { assigned_to: "nobody", new_since: "1.0" });
  assertEquals(empty.text, "No error matches.");

  assertStringIncludes((await agent.call("mute", { id, more: 5 })).text, "is muted now");
  await agent.call("mute", { id, undo: true });
  await agent.call("note", { id, note: "the guard was missing" });
  const resolved = await agent.call("resolve", { id, release: "next", note: "guard added" });
  assertEquals(resolved.structured.state, "resolved");
  assertStringIncludes(resolved.text, "The next release of its service counts as the fix.");
  const reopened = await agent.call("resolve", { id, undo: true });
  assertEquals(reopened.structured.state, "open");
  const history = await agent.call("get_error", { id, part: "history" });
  for (const line of ["reopened", "resolved", "noted", "unmuted", "muted"]) {
    assertMatch(history.text, new RegExp(`${line} by operator via MCP`));
  }
  assertStringIncludes(history.text, "noted by operator via MCP: the guard was missing");
});

Deno.test("a receipt that is a moment old leads to its error", async () => {
  await using app = await startApp();
  const { error_id } = await (await app.request("/fail?how=string")).json();
  await using agent = await agentOf(app);
  const { text } = await agent.call("get_error", { id: error_id.toUpperCase() });
  assertStringIncludes(text, `Shown: occurrence ${error_id}.`);
});

Deno.test("a wrong argument is answered with its name, its bound and its value", async () => {
  await using app = await startApp();
  await using agent = await agentOf(app);
  const cases: [tool: string, args: Record<string, unknown>, says: string][] = [
    ["list_errors", { state: "new" }, '"open" or "resolved" or "muted" or "any", got "new"'],
    ["list_errors", { limit: 0 }, "limit must be 1 to 100, got 0"],
    ["list_errors", { sine: 1 }, "sine is not an argument of list_errors, which takes state, q"],
    ["get_error", {}, "id is missing"],
    ["get_error", { id: 7, from: -1 }, "id must be string, got 7; from must be a whole number"],
    ["get_error", { id: "x" }, 'no error has the id "x"'],
    ["search_logs", { since: "yesterday" }, 'since must be a time as ISO 8601, got "yesterday"'],
    ["search_logs", { cursor: "x" }, "cursor"],
    ["get_reproduction", { id: "x", from: 0.5 }, "from must be a whole number from 0 to 1000000"],
    ["resolve", { id: "x", release: "" }, 'release must not be empty, got ""'],
    ["mute", { id: "x", more: 0 }, "more must be a whole number from 1 to 1000000000, got 0"],
    ["note", { id: "x", note: "" }, 'note must not be empty, got ""'],
  ];
  for (const [tool, args, says] of cases) {
    const { text, isError } = await agent.call(tool, args);
    assertEquals(isError, true, tool);
    assertStringIncludes(text, says, tool);
  }
  await assertRejects(() => agent.call("remove"), Error, "name must be one of list_errors");
});

Deno.test("who may not ask is refused before anything is read, and each wrong request in the words of JSON-RPC", async () => {
  await using app = await startApp();
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  const newest = { "io.modelcontextprotocol/protocolVersion": "2030-01-01" };
  const send = async (
    body: unknown,
    { headers = {}, method = "POST", token = OPERATOR_TOKEN, query = "" } = {},
  ) => {
    const response = await app.request(`/mcp${query}`, {
      method,
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        authorization: `Bearer ${token}`,
        ...headers,
      },
      ...(method === "POST" && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const [, event] = /^event: message\ndata: (.+)\n\n$/.exec(text) ?? [];
    const answer = text === "" ? {} : JSON.parse(event ?? text);
    assertEquals(answer.jsonrpc ?? "2.0", "2.0");
    return [response.status, answer.error?.code ?? (answer.result ? "result" : "nothing")];
  };
  assertEquals(await send(ping), [200, "result"]);
  assertEquals(await send(ping, { query: "?utm_source=x" }), [200, "result"]);
  assertEquals(await send(ping, { headers: { "mcp-session-id": "of-another" } }), [200, "result"]);
  assertEquals(await send(ping, { headers: { accept: "*/*" } }), [200, "result"]);
  assertEquals(await send(ping, { headers: { origin: "http://localhost" } }), [200, "result"]);
  assertEquals(await send({ jsonrpc: "2.0", method: "notifications/initialized" }), [
    202,
    "nothing",
  ]);
  const refused: [given: Parameters<typeof send>, status: number, code: number][] = [
    [[ping, { token: "wrong" }], 401, -32600],
    [[ping, { headers: { origin: "https://elsewhere.example" } }], 403, -32600],
    [[ping, { headers: { origin: "null" } }], 403, -32600],
    [[ping, { method: "GET" }], 405, -32600],
    [[ping, { method: "DELETE" }], 405, -32600],
    [[ping, { headers: { accept: "application/json" } }], 406, -32600],
    [[ping, { headers: { "content-type": "text/plain" } }], 415, -32600],
    [[ping, { headers: { "mcp-protocol-version": "2023-01-01" } }], 400, -32600],
    [["{"], 400, -32700],
    [[[ping, list]], 400, -32600],
    [[{ method: "ping" }], 400, -32600],
    [[{ ...ping, id: 1.5 }], 400, -32600],
    [[{ ...ping, params: { _meta: newest } }], 400, -32020],
    [[" ".repeat(300_000)], 413, -32600],
    [[{ ...ping, method: "resources/list" }], 200, -32601],
    [[{ ...ping, method: "tools/call" }], 200, -32602],
  ];
  for (const [given, status, code] of refused) {
    assertEquals(await send(...given), [status, code], JSON.stringify(given).slice(0, 200));
  }
  const allow = await app.asOperator("/mcp");
  assertEquals(allow.headers.get("allow"), "POST");
  await allow.body?.cancel();
});

Deno.test("what an agent asked is in the log, what it read is not", async () => {
  await using app = await startApp();
  await app.request("/fail?how=throw");
  await app.logging.flush({ deadlineMs: 5_000 });
  await using agent = await agentOf(app);
  await agent.call("list_errors", { q: "purpose" });
  await app.logging.flush({ deadlineMs: 5_000 });
  const { items } = await app.logging.store.listLogs({ route: "/mcp", limit: 10 });
  const [newest] = items;
  assertEquals([newest?.level, newest?.status, newest?.output], ["INFO", 200, undefined]);
  assertStringIncludes(JSON.stringify(newest?.input), "list_errors");
});

Deno.test("a token that may only read lists and calls no tool that changes anything, and a name stands in the history", async () => {
  await using app = await startApp({
    operators: [
      { token: OPERATOR_TOKEN, name: "ana", mayWrite: true },
      { token: "of-ben", name: "ben", mayWrite: false },
    ],
  });
  const { error_id: id } = await (await app.request("/fail?how=string")).json();
  for (const way of ["legacy", NEWEST] as const) {
    await using reader = await agentOf(app, { way, token: "of-ben" });
    const { tools } = await reader.client.listTools();
    assertEquals(tools.map(({ name }) => name), READING);
    assertStringIncludes((await reader.call("get_error", { id })).text, "is open");
    for (const tool of WRITING) {
      await assertRejects(() => reader.call(tool, { id, note: "x" }), Error, "Unknown tool");
    }
  }
  await using writer = await agentOf(app);
  await writer.call("note", { id, note: "seen" });
  const { text } = await writer.call("get_error", { id, part: "history" });
  assertStringIncludes(text, "noted by ana via MCP: seen");
});

Deno.test("without an operator's token there is no such route", async () => {
  await using app = await startApp({ operators: [] });
  const response = await app.request("/mcp", { method: "POST", body: "{}" });
  assertEquals(response.status, 404);
  await response.body?.cancel();
});
