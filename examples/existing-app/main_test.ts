import { ok, strictEqual } from "node:assert";
import { testApp } from "@holdfast/holdfast/testing";
import { sign } from "hono/jwt";
import { createApp, JWT_SECRET } from "./main.ts";

const customer = await sign({ sub: "c1", role: "customer" }, JWT_SECRET, "HS256");
const owner = await sign({ sub: "o1", role: "owner" }, JWT_SECRET, "HS256");

const REQUESTS: [path: string, init?: RequestInit][] = [
  ["/"],
  ["/static/shop.css"],
  ["/nowhere"],
  ["/api/orders", { method: "OPTIONS", headers: preflight("POST") }],
  ["/api/orders", { method: "POST" }],
  ["/api/orders", { method: "POST", headers: bearer(customer), body: '{"item":"tea"}' }],
  ["/api/orders", { method: "POST", headers: bearer(customer), body: "{" }],
  ["/api/orders/7", { method: "DELETE", headers: bearer(customer) }],
  ["/api/orders/7", { method: "DELETE", headers: bearer(owner) }],
  ["/api/orders/7/invoice", { headers: bearer(owner) }],
];

Deno.test("the shop's answers are the same with Holdfast, but for two headers", async () => {
  const before = createApp();
  await using after = await testApp(createApp);
  for (const [path, init] of REQUESTS) {
    const [expected, found] = await Promise.all([
      before.request(path, init),
      after.request(path, init),
    ]);
    const requestId = found.headers.get("x-request-id");
    found.headers.delete("x-request-id");
    const errorId = found.headers.get("x-error-id");
    found.headers.delete("x-error-id");
    strictEqual(await asText(found), await asText(expected), path);
    ok(requestId, path);
    strictEqual(errorId !== null, found.status >= 500, path);
  }
});

Deno.test("a failure is kept with the customer's id, and its header is the receipt", async () => {
  await using app = await testApp(createApp);
  const response = await app.request("/api/orders/8/invoice", { headers: bearer(owner) });
  const [error] = await app.errors();
  strictEqual(error?.message, "order 8 has no invoice");
  const [record] = await app.logs({ level: "ERROR" });
  strictEqual(record?.error_id, response.headers.get("x-error-id"));
  strictEqual(record?.user?.id, "o1");
});

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, origin: "https://shop.example" };
}

function preflight(method: string): Record<string, string> {
  return { origin: "https://shop.example", "access-control-request-method": method };
}

async function asText(response: Response): Promise<string> {
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  return [response.status, ...headers, "", await response.text()].join("\n");
}
