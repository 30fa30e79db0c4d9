import { assertEquals, assertMatch } from "@std/assert";
import { Alerts, type AlertsOptions, MAX_A_MINUTE } from "../../logging/alerts.ts";
import { openStore } from "../../logging/store/open.ts";
import type { Store } from "../../logging/store/store.ts";
import { startApp } from "../helpers/start_app.ts";
import { type Receiver, startReceiver } from "../helpers/start_receiver.ts";
import { startService } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";
import { Source, times } from "./entries.ts";

Deno.test("an error that is new, and one that comes back, is told to the webhook", async () => {
  await using receiver = startReceiver();
  await using app = await startApp({ logging: { alertUrl: receiver.url } });
  const report = (type: string) =>
    app.report("/errors", { svc_name: "shop", error: { type, message: "no price" } });
  await report("ant");
  await until(() => receiver.messages.length === 1, { what: "the first alert" });
  const [{ text, error }] = receiver.messages;
  assertEquals(text, "New error: `ant: no price` in `shop, shop` (1×)");
  assertEquals([error.type, error.state, error.count], ["ant", "open", 1]);
  // Once more is no news.
  await report("ant");
  await report("bee");
  await until(() => receiver.messages.length === 2, { what: "the second alert" });
  assertEquals(receiver.messages[1].error.type, "bee");
});

Deno.test("an error that comes back is told of, but not twice within five minutes", async () => {
  await using world = await startWorld();
  const { store, alerts, receiver } = world;
  const source = new Source(Date.now() + 1000);
  const { alerts: fresh } = await store.write([source.failure("a")]);
  const { id } = fresh[0]!.error;
  await store.resolve(id, {});
  const { alerts: back } = await store.write([source.failure("a")]);
  alerts.take(back);
  await until(() => receiver.messages.length === 1, { what: "the alert" });
  assertMatch(receiver.messages[0].text, /^Error is back: `TypeError: broken a`/);
  await store.resolve(id, {});
  alerts.take((await store.write([source.failure("a"), source.failure("b")])).alerts);
  await until(() => receiver.messages.length === 2, { what: "the other error's alert" });
  assertMatch(receiver.messages[1].text, /^New error: `TypeError: broken b`/);
});

Deno.test("of several processes on one store, one tells", async () => {
  await using world = await startWorld();
  const { store, receiver } = world;
  const others = times(3, () => new Alerts({ url: receiver.url, store, onTrouble: fail }));
  const { alerts } = await store.write([new Source().failure("a")]);
  for (const other of [world.alerts, ...others]) other.take(alerts);
  for (const other of [world.alerts, ...others]) await other.close({ deadlineMs: 5_000 });
  assertEquals(receiver.messages.length, 1);
});

