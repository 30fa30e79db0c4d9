import { assertEquals, assertMatch } from "@std/assert";
import { createClient, type Routes } from "../client.ts";
import type { ErrorSummary } from "../store/store.ts";
import type { Endpoint } from "../modules/module.ts";
import { modules } from "../modules/registry.ts";
import { answer } from "../modules/shapes.ts";
import { faultsOf } from "./helpers/check_shape.ts";
import { INTAKE_KEY, OPERATOR_TOKEN, startApp, type TestApp } from "./helpers/start_app.ts";

Deno.test("the typed client reports, finds, resolves and removes", async () => {
  await using app = await startApp();
  await using server = serve(app);
  const api = createClient(server.url, { token: OPERATOR_TOKEN });
  const intake = createClient(server.url, { token: INTAKE_KEY });

  const reported = await intake.errors.$post({
    json: { svc_name: "shop", error: { type: "TypeError", message: "no price" } },
  });
  if (!reported.ok) throw new Error((await reported.json()).content);
  assertEquals(reported.status, 202);
  const receipt: string = (await reported.json()).content.ids[0]!;
  await app.logging.flush({ deadlineMs: 30_000 });

  const listed = await api.errors.$get({ query: { state: "open", svc_name: "shop", limit: 5 } });
  if (!listed.ok) throw new Error((await listed.json()).content);
  const errors: ErrorSummary[] = (await listed.json()).content.errors;
  const { id } = errors[0]!;
  assertEquals(errors.map(({ message }) => message), ["no price"]);

  const resolved = await api.errors[":id"].resolution.$put({
    param: { id },
    json: { release: "2.0" },
  });
  assertEquals((await resolved.json()).content_status, "return");
  const found = await api.home.$get({ query: { query_content: receipt, user_type: "guest" } });
  assertEquals((await found.json()).status, 200);
  const counts = await api.errors.counts.$get();
  assertEquals((await counts.json()).content, { open: 0, resolved: 1, muted: 0 });
  await (await api.errors[":id"].$delete({ param: { id } })).body?.cancel();
  const gone = await api.errors[":id"].$get({ param: { id } });
  if (gone.ok) throw new Error("it is still there");
  assertEquals((await gone.json()).error_code, "id.not_found");
});

Deno.test("what the API does not take does not compile", () => {
  const api = createClient("http://127.0.0.1:1");
  // Never called: the compiler is what is tested.
  const _calls = [
    // @ts-expect-error There is no such state.
    () => api.errors.$get({ query: { state: "broken" } }),
    // @ts-expect-error The id is missing.
    () => api.errors[":id"].$get({}),
    // @ts-expect-error A number of occurrences is no text.
    () => api.errors[":id"].mute.$put({ param: { id: "x" }, json: { more: "many" } }),
    // @ts-expect-error A merge needs to know into what.
    () => api.errors[":id"].merge.$put({ param: { id: "x" }, json: {} }),
    // @ts-expect-error There is no such route.
    () => api.mistakes.$get(),
    // @ts-expect-error Errors are not patched.
    () => api.errors.$patch({}),
    // @ts-expect-error A guest's receipt has to be given.
    () => api.home.$get({ query: { user_type: "guest" } }),
    // @ts-expect-error An error has no colour.
    async () => (await (await api.errors.$get()).json()).content.errors[0].colour,
    () => api.errors[":id"].mute.$put({ param: { id: "x" }, json: { more: 5 } }),
    () => api.errors.trends.$get({ query: { ids: "a,b" } }),
  ];
});

