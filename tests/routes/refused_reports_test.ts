import { assertEquals } from "@std/assert";
import { RefusedReports } from "../../routes/refused_reports.ts";

Deno.test("refused reports are counted by key, service and reason, and names without end as one", () => {
  const refused = new RefusedReports();
  const count = (service: string, reason: string, key = "a") =>
    refused.count({ key, service, reason });
  count("shop", "intake.quota");
  count("shop", "intake.quota");
  count("shop", "intake.quota", "b");
  count("shop", "body.too_large");
  assertEquals(refused.all.map((sum) => Object.values(sum)), [
    ["a", "shop", "intake.quota", 2],
    ["b", "shop", "intake.quota", 1],
    ["a", "shop", "body.too_large", 1],
  ]);
  assertEquals([...refused.byService("intake.quota")], [["shop", 3]]);
  for (let at = 0; at < 10_000; at++) count(`made up ${at}`, "intake.quota");
  assertEquals(refused.all.length, 3 + 99 + 1);
  assertEquals(refused.byService("intake.quota").get("(others)"), 10_000 - 99);
  // Neither can reasons without end fill the memory.
  for (let at = 0; at < 10_000; at++) count("shop", `made up ${at}`);
  assertEquals(refused.all.length, 1_000);
});
