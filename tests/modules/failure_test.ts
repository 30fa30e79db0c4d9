import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import {
  AuthError,
  BadGateway,
  Conflict,
  defineFailure,
  Failure,
  Forbidden,
  Gone,
  PreconditionFailed,
  Timeout,
  TooManyRequests,
  Unavailable,
} from "../../modules/failure.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp } from "../helpers/start_app.ts";
import { synthetic } from "../helpers/synthetic.ts";

Deno.test("every named failure is answered with its own name and status", async () => {
  const failures: [new (sentence: string) => Failure, string, number, string][] = [
    [AuthError, "AuthError", 401, "auth.invalid"],
    [Forbidden, "Forbidden", 403, "forbidden"],
    [Conflict, "Conflict", 409, "value.conflict"],
    [Gone, "Gone", 410, "value.gone"],
    [PreconditionFailed, "PreconditionFailed", 412, "precondition.failed"],
    [TooManyRequests, "TooManyRequests", 429, "requests.too_many"],
    [BadGateway, "BadGateway", 502, "bad_gateway"],
    [Unavailable, "Unavailable", 503, "unavailable"],
    [Timeout, "Timeout", 504, "timeout"],
  ];
  let Thrown = AuthError;
  await using app = await startApp({
    modules: [synthetic(() => {
      throw new Thrown("no tea");
    })],
  });
  for (const [Named, name, status, code] of failures) {
    Thrown = Named;
    const { content, error_id } = await readEnvelope(await app.request("/synthetic"), {
      status,
      code,
    });
    assertEquals(content, `[Error] ${name}: no tea`);
    assertEquals(error_id !== undefined, status >= 500, `${name} and its receipt`);
  }
});

Deno.test("a failure of a service's own has its name, status, code and class", async () => {
  const OutOfStock = defineFailure({
    name: "OutOfStock",
    status: 409,
    code: "{param}.out_of_stock",
  });
  const thrown = new OutOfStock("no tea is left", { param: "item" });
  assertInstanceOf(thrown, OutOfStock);
  assertInstanceOf(thrown, Failure);
  assertEquals([OutOfStock.name, thrown.name], ["OutOfStock", "OutOfStock"]);
  await using app = await startApp({
    modules: [synthetic(() => {
      throw thrown;
    })],
  });
  const { content } = await readEnvelope(await app.request("/synthetic"), {
    status: 409,
    code: "item.out_of_stock",
  });
  assertEquals(content, "[Error] OutOfStock: no tea is left");
});

Deno.test("a failure that cannot be answered is refused where it is defined, with the bound and the value", () => {
  const wrong: [{ name: string; status: number; code: string }, string][] = [
    [{ name: "out of stock", status: 409, code: "x" }, 'got "out of stock"'],
    [{ name: "", status: 409, code: "x" }, 'got ""'],
    [{ name: "OutOfStock", status: 200, code: "x" }, "must be 400 to 599, got 200"],
    [{ name: "OutOfStock", status: 600, code: "x" }, "must be 400 to 599, got 600"],
    [{ name: "OutOfStock", status: 409.5, code: "x" }, "must be 400 to 599, got 409.5"],
    [{ name: "OutOfStock", status: 409, code: "" }, "The code of OutOfStock must not be empty"],
  ];
  for (const [definition, sentence] of wrong) {
    const error = assertThrows(() => defineFailure(definition), TypeError);
    assertStringIncludes(error.message, sentence);
  }
});
