import { assertEquals, assertMatch } from "@std/assert";
import { Alerts, type AlertsOptions } from "../../logging/sinks/alerts.ts";
import { receiverOf } from "../../logging/receivers/receiver.ts";
import { openStore } from "../../store/open.ts";
import {
  LEASE_MS,
  MAX_A_MINUTE,
  MAX_TRIES,
  MINUTE_MS,
  QUIET_MS,
} from "../../store/errors/outbox.ts";
import { type Entry, type Store, StoreBusy } from "../../store/store.ts";
import { startApp } from "../helpers/start_app.ts";
import { alertsTo, type Receiver, startReceiver, targetAt } from "../helpers/start_receiver.ts";
import { startLog, storedRecords } from "../helpers/start_log.ts";
import { startService } from "../helpers/start_service.ts";
import { until, type UntilOptions } from "../helpers/until.ts";
import { Source, times } from "../store/entries.ts";

Deno.test("an error that is new, and one that comes back, is told to the webhook", async () => {
  await using receiver = startReceiver();
  await using app = await startApp({ logging: { alerts: alertsTo(receiver.url) } });
  const report = (type: string) =>
    app.report("/errors", { svc_name: "shop", error: { type, message: "no price" } });
  await report("ant");
  await until(() => receiver.messages.length === 1, { what: "the first alert" });
  const [{ text, error }] = receiver.messages;
  assertEquals(text, "New error: `ant: no price` in `shop` (1×)");
  assertEquals([error.type, error.state, error.count], ["ant", "open", 1]);
  // Once more is no news.
  await report("ant");
  await report("bee");
  await until(() => receiver.messages.length === 2, { what: "the second alert" });
  assertEquals(receiver.messages[1].error.type, "bee");
});

Deno.test("with PUBLIC_URL an alert leads to its error", async () => {
  await using receiver = startReceiver();
  const boardUrl = "https://errors.example/holdfast/admin/errors";
  await using app = await startApp({ logging: { alerts: alertsTo(receiver.url, boardUrl) } });
  await app.report("/errors", { svc_name: "shop", error: { type: "ant", message: "no price" } });
  await until(() => receiver.messages.length === 1, { what: "the alert" });
  const [{ text, url, error }] = receiver.messages;
  assertEquals(url, `${boardUrl}/errors/${error.id}`);
  assertEquals(text, `New error: \`ant: no price\` in \`shop\` (1×) ${url}`);
});

Deno.test("an error that comes back again within five minutes is told of when they are over", async () => {
  await using world = await startWorld();
  const { store, receiver } = world;
  const source = new Source(Date.now() + MINUTE_MS);
  const id = await world.fail(source.failure("a"));
  await until(() => receiver.messages.length === 1, { what: "it is told that it is new" });
  await store.change([id], { action: "resolve" });
  await world.fail(source.failure("a"));
  await until(() => receiver.messages.length === 2, { what: "it is told that it came back" });
  assertMatch(receiver.messages[1].text, /^Error is back: `TypeError: broken a`.* \(2×\)$/);
  await store.change([id], { action: "resolve" });
  await world.fail(source.failure("a"));
  await world.fail(source.failure("b"));
  await until(() => receiver.messages.length === 3, { what: "the other error's alert" });
  assertMatch(receiver.messages[2].text, /^New error: `TypeError: broken b`/);
  await world.pass(QUIET_MS);
  await until(() => receiver.messages.length === 4, { what: "it is told that it came back" });
  assertMatch(receiver.messages[3].text, /^Error is back: `TypeError: broken a`.* \(3×\)$/);
  // Mended before it was told: nobody has to know.
  await store.change([id], { action: "resolve" });
  await world.fail(source.failure("a"));
  await store.change([id], { action: "resolve" });
  await world.pass(QUIET_MS);
  await world.fail(source.failure("c"));
  await until(() => receiver.messages.length === 5, { what: "a third error's alert" });
  assertEquals(receiver.messages[4].error.message, "broken c");
});

