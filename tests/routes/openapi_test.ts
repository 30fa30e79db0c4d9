import { assert, assertEquals, assertMatch } from "@std/assert";
import { Hono } from "hono";
import * as v from "valibot";
import { modules } from "../../modules/registry.ts";
import { testApp } from "../../testing.ts";
import { startApp } from "../helpers/start_app.ts";
import { synthetic } from "../helpers/synthetic.ts";

Deno.test("openapi.json describes exactly the registry, and is well-formed OpenAPI 3.1", async () => {
  await using app = await startApp();
  const response = await app.request("/openapi.json");
  assertEquals([response.status, response.headers.get("content-type")], [200, "application/json"]);
  assertMatch(String(response.headers.get("x-request-id")), /^[0-9a-f-]{36}$/);
  const document = await response.json() as Document;
  assertMatch(document.openapi, /^3\.1\.\d+$/);
  assert(document.info.title !== "" && document.info.version !== "");

  const listed = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`)
  );
  const registered = modules.flatMap(({ name, paths = [name], method = "GET" }) =>
    paths.map((path) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)
  );
  const operational = ["/healthz", "/readyz", "/metrics", "/openapi.json"];
  assertEquals(
    listed.sort(),
    [...registered, ...operational.map((path) => `get ${path}`), "post /mcp"].sort(),
  );
  for (const path of operational) assertEquals((await app.request(path)).status, 200, path);
  const ids = Object.values(document.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId)
  );
  assertEquals(ids.filter((id) => !/^[a-z][A-Za-z0-9]+$/.test(id)), []);
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(document.servers, [{ url: "/" }]);
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) checkOperation(operation, path);
  }
  checkReferences(document, document);
});

Deno.test("openapi.json says what is required, what is allowed and who may call", async () => {
  await using app = await startApp();
  const { paths, components } = await (await app.request("/openapi.json")).json() as Document;
  const home = paths["/"]!.get!;
  const named = Object.fromEntries(home.parameters.map((parameter) => [parameter.name, parameter]));
  assertEquals([named.query_content?.required, named.user_type?.required, named.limit?.required], [
    true,
    true,
    false,
  ]);
  assertEquals(named.user_type?.schema.enum, ["guest", "operator"]);
  assertEquals(home.security, [{}, { operator: [] }]);
  assertEquals(paths["/healthz"]!.get!.security, []);
  assertEquals(paths["/errors"]!.post!.security, [{ intake: [] }]);
  const { requestBody, responses } = paths["/errors"]!.post!;
  assertEquals(requestBody!.required, true);
  assertEquals(paths["/errors/{id}/mute"]!.put!.requestBody!.required, false);
  assertEquals(
    Object.keys(responses),
    ["202", "400", "401", "403", "408", "413", "415", "422", "429", "500", "503", "504", "default"],
  );
  assertEquals(paths["/errors/{id}/mute"]!.put!.security, [{ operator: [] }]);
  assertEquals(Object.keys(components.securitySchemes).sort(), ["intake", "operator"]);
});

Deno.test("a module of another schema library is described without its input", async () => {
  const other = synthetic(() => 1);
  const foreign = {
    "~standard": { version: 1, vendor: "other", validate: (value: unknown) => ({ value }) },
  } as const;
  await using app = await startApp({ modules: [{ ...other, input: foreign }] });
  const { paths } = await (await app.request("/openapi.json")).json() as Document;
  assertEquals(paths["/synthetic"]!.get!.parameters, []);
});

Deno.test("a schema with a part that JSON Schema lacks is described as far as it goes", async () => {
  const input = v.object({ when: v.date(), name: v.string() });
  await using app = await startApp({ modules: [{ ...synthetic(() => 1), input }] });
  const { paths } = await (await app.request("/openapi.json")).json() as Document;
  assertEquals(paths["/synthetic"]!.get!.parameters.map(({ name }) => name), ["when", "name"]);
});

interface Operation {
  operationId: string;
  summary: string;
  parameters: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[];
  requestBody?: { required: boolean; content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string } | { $ref: string }>;
  security?: Record<string, string[]>[];
}

interface Document {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

function checkOperation(operation: Operation, path: string): void {
  assert(operation.summary !== "", path);
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
  const parameters = operation.parameters.filter((parameter) => parameter.in === "path");
  assertEquals(parameters.map(({ name }) => name), inPath, path);
  for (const parameter of operation.parameters) {
    assert(["path", "query"].includes(parameter.in), path);
    assert(typeof parameter.schema === "object", `${path} ${parameter.name}`);
    if (parameter.in === "path") assertEquals(parameter.required, true, path);
  }
  const keys = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
  assertEquals(new Set(keys).size, keys.length, path);
  for (const [status, response] of Object.entries(operation.responses)) {
    assertMatch(status, /^(default|[1-5]\d\d)$/, path);
    assert("$ref" in response || response.description !== "", path);
  }
}

/** Every `$ref` leads to something. */
function checkReferences(part: unknown, document: Document): void {
  if (typeof part !== "object" || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    if (key !== "$ref") checkReferences(value, document);
    else {
      const keys = String(value).replace(/^#\//, "").split("/");
      const found = keys.reduce<unknown>(
        (at, name) => (at as Record<string, unknown> | undefined)?.[name],
        document,
      );
      assert(found !== undefined, String(value));
    }
  }
}

Deno.test("where the API has a path of its own, openapi.json and the page lead there", async () => {
  await using app = await testApp((hf) =>
    hf.envelopes(new Hono()).route(
      "/",
      hf.modules([synthetic(() => 1, { name: "/own" })]),
    )
      .route("/ops/api", hf.api()).route("/", hf.api())
  );
  const { paths } = await (await app.request("/ops/api/openapi.json")).json();
  assertEquals(paths["/errors"].servers, [{ url: "/ops/api" }]);
  assertEquals(paths["/healthz"].servers, [{ url: "/ops/api" }]);
  assertEquals(paths["/own"].servers, undefined);
  const atRoot = await (await app.request("/openapi.json")).json();
  assertEquals(atRoot.paths["/errors"].servers, undefined);
  for (const path of ["/ops/api", "/"]) {
    const page = await (await app.request(path, { headers: { accept: "text/html" } })).text();
    const links = Array.from(page.matchAll(/href="([^"]+)"/g), ([, href]) => href!);
    assertEquals(links.length, 4);
    for (const link of links) {
      const { pathname } = new URL(link, `http://localhost${path}`);
      const answer = await app.request(pathname);
      await answer.body?.cancel();
      assertEquals(answer.status, 200, `${link} on ${path}`);
    }
  }
});
