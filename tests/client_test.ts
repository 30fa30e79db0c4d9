import { assertEquals, assertMatch } from "@std/assert";
import * as v from "valibot";
import { createClient } from "../client.ts";
import type {
  ErrorDetail,
  ErrorSummary,
  OccurrenceDetail,
  Receipt,
  StateCounts,
} from "../logging/store/store.ts";
import type { Schema } from "../modules/module.ts";
import { modules } from "../modules/registry.ts";
import type {
  errorDetail,
  errorSummary,
  occurrenceDetail,
  receiptOrSearch,
  stateCounts,
} from "../modules/shapes.ts";
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
  await app.logging.flush({ deadlineMs: 5_000 });

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

Deno.test("the shapes of answers are the store's own types", () => {
  // Never called: the compiler is what is tested.
  const _checks = [
    (summary: ErrorSummary): v.InferOutput<typeof errorSummary> => summary,
    (summary: v.InferOutput<typeof errorSummary>): ErrorSummary => summary,
    (detail: ErrorDetail): v.InferOutput<typeof errorDetail> => detail,
    (detail: v.InferOutput<typeof errorDetail>): ErrorDetail => detail,
    (counts: v.InferOutput<typeof stateCounts>): StateCounts => counts,
    (receipt: Receipt): v.InferOutput<typeof receiptOrSearch> => receipt,
    ({ older, newer }: OccurrenceDetail): Pick<
      v.InferOutput<typeof occurrenceDetail>,
      "older" | "newer"
    > => ({ older, newer }),
  ];
});

Deno.test("every answer of the operator's API has the shape that openapi.json says", async (t) => {
  await using app = await startApp();
  for (const variant of ["disk is full", "no route", "no route"]) {
    await app.report("/errors", {
      svc_name: "shop",
      error: { type: "E", message: variant },
      attrs: { fingerprint: "one" },
    });
  }
  await app.report("/errors", { svc_name: "shop", error: { type: "F", message: "other" } });
  await app.logging.flush({ deadlineMs: 5_000 });
  const { errors } = await contentOf(app, "GET /errors") as { errors: ErrorSummary[] };
  const [other, one] = errors as [ErrorSummary, ErrorSummary];
  const id = one.id;
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
    [`POST /errors/${id}/notes`, "POST /errors/:id/notes", { note: "hm" }],
    [`POST /errors/${id}/split`, "POST /errors/:id/split", { variant: "no route" }],
    [`PUT /errors/${other.id}/merge`, "PUT /errors/:id/merge", { into: id }],
    [`DELETE /errors/${id}`, "DELETE /errors/:id"],
    ["GET /logs?limit=3", "GET /logs"],
    ["GET /?query_content=other&user_type=operator", "GET /home"],
  ];
  for (const [call, name, body] of calls) {
    await t.step(call.replaceAll(/[0-9a-f-]{36}/g, "…"), async () => {
      const module = modules.find((module) => `${module.method ?? "GET"} ${module.name}` === name)!;
      check(module.output!, await contentOf(app, call, body));
    });
  }
  const described = modules.filter(({ output, access }) => access === "operator" && output);
  const called = new Set(calls.map(([, name]) => name));
  assertEquals(
    described.filter(({ method, name }) => !called.has(`${method ?? "GET"} ${name}`)),
    [],
  );
});

/** With nothing missing and nothing more than the shape says. */
function check(shape: Schema, content: unknown): void {
  const { issues } = v.safeParse(strict(shape as v.GenericSchema), content);
  assertEquals(
    issues?.map(({ message, path }) => [message, path?.map(({ key }) => key)]),
    undefined,
  );
}

/** An object shape that refuses further keys, at the top and one below. */
function strict(shape: v.GenericSchema): v.GenericSchema {
  if (shape.type !== "object") return shape;
  return v.strictObject((shape as v.ObjectSchema<v.ObjectEntries, undefined>).entries);
}

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
