import { assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { LEASE_MS } from "../../store/errors/outbox.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { fault } from "../helpers/fault.ts";
import { startLog } from "../helpers/start_log.ts";
import { alertsTo, startReceiver } from "../helpers/start_receiver.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

Deno.test("kill -9 between storing and sending: the next start sends it, once", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const storeUrl = `sqlite:${storePath}`;
  {
    // Without a webhook nobody sends.
    await using service = await startService({ STORE_URL: storeUrl });
    await failOnPurpose(service);
    await until(() => waiting(storePath, "") === 1, { what: "it is stored" });
    await killHard(service);
  }
  await using receiver = startReceiver();
  const variables = { STORE_URL: storeUrl, ALERT_WEBHOOK_URL: receiver.url };
  await using service = await startService(variables);
  await until(() => waiting(storePath) === 0, { what: "it is told" });
  assertMatch(receiver.messages[0].text, /^New error: `Error: thrown on purpose by \/fail`/);
  await failOnPurpose(service);
  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);
  assertEquals(receiver.messages.length, 1);
});

Deno.test("kill -9 while the receiver is down: the message arrives when both are back", async () => {
  using folder = tempFolder();
  const down = startReceiver();
  const port = Number(new URL(down.url).port);
  await down[Symbol.asyncDispose]();
  const variables = {
    STORE_URL: `sqlite:${folder.at("holdfast.db")}`,
    ALERT_WEBHOOK_URL: down.url,
  };
  {
    await using service = await startService(variables);
    await failOnPurpose(service);
    await until(() => service.output.includes("ALERT_WEBHOOK_URL: it is out of reach"), {
      what: "it was tried",
    });
    await killHard(service);
  }
  await using receiver = startReceiver({ port });
  await using _service = await startService(variables);
  await until(() => receiver.messages.length === 1, { what: "the message" });
  assertMatch(receiver.messages[0].text, /^New error: `Error: thrown on purpose by \/fail`/);
});

Deno.test("kill -9 while the receiver holds its answer: the message comes again, under the same id", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  await using receiver = startReceiver();
  const release = Promise.withResolvers<void>();
  receiver.answer = async () => {
    await release.promise;
    return new Response();
  };
  const variables = { STORE_URL: `sqlite:${storePath}`, ALERT_WEBHOOK_URL: receiver.url };
  {
    await using service = await startService(variables);
    await failOnPurpose(service);
    await until(() => receiver.messages.length === 1, { what: "the message is on its way" });
    await killHard(service);
  }
  // What the dead process had taken is its own for a while.
  letPass(storePath, LEASE_MS);
  await using _service = await startService(variables);
  await until(() => receiver.messages.length === 2, { what: "the message again" });
  release.resolve();
  await until(() => waiting(storePath) === 0, { what: "it is told" });
  const [first, again] = receiver.messages;
  assertEquals([again.id, again.error.id], [first.id, first.error.id]);
});

Deno.test("kill -9 of one of two processes: the other one sends what it had taken", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  await using receiver = startReceiver();
  const release = Promise.withResolvers<void>();
  receiver.answer = async () => {
    await release.promise;
    return new Response();
  };
  const variables = { STORE_URL: `sqlite:${storePath}`, ALERT_WEBHOOK_URL: receiver.url };
  await using one = await startService(variables);
  await using other = await startService(variables);
  await failOnPurpose(one);
  await until(() => receiver.messages.length === 1, { what: "the message is on its way" });
  await killHard(one);
  letPass(storePath, LEASE_MS);
  release.resolve();
  await failOnPurpose(other, "string");
  await until(() => receiver.messages.length === 3, { what: "its message, and one of its own" });
  const [taken, again, own] = receiver.messages;
  assertEquals([again.id, again.error.id], [taken.id, taken.error.id]);
  assertMatch(own.text, /^New error: `string: a string thrown on purpose/);
  await until(() => waiting(storePath) === 0, { what: "both are told" });
});

Deno.test("a worker that ends with a message on its way: its successor sends it again, under the same id, and no third time", async () => {
  await using receiver = startReceiver();
  const release = Promise.withResolvers<void>();
  using _released = { [Symbol.dispose]: () => release.resolve() };
  receiver.answer = async () => {
    await release.promise;
    return new Response();
  };
  await using world = startLog({ alerts: alertsTo(receiver.url) });
  const { logging, storePath, folder } = world;
  await logging.ready;
  logging.logger.error("the ant is gone");
  await until(() => receiver.messages.length === 1, { what: "the message is on its way" });
  logging.logger.info(fault({ kind: "crash", unless: folder.at("broken") }));
  await until(() => logging.stats().restarts === 1, { what: "the worker has ended" });
  // What the dead worker had taken is its own for a while.
  letPass(storePath, LEASE_MS);
  release.resolve();
  logging.logger.error("the bee is gone");
  await until(() => waiting(storePath) === 0, { what: "both are told" });
  const [taken, again, own] = receiver.messages;
  assertEquals([again.id, again.error.id], [taken.id, taken.error.id]);
  assertMatch(own.text, /the bee is gone/);
  assertEquals(receiver.messages.length, 3);
});

async function failOnPurpose(service: Service, how = "throw"): Promise<void> {
  const response = await service.fetch(`/fail?how=${how}`);
  await response.body?.cancel();
  assertEquals(response.status, 500);
}

async function killHard(service: Service): Promise<void> {
  service.kill("SIGKILL");
  assertEquals((await service.ended).signal, "SIGKILL");
}

/** Errors that are still to be told. */
function waiting(storePath: string, whom?: ""): number {
  using db = new DatabaseSync(storePath, { readOnly: true, timeout: 5_000 });
  const sql = `select count(*) as errors from alerts
    where waits = 1 and receiver ${whom === "" ? "=" : "<>"} ''`;
  return db.prepare(sql).get()!.errors as number;
}

function letPass(storePath: string, ms: number): void {
  using db = new DatabaseSync(storePath, { timeout: 5_000 });
  db.exec(`update alerts set time = time - ${ms}, due_at = due_at - ${ms}`);
}