Deno.test("a receiver that is down delays no other, and the sink works again when all do", async () => {
  await using good = startReceiver();
  await using bad = startReceiver();
  bad.answer = () => new Response("no such hook", { status: bad.messages.length < 3 ? 503 : 200 });
  const states: [boolean, boolean, string][] = [];
  const targets = [good, bad].map(({ url }, i) => ({ ...targetAt(url), name: `address ${i + 1}` }));
  await using world = await startWorld({
    receivers: targets.map(receiverOf),
    onState: ({ up, all }, sentence) => void states.push([up, all, sentence]),
  });
  const source = new Source();
  for (const [i, key] of ["a", "b"].entries()) {
    await world.fail(source.failure(key));
    await until(() => good.messages.length === i + 1, { what: `it hears of ${key}` });
  }
  await world.passUntil(() => states.length === 2, { what: "the other one works again" });
  const failed = "An alert could not be delivered to address 2: it answered 503: no such hook";
  assertEquals(states, [
    [false, false, `${failed}. It is tried again`],
    [true, true, "address 2 takes alerts again"],
  ]);
  await until(() => bad.messages.length === 4, { what: "it hears of both" });
  assertEquals(bad.messages.map(({ error }) => error.message), [
    ...times(3, () => "broken a"),
    "broken b",
  ]);
  assertEquals(good.messages.map(({ error }) => error.message), ["broken a", "broken b"]);
});

Deno.test("of several processes on one store, one tells", async () => {
  await using world = await startWorld();
  const { store, receiver } = world;
  const { url } = receiver;
  const all = [world.alerts, ...times(3, () => new Alerts({ ...calm(url), store }))];
  const source = new Source();
  await store.write(times(3, (i) => source.failure(`k${i}`)));
  for (const alerts of all) alerts.nudge();
  await Promise.all(all.map((alerts) => alerts.close({ deadlineMs: 5_000 })));
  assertEquals(
    receiver.messages.map(({ error }) => error.message),
    times(3, (i) => `broken k${i}`),
  );
  assertEquals(new Set(receiver.messages.map(({ id }) => id)).size, 3);
});

