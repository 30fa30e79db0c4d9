import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fromSchema, type JsonSchema } from "../helpers/from_schema.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, OPERATOR_TOKEN, startApp, type TestApp } from "../helpers/start_app.ts";

/** For each operation. */
const RUNS = 60;
const VALID_RUNS = 100;

interface Operation {
  parameters?: { name: string; in: "path" | "query"; required: boolean; schema: JsonSchema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, unknown>;
  security: Record<string, string[]>[];
}

/** A request about to be made. */
interface Sent {
  parameters: Record<string, unknown>;
  body: unknown;
  token: "right" | "none" | "wrong";
}

Deno.test("requests made of openapi.json are answered with a status that it names, and none with 5xx", async (t) => {
  await using app = await startApp();
  await app.report("/errors", { svc_name: "shop", message: "one" });
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listErrors({ limit: 1 });
  for (const [path, operations] of await paths(app)) {
    // That is what it is for.
    if (path === "/fail") continue;
    for (const [method, operation] of Object.entries(operations)) {
      await t.step(`${method} ${path}`, async () => {
        // The others need it.
        const id = method === "delete" && path === "/errors/{id}" ? "x" : items[0]!.id;
        await fc.assert(
          fc.asyncProperty(sent(operation, id), async (request) => {
            const response = await app.fetch(toRequest(request, { path, method, operation }));
            await response.body?.cancel();
            const shown = `${method} ${path} ${JSON.stringify(request)}: ${response.status}`;
            assert(response.status < 500, shown);
            assert(String(response.status) in operation.responses, shown);
          }),
          { numRuns: operation.parameters?.length || operation.requestBody ? RUNS : 1 },
        );
      });
    }
  }
});

Deno.test("what openapi.json says that a report may be is taken", async (t) => {
  await using app = await startApp();
  for (const [path, { post }] of await paths(app)) {
    if (!post?.security.some((scheme) => "intake" in scheme)) continue;
    await t.step(path, async () => {
      const { schema } = post.requestBody!.content["application/json"]!;
      await fc.assert(
        fc.asyncProperty(fromSchema(schema), async (body) => {
          const response = await app.report(path, body);
          const { content } = await readEnvelope(response, { status: 202 });
          const { accepted } = content as { accepted: number };
          assertEquals(accepted, Array.isArray(body) ? body.length : 1);
        }),
        { numRuns: VALID_RUNS },
      );
    });
  }
});

Deno.test("what openapi.json says of limit, times and ids is what the routes take", async () => {
  await using app = await startApp();
  const cases: [query: string, status: number][] = [
    ["limit=1", 200],
    ["limit=100", 200],
    ["limit=0", 422],
    ["limit=101", 422],
    ["since=2026-11-22T10:00:00Z", 200],
    ["since=yesterday", 422],
  ];
  const [, { get }] = (await paths(app)).find(([path]) => path === "/logs")!;
  const schemas = Object.fromEntries(get!.parameters!.map(({ name, schema }) => [name, schema]));
  const { type, minimum, maximum } = schemas.limit!;
  assertEquals([type, minimum, maximum, schemas.since?.format], ["integer", 1, 100, "date-time"]);
  for (const [query, status] of cases) {
    assertEquals((await app.asOperator(`/logs?${query}`)).status, status, query);
  }
});

async function paths(app: TestApp): Promise<[string, Record<string, Operation>][]> {
  const description = await (await app.request("/openapi.json")).json();
  return Object.entries(description.paths);
}

/** Mostly what the description allows; now and then a part that is anything, or missing. */
function sent({ parameters = [], requestBody }: Operation, id: string): fc.Arbitrary<Sent> {
  const values = parameters.map(({ name, schema, in: place }) => {
    const allowed = place === "path"
      ? fc.constantFrom(id, "x", id.toUpperCase())
      : fromSchema(schema);
    return [
      name,
      fc.oneof({ weight: 6, arbitrary: allowed }, { weight: 1, arbitrary: fc.string() }),
    ];
  });
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
  return fc.record({
    parameters: fc.record(Object.fromEntries(values), {
      requiredKeys: parameters.filter(({ in: place }) => place === "path").map(({ name }) => name),
    }),
    body: schema === undefined ? fc.constant(undefined) : fc.oneof(
      { weight: 4, arbitrary: fromSchema(schema) },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
    // Few: who is wrong too often has to wait.
    token: fc.oneof(
      { weight: 30, arbitrary: fc.constant("right" as const) },
      { weight: 1, arbitrary: fc.constantFrom("none" as const, "wrong" as const) },
    ),
  });
}

/** A part of a path; `.` and `..` are ways to another. */
function segment(value: string): string {
  return /^\.{0,2}$/.test(value) ? "x" : encodeURIComponent(value.toWellFormed());
}

function toRequest(
  { parameters, body, token }: Sent,
  { path, method, operation }: { path: string; method: string; operation: Operation },
): Request {
  const query = new URLSearchParams();
  let at = path;
  for (const { name, in: place } of operation.parameters ?? []) {
    if (!(name in parameters)) continue;
    const value = String(parameters[name]);
    if (place === "query") query.append(name, value);
    else at = at.replace(`{${name}}`, () => segment(value));
  }
  const right = operation.security.some((scheme) => "intake" in scheme)
    ? INTAKE_KEY
    : OPERATOR_TOKEN;
  const headers = new Headers();
  if (token !== "none") headers.set("authorization", `Bearer ${token === "right" ? right : "no"}`);
  if (body !== undefined) headers.set("content-type", "application/json");
  return new Request(`http://localhost${at}?${query}`, {
    method: method.toUpperCase(),
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
