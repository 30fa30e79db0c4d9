import { assertEquals } from "@std/assert";
import { startApp } from "../helpers/start_app.ts";

Deno.test("a failure keeps the request's headers that are on the list, and no other record does", async () => {
  await using app = await startApp();
  const headers = {
    "user-agent": "till/2.0",
    "accept": "application/json",
    "referer": "https://shop.example.org/cart?token=hunter2-Zq9&page=2",
    "cookie": "session=hunter2",
    "authorization": "Bearer hunter2",
    "x-forwarded-for": "203.0.113.9",
    "x-own": "hunter2",
  };
  for (const how of ["throw", "reject"]) await app.request(`/fail?how=${how}`, { headers });
  await app.request("/", { headers });
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 10 });
  const kept = items.map(({ level, headers }) => [level, headers]);
  const expected = {
    accept: "application/json",
    referer: "https://shop.example.org/cart?token=[redacted]&page=2",
    "user-agent": "till/2.0",
  };
  assertEquals(kept, [["WARN", undefined], ["ERROR", expected], ["ERROR", expected]]);
});