Deno.test("a storm is one summary, and what follows it within the minute another", async () => {
  await using world = await startWorld();
  const { receiver } = world;
  const source = new Source();
  await world.fail(...times(MAX_A_MINUTE + 1, (i) => source.failure(`first ${i}`)));
  await until(() => receiver.messages.length === 1, { what: "the summary" });
  const [summary] = receiver.messages;
  assertMatch(summary.text, /^11 alerts at once, the first: New error: `TypeError: /);
  assertEquals([summary.error, summary.count, summary.errors.length], [null, 11, 11]);
  // Of more than one service: each opens a thousand errors an hour at most.
  await world.fail(
    ...times(2000, (i) => source.failure(`second ${i}`, { svc_name: `/part ${i % 4}` })),
  );
  await world.pass(MINUTE_MS);
  await until(() => receiver.messages.length === 2, { what: "the second summary" });
  assertMatch(receiver.messages[1].text, /^2000 alerts/);
  assertEquals([receiver.messages[1].count, receiver.messages[1].errors.length], [2000, 20]);
  // Calm again: told one by one.
  await world.fail(source.failure("third"));
  await until(() => receiver.messages.length === 3, { what: "a single alert" });
  assertEquals(receiver.messages[2].error.message, "broken third");
});

Deno.test("what fails within half a second is one summary from its first error on", async () => {
  await using world = await startWorld({ gatherMs: 500 });
  const source = new Source();
  for (let i = 0; i <= MAX_A_MINUTE; i++) await world.fail(source.failure(`k${i}`));
  await until(() => world.receiver.messages.length > 0, { what: "the summary" });
  assertEquals(world.receiver.messages[0].count, MAX_A_MINUTE + 1);
});

Deno.test("a receiver that is down gets the alert when it is up again", async () => {
  const down = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = down.addr as Deno.NetAddr;
  down.close();
  await using world = await startWorld({ url: `http://127.0.0.1:${port}/` });
  const { troubles } = world;
  await world.fail(new Source().failure("a"));
  await until(() => troubles.length === 1, { what: "it cannot be delivered" });
  assertMatch(
    troubles[0]!,
    /ALERT_WEBHOOK_URL: it is out of reach: .*refused.*. It is tried again$/,
  );
  await using receiver = startReceiver({ port });
  await world.passUntil(() => receiver.messages.length === 1, { what: "the alert" });
  assertEquals(troubles.length, 1);
});

Deno.test("a receiver that answers 500 gets the same message again, then a summary of what came meanwhile", async () => {
  await using world = await startWorld();
  const { receiver, troubles } = world;
  receiver.answer = () => new Response(null, { status: receiver.messages.length < 3 ? 500 : 200 });
  const source = new Source();
  await world.fail(source.failure("a"));
  await until(() => troubles.length === 1, { what: "the first try has failed" });
  assertMatch(troubles[0]!, /ALERT_WEBHOOK_URL: it answered 500. It is tried again$/);
  await world.fail(...times(MAX_A_MINUTE, (i) => source.failure(`k${i}`)));
  await world.passUntil(() => receiver.messages.length === 4, { what: "the summary" });
  const ids = receiver.messages.map(({ id }) => id);
  assertEquals(ids.slice(0, 3), [ids[0], ids[0], ids[0]]);
  assertEquals([ids.indexOf(ids[3]), receiver.messages[3].count], [3, MAX_A_MINUTE]);
  assertEquals(troubles.length, 1);
});

Deno.test("what six tries could not deliver is told anew five minutes later", async () => {
  await using world = await startWorld();
  const { receiver } = world;
  receiver.answer = () => {
    return new Response(null, { status: receiver.messages.length <= MAX_TRIES ? 500 : 200 });
  };
  await world.fail(new Source().failure("a"));
  await world.passUntil(() => receiver.messages.length > MAX_TRIES, { what: "the seventh try" });
  const ids = receiver.messages.map(({ id }) => id);
  assertEquals([new Set(ids).size, ids.indexOf(ids[MAX_TRIES])], [2, MAX_TRIES]);
  assertEquals(new Set(receiver.messages.map(({ error }) => error.id)).size, 1);
});

Deno.test("a receiver that refuses a message gets it six times and no more", async () => {
  await using world = await startWorld();
  const { receiver, troubles } = world;
  receiver.answer = () => new Response(null, { status: 400 });
  const source = new Source();
  await world.fail(source.failure("a"));
  await world.passUntil(() => troubles.length === 2, { what: "it is given up" });
  assertMatch(troubles[1]!, /ALERT_WEBHOOK_URL: it answered 400. It is given up after 6 tries$/);
  assertEquals(receiver.messages.length, MAX_TRIES);
  receiver.answer = () => new Response();
  await world.pass(QUIET_MS);
  await world.fail(source.failure("b"));
  await until(() => receiver.messages.length > MAX_TRIES, { what: "the next one" });
  assertEquals(receiver.messages[MAX_TRIES].error.message, "broken b");
});

Deno.test("a receiver that redirects is not followed", async () => {
  await using world = await startWorld();
  const { receiver, troubles } = world;
  receiver.answer = () => Response.redirect(receiver.url, 302);
  await world.fail(new Source().failure("a"));
  await until(() => troubles.length === 1, { what: "it is not taken for delivered" });
  assertMatch(troubles[0]!, /it answered 302. It is tried again$/);
  assertEquals(receiver.messages.length, 1);
});

Deno.test("a receiver that is slow is left at the deadline, and the next process tells it again", async () => {
  await using world = await startWorld({ tryTimeoutMs: 60_000 });
  const { store, alerts, receiver, troubles } = world;
  const release = Promise.withResolvers<void>();
  receiver.answer = async () => {
    await release.promise;
    return new Response();
  };
  await world.fail(new Source().failure("a"));
  await until(() => receiver.messages.length === 1, { what: "the first try" });
  const startMs = performance.now();
  await alerts.close({ deadlineMs: 50 });
  assertEquals(performance.now() - startMs < 2_000, true);
  const { url } = receiver;
  const now = () => Date.now() + LEASE_MS;
  const next = new Alerts({ ...calm(url), store, now });
  await until(() => receiver.messages.length === 2, { what: "the second try" });
  release.resolve();
  await next.close({ deadlineMs: 5_000 });
  const [first, second] = receiver.messages;
  assertEquals([second.id, second.error.id], [first.id, first.error.id]);
  assertEquals(troubles, []);
});

Deno.test("a receiver that does not answer in time is tried again", async () => {
  await using world = await startWorld({ tryTimeoutMs: 40 });
  const { receiver, troubles } = world;
  const release = Promise.withResolvers<void>();
  receiver.answer = async () => {
    if (receiver.messages.length < 3) await release.promise;
    return new Response();
  };
  await world.fail(new Source().failure("a"));
  await world.passUntil(() => receiver.messages.length === 3, { what: "the third try" });
  assertEquals(troubles.length, 1);
  assertMatch(troubles[0]!, /no answer within 40 ms. It is tried again$/);
  release.resolve();
});

Deno.test("a store that cannot be asked is asked again, and what was sent is not sent twice", async () => {
  await using world = await startWorld();
  const { noteReceivers, takeAlert, settleAlert } = world.store;
  const refused = { take: 0, settle: 0 };
  const store: AlertsOptions["store"] = {
    noteReceivers,
    takeAlert: (options) =>
      refused.take++ === 0 ? Promise.reject(new StoreBusy("once")) : takeAlert(options),
    settleAlert: (id, options) =>
      refused.settle++ === 0 ? Promise.reject(new StoreBusy("once")) : settleAlert(id, options),
  };
  await world.alerts.close({ deadlineMs: 5_000 });
  await world.store.write([new Source().failure("a")]);
  const alerts = new Alerts({ ...calm(world.receiver.url), store });
  await until(() => refused.settle === 2, { what: "it is settled" });
  await alerts.close({ deadlineMs: 5_000 });
  const receiver = receiverOf(targetAt(world.receiver.url)).key;
  const { due, nextMs } = await takeAlert({ now: Date.now() + LEASE_MS, receiver });
  assertEquals([due, nextMs, world.receiver.messages.length], [null, null, 1]);
});

Deno.test("what strangers wrote cannot call the chat's members, link or break the line", async () => {
  await using world = await startWorld();
  const { receiver } = world;
  const message =
    "<!channel> `x` [click](http://evil.example) <http://evil.example|ok>\n@here\u202e";
  const failure = new Source().failure("a", { error: { type: "E", message } });
  await world.fail(failure);
  await until(() => receiver.messages.length === 1, { what: "the alert" });
  const { text } = receiver.messages[0];
  assertEquals(
    text,
    "New error: `TypeError: ‹!channel› 'x' [click](http://evil.example) ‹http://evil.example|ok›" +
      "\\u000a@here\\u202e` in `handler (modules/home.ts), /home` (1×)",
  );
});

Deno.test("a webhook that hangs holds up neither failures nor questions", async () => {
  await using receiver = startReceiver();
  const release = Promise.withResolvers<void>();
  using _released = { [Symbol.dispose]: () => release.resolve() };
  receiver.answer = async () => {
    await release.promise;
    return new Response();
  };
  await using world = startLog({ alerts: alertsTo(receiver.url) });
  const { logging } = world;
  await logging.ready;
  const kinds = ["ant", "bee", "cow", "dog", "elk"];
  logging.logger.error(`the ${kinds[0]} is gone`);
  await until(() => receiver.messages.length === 1, { what: "the first message" });
  for (let i = 0; i < 500; i++) logging.logger.error(`the ${kinds[i % 5]} is gone`);
  const answers = times(100, () => logging.store.stateCounts());
  assertEquals((await logging.flush({ deadlineMs: 30_000 })).timedOut, false);
  await Promise.all(answers);
  assertEquals((await logging.store.stateCounts()).open, kinds.length);
  assertEquals(receiver.messages.length, 1);
  release.resolve();
  await until(() => receiver.messages.length === kinds.length, { what: "the others" });
  assertEquals(new Set(receiver.messages.map(({ id }) => id)).size, kinds.length);
});

Deno.test("a webhook that fails is a sink that is down, until it takes alerts again", async () => {
  await using receiver = startReceiver();
  receiver.answer = () => new Response(null, { status: receiver.messages.length < 2 ? 500 : 200 });
  await using world = startLog({ alerts: alertsTo(receiver.url) });
  const { logging, storePath } = world;
  await logging.ready;
  logging.logger.error("the ant is gone");
  await until(() => logging.stats().sinks_down.includes("alerts"), { what: "it fails" });
  await until(() => logging.stats().sinks_down.length === 0, { what: "it is up again" });
  await logging.flush({ deadlineMs: 30_000 });
  const told = storedRecords(storePath).filter(({ message }) => /ALERT_WEBHOOK/.test(message));
  assertEquals(told.map(({ level, message }) => [level, message]), [
    [
      "WARN",
      "An alert could not be delivered to ALERT_WEBHOOK_URL: it answered 500. It is tried again",
    ],
    ["INFO", "ALERT_WEBHOOK_URL takes alerts again"],
  ]);
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
  /** Writes failures, and says the id of the first error that is told of. */
  fail(...entries: Entry[]): Promise<string>;
  /** Lets time go by, for the sender, when the store knows of all that was sent. */
  pass(ms: number): Promise<void>;
  /** Lets as many pauses between two tries go by as it takes. */
  passUntil(ask: () => boolean, options: UntilOptions): Promise<void>;
}

async function startWorld(
  { url: elsewhere, ...options }: Partial<AlertsOptions> & { url?: string } = {},
): Promise<World> {
  const store = await openStore("memory:");
  const receiver = startReceiver();
  const url = elsewhere ?? receiver.url;
  const troubles: string[] = [];
  let aheadMs = 0;
  let onTheWay = 0;
  const alerts = new Alerts({
    receivers: [receiverOf(targetAt(url))],
    boardUrl: undefined,
    store: {
      noteReceivers: (...asked) => store.noteReceivers(...asked),
      async takeAlert(asked) {
        const turn = await store.takeAlert(asked);
        if (turn.due !== null) onTheWay++;
        return turn;
      },
      async settleAlert(...asked) {
        await store.settleAlert(...asked);
        onTheWay--;
      },
    },
    onState: ({ up }, sentence) => void (up || troubles.push(sentence)),
    onGivenUp: (sentence) => void troubles.push(sentence),
    gatherMs: 0,
    now: () => Date.now() + aheadMs,
    ...options,
  });
  return {
    store,
    alerts,
    receiver,
    troubles,
    async fail(...entries) {
      const written = await store.write(entries);
      alerts.nudge();
      return written.alerts[0]!.error.id;
    },
    async pass(ms) {
      await until(() => onTheWay === 0, { what: "what was sent is noted" });
      pass(ms);
    },
    async passUntil(ask, untilOptions) {
      await until(() => {
        if (ask()) return true;
        pass(MINUTE_MS);
      }, untilOptions);
    },
    async [Symbol.asyncDispose]() {
      await alerts.close({ deadlineMs: 1_000 });
      await receiver[Symbol.asyncDispose]();
      await store.close();
    },
  };

  function pass(ms: number): void {
    aheadMs += ms;
    alerts.nudge();
  }
}

/** A receiver that takes everything. */
function calm(
  url: string,
): Pick<AlertsOptions, "receivers" | "boardUrl" | "onState" | "onGivenUp"> {
  const fail = (...told: unknown[]) => {
    throw new Error(told.join(" "));
  };
  const receivers = [receiverOf(targetAt(url))];
  return { receivers, boardUrl: undefined, onState: fail, onGivenUp: fail };
}
