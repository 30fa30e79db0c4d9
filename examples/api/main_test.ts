import { deepStrictEqual, strictEqual } from "node:assert";
import { testApp } from "@holdfast/holdfast/testing";
import { createApp } from "./main.ts";

Deno.test("an order is made, has an address, and is found there", async () => {
  await using app = await testApp(createApp);
  const made = await app.request("/orders", json({ item: "tea", amount: 2 }));
  strictEqual(made.status, 201);
  const found = await app.request(made.headers.get("location")!);
  deepStrictEqual((await found.json()).content, { id: "1", item: "tea", amount: 2 });
});

Deno.test("what cannot be ordered is answered with a name, a status and a code", async () => {
  await using app = await testApp(createApp);
  for (
    const [body, status, code] of [
      [{ item: "tea" }, 400, "amount.missing"],
      [{ item: "tea", amount: 0 }, 422, "amount.invalid"],
      [{ item: "gold", amount: 1 }, 422, "item.unknown"],
      [{ item: "coffee", amount: 1 }, 409, "item.out_of_stock"],
    ] as const
  ) {
    const response = await app.request("/orders", json(body));
    const { error_code } = await response.json();
    deepStrictEqual([response.status, error_code], [status, code]);
  }
  const unknown = await app.request("/orders/none");
  strictEqual((await unknown.json()).error_code, "order_id.not_found");
});

Deno.test("a plain route answers by itself, and is recorded all the same", async () => {
  await using app = await testApp(createApp);
  const response = await app.request("/hello");
  strictEqual(await response.text(), "hello");
  const [record] = await app.logs({ route: "/hello" });
  strictEqual(record?.request_id, response.headers.get("x-request-id"));
});

function json(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}
