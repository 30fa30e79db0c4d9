import { assertEquals } from "@std/assert";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { jsonBody, startApp } from "../helpers/start_app.ts";

Deno.test("an answer lists every fault of a query, the first one's code is the answer's", async () => {
  await using app = await startApp();
  const { errors, content } = await readEnvelope(
    await app.request("/?user_type=admin&limit=0"),
    { status: 400, code: "query_content.missing" },
  );
  assertEquals(
    errors,
    [
      {
        path: "query_content",
        code: "query_content.missing",
        message: "query_content is missing",
      },
      {
        path: "user_type",
        code: "user_type.unknown",
        message: 'user_type must be "guest" or "operator", got "admin"',
      },
      { path: "limit", code: "limit.invalid", message: "limit must be 1 to 100, got 0" },
    ].map((fault) => fault.path === "limit" ? { ...fault, message: errors![2]!.message } : fault),
  );
  assertEquals(
    content,
    `[Error] KeyError: ${errors!.map(({ message }) => message).join("; ")}`,
  );
});

Deno.test("faults of a body have the way that leads to them, those of a list their place", async () => {
  await using app = await startApp();
  const wrong = { error: { message: 1 }, status: 7 };
  const one = await readEnvelope(await app.report("/errors", wrong), {
    status: 400,
    code: "svc_name.missing",
  });
  const codes = ["svc_name.missing", "error.type.missing", "error.message.wrong_type"]
    .concat("status.invalid");
  assertEquals(one.errors?.map(({ code }) => code), codes);
  const paths = codes.map((code) => code.slice(0, code.lastIndexOf(".")));
  assertEquals(one.errors?.map(({ path }) => path), paths);
  const two = await readEnvelope(await app.report("/errors", [{}, wrong]), {
    status: 400,
    code: "svc_name.missing",
  });
  assertEquals(two.errors?.map(({ path }) => path), [
    "0.svc_name",
    ...paths.map((path) => `1.${path}`),
  ]);
});

Deno.test("what a module or the server finds wrong with an input is a fault like any other", async () => {
  await using app = await startApp();
  const cursor = await readEnvelope(await app.asOperator("/errors?cursor=x"), {
    status: 422,
    code: "cursor.invalid",
  });
  assertEquals(cursor.errors?.map(({ path, code }) => [path, code]), [[
    "cursor",
    "cursor.invalid",
  ]]);
  const torn = await readEnvelope(
    await app.asOperator("/errors/x/notes", { ...jsonBody(0), body: "{" }),
    { status: 400, code: "body.malformed" },
  );
  assertEquals(torn.errors?.map(({ path, code }) => [path, code]), [["body", "body.malformed"]]);
  const unknown = await readEnvelope(await app.request("/nothing"), {
    status: 404,
    code: "route.unknown",
  });
  assertEquals(unknown.errors, undefined);
});

Deno.test("a thousand faults are counted, a hundred are listed", async () => {
  await using app = await startApp();
  const ids = Array.from({ length: 1_000 }, (_, at) => at);
  const { errors, content } = await readEnvelope(
    await app.asOperator("/errors/mute", { ...jsonBody({ ids }), method: "PUT" }),
    { status: 400, code: "ids.0.wrong_type" },
  );
  assertEquals(errors?.length, 100);
  assertEquals(String(content).endsWith("; 995 more"), true);
});