Deno.test("a storm is one summary, and what follows it within the minute another", async () => {
  await using world = await startWorld({ minuteMs: 700 });
  const { store, alerts, receiver } = world;
  const source = new Source();
  const some = times(MAX_A_MINUTE + 1, (i) => source.failure(`first ${i}`));
  alerts.take((await store.write(some)).alerts);
  await until(() => receiver.messages.length === 1, { what: "the summary" });
  const [summary] = receiver.messages;
  assertMatch(summary.text, /^11 errors are new or have come back, the first is `TypeError: /);
  assertEquals([summary.error, summary.errors.length], [null, 11]);
  alerts.take((await store.write(times(2000, (i) => source.failure(`second ${i}`)))).alerts);
  await until(() => receiver.messages.length === 2, { what: "the second summary" });
  assertMatch(receiver.messages[1].text, /^2000 errors/);
  assertEquals(receiver.messages[1].errors.length, 20);
  // Calm again: told one by one.
  alerts.take((await store.write([source.failure("third")])).alerts);
  await until(() => receiver.messages.length === 3, { what: "a single alert" });
  assertEquals(receiver.messages[2].error.message, "broken third");
});

Deno.test("a receiver that is down gets the alert when it is up again", async () => {
  const down = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = down.addr as Deno.NetAddr;
  await using world = await startWorld({ url: `http://127.0.0.1:${port}/` });
  world.alerts.take((await world.store.write([new Source().failure("a")])).alerts);
  (await down.accept()).close();
  down.close();
  await using receiver = startReceiver({ port });
  await until(() => receiver.messages.length === 1, { what: "the alert" });
  assertEquals(world.troubles, []);
});

Deno.test("a receiver that answers 500 is tried again, some times and no more", async () => {
  await using world = await startWorld();
  const { store, alerts, receiver, troubles } = world;
  const source = new Source();
  receiver.answer = () => new Response(null, { status: receiver.messages.length < 3 ? 500 : 200 });
  alerts.take((await store.write([source.failure("a")])).alerts);
  await until(() => receiver.messages.length === 3, { what: "the third try" });
  receiver.answer = () => new Response(null, { status: 500 });
  alerts.take((await store.write([source.failure("b")])).alerts);
  await until(() => troubles.length === 1, { what: "it is given up" });
  assertEquals(receiver.messages.length, 3 + 6);
  assertMatch(troubles[0]!, /ALERT_WEBHOOK_URL: it answered 500$/);
});

Deno.test("a receiver that redirects is not followed", async () => {
  await using world = await startWorld();
  const { store, alerts, receiver, troubles } = world;
  receiver.answer = () => Response.redirect(receiver.url, 302);
  alerts.take((await store.write([new Source().failure("a")])).alerts);
  await until(() => troubles.length === 1, { what: "it is given up" });
  assertMatch(troubles[0]!, /it answered 302$/);
});

Deno.test("a receiver that is slow holds nobody up, and is left at the deadline", async () => {
  await using world = await startWorld({ tryTimeoutMs: 60_000 });
  const { store, alerts, receiver, troubles } = world;
  const release = Promise.withResolvers<void>();
  receiver.answer = async () => {
    await release.promise;
    return new Response();
  };
  const source = new Source();
  const { alerts: some } = await store.write(times(3, (i) => source.failure(`k${i}`)));
  const startMs = performance.now();
  alerts.take(some);
  assertEquals(performance.now() - startMs < 50, true);
  await until(() => receiver.messages.length === 1, { what: "the first try" });
  await alerts.close({ deadlineMs: 50 });
  assertEquals(performance.now() - startMs < 2_000, true);
  assertMatch(troubles[0]!, /the process ends$/);
  release.resolve();
});

Deno.test("a receiver that does not answer in time is tried again", async () => {
  await using world = await startWorld({ tryTimeoutMs: 40 });
  const { store, alerts, receiver, troubles } = world;
  const release = Promise.withResolvers<void>();
  receiver.answer = async () => {
    if (receiver.messages.length < 3) await release.promise;
    return new Response();
  };
  alerts.take((await store.write([new Source().failure("a")])).alerts);
  await until(() => receiver.messages.length === 3, { what: "the third try" });
  await alerts.close({ deadlineMs: 5_000 });
  assertEquals(troubles, []);
  release.resolve();
});

Deno.test("what strangers wrote cannot call the chat's members, link or break the line", async () => {
  await using world = await startWorld();
  const { store, alerts, receiver } = world;
  const message =
    "<!channel> `x` [click](http://evil.example) <http://evil.example|ok>\n@here\u202e";
  const failure = new Source().failure("a", { error: { type: "E", message } });
  alerts.take((await store.write([failure])).alerts);
  await until(() => receiver.messages.length === 1, { what: "the alert" });
  const { text } = receiver.messages[0];
  assertEquals(
    text,
    "New error: `TypeError: ‹!channel› 'x' [click](http://evil.example) ‹http://evil.example|ok›" +
      "\\u000a@here\\u202e` in `handler (modules/home.ts), /home` (1×)",
  );
});

Deno.test("a webhook that fails is a WARN in the log and opens no error", async () => {
  await using receiver = startReceiver();
  receiver.answer = () => new Response(null, { status: 400 });
  await using service = await startService({ ALERT_WEBHOOK_URL: receiver.url });
  await (await service.fetch("/fail?how=throw")).body?.cancel();
  await until(() => receiver.messages.length === 1, { what: "the alert" });
  assertMatch(receiver.messages[0].text, /^New error: `Error: thrown on purpose by \/fail`/);
  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);
  assertMatch(service.output, /"level":"WARN"[^\n]*could not be delivered to ALERT_WEBHOOK_URL/);
  assertEquals(service.output.includes(receiver.url), false);
  await using next = await startService({ STORE_URL: service.storeUrl });
  const { errors } = await next.asOperator("/errors");
  assertEquals(errors.length, 1);
});

Deno.test("the last failure before the end is told of", async () => {
  await using receiver = startReceiver();
  await using service = await startService({ ALERT_WEBHOOK_URL: receiver.url });
  const answers = times(3, (i) => service.fetch(`/fail?how=${["throw", "string", "null"][i]}`));
  for (const answer of answers) await (await answer).body?.cancel();
  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);
  assertEquals(receiver.messages.length, 3);
});

interface World extends AsyncDisposable {
  store: Store;
  alerts: Alerts;
  receiver: Receiver;
  troubles: string[];
}

async function startWorld(options: Partial<AlertsOptions> = {}): Promise<World> {
  const store = await openStore("memory:");
  const receiver = startReceiver();
  const troubles: string[] = [];
  const alerts = new Alerts({
    url: receiver.url,
    store,
    onTrouble: (sentence) => void troubles.push(sentence),
    firstRetryMs: 10,
    ...options,
  });
  return {
    store,
    alerts,
    receiver,
    troubles,
    async [Symbol.asyncDispose]() {
      await alerts.close({ deadlineMs: 1_000 });
      await receiver[Symbol.asyncDispose]();
      await store.close();
    },
  };
}

function fail(sentence: string): never {
  throw new Error(sentence);
}