Deno.test("the client's table says what the registry says", () => {
  // Never called: the compiler is what is tested, and names the routes that are wrong.
  const _checks = [
    (inputs: Wrong<"input">): never => inputs,
    (answers: Wrong<"answer">): never => answers,
    (strangers: Exclude<Told, Real["call"]>): never => strangers,
  ];
  const source = Deno.readTextFileSync(new URL("../client.ts", import.meta.url));
  const told = modules.filter(({ access, name }) => access !== undefined || name === "/home");
  const missing = told.filter(({ name, method = "GET" }) => {
    const [, ofRoute = ""] = source.split(`"${name}": {`);
    return !ofRoute.split(/\n {2}(?:"|\})/)[0]!.includes(`$${method.toLowerCase()}: Call`);
  });
  assertEquals(missing.map(({ name, method = "GET" }) => `${method} ${name}`), []);
});

/** All modules as the compiler knows them. */
type Real = (typeof modules)[number] extends infer M
  ? M extends Endpoint<infer Path, infer Verb, infer Input, infer Content>
    ? { call: `$${Lowercase<Verb>} ${Path}`; input: InputOf<Path, Verb, Input>; content: Content }
  : never
  : never;

/** All of the client's table. */
type Told = { [Path in keyof Routes]: `${keyof Routes[Path] & string} ${Path}` }[keyof Routes];

/** Calls of which the client tells something else than the registry. */
type Wrong<What extends "input" | "answer"> = {
  [Path in keyof Routes]: {
    [Verb in keyof Routes[Path] & string]: Routes[Path][Verb] extends infer Call
      ? Extract<Real, { call: `${Verb} ${Path}` }> extends infer R extends Real
        ? What extends "input"
          ? Call extends { input: infer Input } ? Input extends R["input"] ? never : R["call"]
          : never
        : Call extends { status: 200 | 201 | 202; output: { content: infer Content } }
          ? SameKeys<Content, R["content"]> extends true ? never : R["call"]
        : never
      : never
      : never;
  }[keyof Routes[Path] & string];
}[keyof Routes];

/** Of unions: of every member. What has no shape in the registry has none in the client. */
type SameKeys<One, Other> = [KeysOf<One>] extends [KeysOf<Other>]
  ? [KeysOf<Other>] extends [KeysOf<One>] ? true : false
  : false;
type KeysOf<Content> = Content extends unknown ? keyof Content : never;

/** What a caller writes, after a module's schema: path parameters, and the rest as query or body. */
type InputOf<Path, Verb, Input> =
  & (ParamsIn<Path> extends never ? unknown : { param: Record<ParamsIn<Path>, string> })
  & RestOf<Verb, ParamsIn<Path> extends never ? Input : Omit<Input, ParamsIn<Path>>>;

type RestOf<Verb, Input> = Verb extends "GET" | "DELETE"
  ? Record<never, never> extends Input ? { query?: Input } : { query: Input }
  : Record<never, never> extends Input ? { json?: Input }
  : { json: Input };

/** The `:name`s in a path. */
type ParamsIn<Path> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamsIn<`/${Rest}`>
  : Path extends `${string}:${infer Name}` ? Name
  : never;

Deno.test("every answer of the operator's API has the shape that openapi.json says", async (t) => {
  await using app = await startApp();
  for (const variant of ["disk is full", "no route", "no route"]) {
    await app.report("/errors", {
      svc_name: "shop",
      error: { type: "E", message: variant },
      attrs: { fingerprint: "one" },
    });
  }
  await app.report("/errors", {
    svc_name: "shop",
    release: "1",
    error: { type: "F", message: "other" },
  });
  await app.logging.flush({ deadlineMs: 30_000 });
  const { errors } = await contentOf(app, "GET /errors") as { errors: ErrorSummary[] };
  const [other, one] = errors as [ErrorSummary, ErrorSummary];
  const id = one.id;
  const key = await contentOf(app, "POST /keys", { service: "till" }) as { id: string };
  const calls: [call: string, module: string, body?: unknown][] = [
    ["GET /errors?sort=count", "GET /errors"],
    ["GET /errors/counts?q=full", "GET /errors/counts"],
    [`GET /errors/trends?ids=${id},${other.id}`, "GET /errors/trends"],
    [`GET /errors/${id}`, "GET /errors/:id"],
    [`GET /errors/${id}/occurrences`, "GET /errors/:id/occurrences"],
    [`GET /occurrences/${one.last_error_id}`, "GET /occurrences/:id"],
    [`PUT /errors/${id}/mute`, "PUT /errors/:id/mute", { more: 3 }],
    [`DELETE /errors/${id}/mute`, "DELETE /errors/:id/mute"],
    [`PUT /errors/${id}/resolution`, "PUT /errors/:id/resolution", { release: "1" }],
    [`DELETE /errors/${id}/resolution`, "DELETE /errors/:id/resolution"],
    ["PUT /errors/resolution", "PUT /errors/resolution", { ids: [id] }],
    [`DELETE /errors/resolution?ids=${id}`, "DELETE /errors/resolution"],
    ["PUT /errors/mute", "PUT /errors/mute", { ids: [id, other.id] }],
    [`DELETE /errors/mute?ids=${id},${other.id}`, "DELETE /errors/mute"],
    [`PUT /errors/${id}/assignee`, "PUT /errors/:id/assignee", { to: "ana" }],
    [`DELETE /errors/${id}/assignee`, "DELETE /errors/:id/assignee"],
    ["PUT /errors/assignee", "PUT /errors/assignee", { ids: [id], to: "ana" }],
    [`DELETE /errors/assignee?ids=${id}`, "DELETE /errors/assignee"],
    [`PUT /errors/${id}/issue`, "PUT /errors/:id/issue", { url: "https://git.example/7" }],
    [`DELETE /errors/${id}/issue`, "DELETE /errors/:id/issue"],
    [`POST /errors/${id}/notes`, "POST /errors/:id/notes", { note: "hm" }],
    [`POST /errors/${id}/split`, "POST /errors/:id/split", { variant: "no route" }],
    [`PUT /errors/${other.id}/merge`, "PUT /errors/:id/merge", { into: id }],
    [`DELETE /errors/${id}`, "DELETE /errors/:id"],
    ["DELETE /errors?svc_name=nobody", "DELETE /errors"],
    ["DELETE /logs?older_than_days=1", "DELETE /logs"],
    ["GET /logs?limit=3", "GET /logs"],
    ["GET /releases?svc_name=shop", "GET /releases"],
    ["GET /traffic?by=svc_name,route&step=minute", "GET /traffic"],
    ["GET /keys", "GET /keys"],
    ["POST /keys", "POST /keys", { service: "shop" }],
    ["GET /keys/counts?days=2", "GET /keys/counts"],
    [`DELETE /keys/${key.id}`, "DELETE /keys/:id"],
    ["GET /?query_content=other&user_type=operator", "GET /home"],
  ];
  for (const [call, name, body] of calls) {
    await t.step(call.replaceAll(/[0-9a-f-]{36}/g, "…"), async () => {
      const module = modules.find((module) => `${module.method ?? "GET"} ${module.name}` === name)!;
      const shape = module.output!["~standard"].jsonSchema!.output({ target: "draft-2020-12" });
      assertEquals(faultsOf(shape, await contentOf(app, call, body)), []);
    });
  }
  const described = modules.filter(({ output, access }) => access === "operator" && output);
  const called = new Set(calls.map(([, name]) => name));
  assertEquals(
    described.filter(({ method, name }) => !called.has(`${method ?? "GET"} ${name}`)),
    [],
  );
});

Deno.test("the check of shapes finds what is missing, more and other, at any depth", () => {
  const shape = answer({
    errors: ["ErrorKey[]", ""],
    state: ["State", ""],
    last_seen: ["time | null", ""],
    count: ["integer?", ""],
  })["~standard"].jsonSchema!.output({ target: "draft-2020-12" });
  const key = { key: "k", rule: "frames", parts: ["a"] };
  assertEquals(faultsOf(shape, { errors: [key], state: "open", last_seen: null }), []);
  assertEquals(
    faultsOf(shape, {
      errors: [key, { key: 1, rule: "none", colour: "red" }],
      state: "lost",
      last_seen: "today",
      count: 1.5,
    }),
    [
      "content.errors.1.parts is missing",
      "content.errors.1.key is no string",
      "content.errors.1.rule is none of caller,frames,message,overflow",
      "content.errors.1.colour is in no shape",
      "content.state is none of open,resolved,muted",
      "content.last_seen is no time",
      "content.count is no integer",
    ],
  );
});

async function contentOf(app: TestApp, call: string, body?: unknown): Promise<unknown> {
  const [method, path] = call.split(" ") as [string, string];
  const response = await app.asOperator(path, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const envelope = await response.json();
  assertMatch(envelope.content_status, /return/, JSON.stringify(envelope));
  return envelope.content;
}

function serve(app: TestApp): AsyncDisposable & { url: string } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
