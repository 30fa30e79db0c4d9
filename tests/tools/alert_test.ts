import { assertEquals, assertMatch } from "@std/assert";
import { startService } from "../helpers/alert_services.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { taskArguments } from "../helpers/task.ts";

Deno.test("deno task alert sends a test message to each address, and says what came back", async () => {
  await using slack = startService("slack");
  await using ntfy = startService("ntfy");
  const down = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = down.addr as Deno.NetAddr;
  down.close();
  const ALERT_URLS = [slack.url, ntfy.url].join(",");
  const all = await run({ ALERT_URLS, PUBLIC_URL: "https://errors.example" });
  assertEquals([all.code, all.output.trim().split("\n")], [0, [
    "ALERT_URLS address 1 (slack): sent, it answered: ok",
    ...all.output.trim().split("\n").slice(1),
  ]]);
  assertMatch(JSON.stringify(slack.taken), /Test message.*https:\/\/errors\.example\/board/);
  assertEquals(ntfy.taken.length, 1);

  slack.answer = () => new Response("no_service", { status: 404 });
  const some = await run({
    ALERT_URLS: [
      ALERT_URLS,
      `https://127.0.0.1:${port}/SECRET`,
      `smtp://ana:SECRET@127.0.0.1:${port}/?from=a@shop.example&to=b@shop.example`,
    ].join(","),
  });
  assertEquals(some.code, 1);
  assertMatch(
    some.output,
    /^ALERT_URLS address 1 \(slack\): not sent, it answered 404: no_service$/m,
  );
  assertMatch(some.output, /^ALERT_URLS address 2 \(ntfy\): sent/m);
  assertMatch(some.output, /^ALERT_URLS address 3: not sent, it is out of reach: .*refused/m);
  assertMatch(
    some.output,
    /^ALERT_URLS address 4 \(mail\): not sent, it is out of reach: ECONNREFUSED$/m,
  );
  assertMatch(some.output, /^3 of 4 did not take the message$/m);
  assertEquals(some.output.includes("SECRET"), false);

  const none = await run({});
  assertEquals([none.code, none.output], [1, "ALERT_URLS is not set: nobody hears of errors\n"]);
});

function run(env: Record<string, string>) {
  return runDeno(taskArguments("alert"), ROOT, env);
}
