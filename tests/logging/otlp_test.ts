import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createEncoder } from "../../logging/records/encode.ts";
import { otlpSink } from "../../logging/sinks/otlp.ts";
import { TryLater } from "../../logging/sinks/sink.ts";
import { fault } from "../helpers/fault.ts";
import { rawRecord } from "../helpers/raw_record.ts";
import { type Collector, startCollector, TAKEN } from "../helpers/start_collector.ts";
import { assertBalanced, droppedCount, startLog, storedRecords } from "../helpers/start_log.ts";
import { startReceiver } from "../helpers/start_receiver.ts";
import { until } from "../helpers/until.ts";

const FLUSH = { deadlineMs: 30_000 };
/** How much longer than it should an end may take that is not held up. */
const BUSY_MACHINE_MS = 3_000;
const SECRET = "hunter2-Zq9";
/** A quarter of it is kept for sinks that are behind. */
const SMALL_QUEUE = { queueLimitBytes: 400_000 };

Deno.test("every record reaches the collector once, many in a request, with the headers it wants", async () => {
  await using collector = startCollector();
  await using world = startLog({ otlp: targetOf(collector) });
  const { logging } = world;
  await logging.ready;
  for (let i = 0; i < 2_000; i++) logging.logger.info(`record ${i}`, { i });
  await until(() => collector.taken.length === 2_000, { what: "the collector has all" });
  assertEquals(collector.defects, []);
  assertEquals(collector.taken.map(({ body }) => body), Array.from({ length: 2_000 }, nameOf));
  assert(collector.requests.length < 20, `${collector.requests.length} requests`);
  assertEquals(collector.requests[0]?.get("x-api-key"), SECRET);
  assertEquals(collector.requests[0]?.get("content-encoding"), "gzip");
  assertEquals(uidsOf(collector).size, 2_000);
});

Deno.test("a record that comes alone is with the collector soon", async () => {
  await using collector = startCollector();
  await using world = startLog({ otlp: targetOf(collector) });
  world.logging.logger.info("alone");
  await until(() => collector.taken.length === 1, { what: "it is there" });
});

Deno.test("a closing log waits for the collector: what was recorded last is there", async () => {
  await using collector = startCollector();
  await using world = startLog({ otlp: targetOf(collector) });
  const { logging } = world;
  await logging.ready;
  for (let i = 0; i < 500; i++) logging.logger.info(`record ${i}`);
  const { skipped, timedOut } = await logging.close(FLUSH);
  assertEquals([skipped, timedOut], [{}, false]);
  assertEquals(bodiesOf(collector), Array.from({ length: 500 }, nameOf));
});

for (const status of [429, 502, 503, 504]) {
  Deno.test(`a collector that answers ${status} is asked again later, and gets all of it once`, async () => {
    await using collector = startCollector();
    let refusals = 2;
    collector.answer = (records) =>
      refusals-- > 0 ? new Response(null, { status }) : TAKEN(records);
    await using world = startLog({ otlp: targetOf(collector) });
    const { logging, storePath } = world;
    await logging.ready;
    for (let i = 0; i < 100; i++) logging.logger.info(`record ${i}`);
    await until(() => bodiesOf(collector).length === 100, { what: "it has all" });
    const told = await until(() => aboutCollector(storePath, 2), { what: "both are told" });
    assertEquals(told, [
      `The collector at OTLP_LOGS_URL answered ${status}`,
      "The otlp sink takes records again",
    ]);
    assertEquals([uidsOf(collector).size, logging.stats().skipped], [collector.taken.length, {}]);
  });
}

Deno.test("Retry-After is kept to, in seconds and as a date", async () => {
  await using collector = startCollector();
  const { write } = sinkOf(collector);
  collector.answer = () => retryAfter("2");
  assertEquals((await assertRejects(() => write(), TryLater)).afterMs, 2_000);
  collector.answer = () => retryAfter(new Date(Date.now() + 60_000).toUTCString());
  const { afterMs } = await assertRejects(() => write(), TryLater);
  assert(afterMs > 55_000 && afterMs <= 60_000, `${afterMs} ms`);
  collector.answer = () => retryAfter("864000");
  assertEquals((await assertRejects(() => write(), TryLater)).afterMs, 300_000);
  collector.answer = () => retryAfter("soon");
  assert(!(await assertRejects(() => write(), Error) instanceof TryLater));
});

Deno.test("until Retry-After is over the collector is left alone", async () => {
  await using collector = startCollector();
  const atMs: number[] = [];
  collector.answer = (records) => {
    atMs.push(performance.now());
    return atMs.length === 1 ? retryAfter("1") : TAKEN(records);
  };
  await using world = startLog({ otlp: targetOf(collector) });
  world.logging.logger.info("patient");
  await until(() => collector.taken.length > 0, { what: "it is taken at last" });
  assert(atMs[1]! - atMs[0]! >= 1_000, `asked again after ${atMs[1]! - atMs[0]!} ms`);
});

Deno.test("a collector that repeats our headers does not bring them into the log", async () => {
  await using collector = startCollector();
  const refusals: string[] = [];
  const sink = otlpSink({
    url: collector.url,
    headers: { authorization: `Basic ${SECRET}`, "x-tenant": "shop", "x-shard": "1" },
    onRefused: (_records, sentence) => refusals.push(sentence),
  });
  const entry = createEncoder({ bootId: "boot", instance: "i" }).encode(rawRecord({ seq: 1 }));
  collector.answer = () => new Response(`no: Basic ${SECRET}, ${SECRET}, shop`, { status: 401 });
  await sink.write([entry], new AbortController().signal);
  for (const rejectedLogRecords of ["-5", "1"]) {
    const partialSuccess = { rejectedLogRecords, errorMessage: `no ${SECRET}` };
    collector.answer = () => Response.json({ partialSuccess });
    await sink.write([entry], new AbortController().signal);
  }
  assertEquals(refusals, [
    "The collector at OTLP_LOGS_URL answered 401 and never takes 1 records: " +
    "no: [redacted], [redacted], [redacted]",
    "The collector at OTLP_LOGS_URL rejected 0 of 1 records: no [redacted]",
    "The collector at OTLP_LOGS_URL rejected 1 of 1 records: no [redacted]",
  ]);
});

for (const status of [400, 401, 413, 500, 501]) {
  Deno.test(`what a collector answers with ${status} is not sent again: it is counted, and told with its own words`, async () => {
    await using collector = startCollector();
    const refuse = () => Response.json({ message: "not like this" }, { status });
    collector.answer = refuse;
    const { refusals, write } = sinkOf(collector);
    await write();
    assertEquals(refusals, [[
      2,
      `The collector at OTLP_LOGS_URL answered ${status} and never takes 2 records: ` +
      '{"message":"not like this"}',
    ]]);
    assertEquals(collector.requests.length, 1);
  });
}

Deno.test("a collector that never takes anything costs the store nothing, and is told of ever more seldom", async () => {
  await using collector = startCollector();
  collector.answer = () => new Response("no", { status: 400 });
  await using world = startLog({ otlp: targetOf(collector) });
  const { logging, storePath } = world;
  await logging.ready;
  for (let i = 0; i < 12; i++) {
    logging.logger.info(`record ${i}`);
    const before = collector.requests.length;
    await until(() => collector.requests.length > before, { what: "another request" });
  }
  const records = () => logging.stats().skipped.otlp?.refused ?? 0;
  await until(() => records() >= 12, { what: "all are counted" });
  await logging.flush(FLUSH);
  const told = messagesOf(storePath).filter((message) => message.includes("never takes"));
  assert(told.length >= 2 && told.length <= 6, `told ${told.length} times`);
  assertEquals(droppedCount(logging.stats()), 0);
  assertBalanced(logging.stats());
});

Deno.test("of a request that is taken in part the rest is counted and told", async () => {
  await using collector = startCollector();
  const { refusals, write } = sinkOf(collector);
  collector.answer = () =>
    Response.json({ partialSuccess: { rejectedLogRecords: "1", errorMessage: "too old" } });
  await write();
  collector.answer = () =>
    Response.json({ partialSuccess: { rejectedLogRecords: 0, errorMessage: "slow down" } });
  await write();
  assertEquals(refusals, [
    [1, "The collector at OTLP_LOGS_URL rejected 1 of 2 records: too old"],
    [0, "The collector at OTLP_LOGS_URL rejected 0 of 2 records: slow down"],
  ]);
});

Deno.test("an answer of 200 means taken, with whatever body", async () => {
  await using collector = startCollector();
  const { refusals, write } = sinkOf(collector);
  const bodies = [null, "", "ok", "null", "{}", '{"partialSuccess":{}}', "x".repeat(1_000_000)];
  for (const body of bodies) {
    collector.answer = () => new Response(body);
    await write();
  }
  assertEquals(refusals, []);
});

Deno.test("a redirect is not followed: the headers are for one address", async () => {
  await using elsewhere = startReceiver();
  await using collector = startCollector();
  collector.answer = () =>
    new Response(null, { status: 307, headers: { location: elsewhere.url } });
  const { refusals, write } = sinkOf(collector);
  await write();
  assertEquals(elsewhere.messages, []);
  assertStringIncludes(refusals[0]![1], "answered 307");
});

Deno.test("no answer in time, no answer at all, nobody there: each is tried again, and no sentence has the address or a header", async () => {
  await using collector = startCollector();
  collector.answer = () => new Promise(() => {});
  const { url, headers } = targetOf(collector);
  const secretUrl = `${url}?key=${SECRET}`;
  const writeTo = (target: string) => sinkOf({ url: target, headers, timeoutMs: 100 }).write();
  const slow = await assertRejects(() => writeTo(secretUrl), Error);
  assertEquals(slow.message, "The collector at OTLP_LOGS_URL gives no answer within 100 ms");

  const free = freePort();
  using closing = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closed = closing.accept().then((connection) => connection.close());
  const cut = await assertRejects(
    () => writeTo(`http://127.0.0.1:${closing.addr.port}/?key=${SECRET}`),
    Error,
  );
  await closed;
  const gone = await assertRejects(() => writeTo(`http://127.0.0.1:${free}/?key=${SECRET}`), Error);
  assertStringIncludes(gone.message, "Connection refused");
  for (const { message } of [slow, cut, gone]) {
    assertStringIncludes(message, "The collector at OTLP_LOGS_URL");
    assert(!message.includes(SECRET), message);
  }
});

Deno.test("a collector that is away costs the store nothing: all is stored, what it skips is counted and told, and back it gets the rest once", async () => {
  const port = freePort();
  const url = `http://127.0.0.1:${port}/v1/logs`;
  await using world = startLog({ otlp: { url, headers: {} }, ...SMALL_QUEUE });
  const { logging, storePath } = world;
  await logging.ready;
  const names: string[] = [];
  while ((logging.stats().skipped.otlp?.behind ?? 0) < 1_000) {
    for (let i = 0; i < 100; i++) {
      logging.logger.debug(nameOf(0, names.length));
      names.push(nameOf(0, names.length));
    }
    assertEquals((await logging.flush(FLUSH)).timedOut, false);
    assertBalanced(logging.stats());
  }
  const { kept_bytes } = logging.stats();
  assert(kept_bytes <= SMALL_QUEUE.queueLimitBytes / 4 + 512 * 1024, `${kept_bytes} bytes`);
  assertEquals(messagesOf(storePath).filter((message) => message.startsWith("record")), names);

  await using collector = startCollector({ port });
  const caughtUp = "The otlp sink has caught up";
  await until(() => bodiesOf(collector, caughtUp).length > 0, { what: "it has caught up" });
  const { skipped } = logging.stats();
  assertEquals(Object.keys(skipped), ["otlp"]);
  assertEquals(Object.keys(skipped.otlp!), ["behind"]);
  assertEquals(uidsOf(collector).size, collector.taken.length);
  const { accepted } = logging.stats();
  assertEquals(collector.taken.length + skipped.otlp!.behind!, accepted);
  assertEquals(collector.defects, []);
  await logging.flush(FLUSH);
  assertEquals(droppedCount(logging.stats()), 0);
  const told = messagesOf(storePath).filter((message) => /otlp sink|OTLP_LOGS_URL/.test(message));
  assertEquals(told.length, 4, told.join("\n"));
  assertStringIncludes(told[0]!, "The collector at OTLP_LOGS_URL is out of reach");
  assertStringIncludes(told[1]!, "The otlp sink is behind and skips the oldest records");
  assertEquals(told[2], "The otlp sink takes records again");
  assertEquals(told[3], `${caughtUp}: it skipped ${skipped.otlp!.behind} records`);
});

for (const how of ["away", "silent"] as const) {
  Deno.test(`a collector that is ${how} holds up no end: nothing is spilled, what it lacks is counted`, async () => {
    await using collector = startCollector();
    collector.answer = () => new Promise(() => {});
    const url = how === "away" ? `http://127.0.0.1:${freePort()}/v1/logs` : collector.url;
    await using world = startLog({ otlp: { url, headers: {} }, spill: "all" });
    const { logging, storePath, folder } = world;
    await logging.ready;
    for (let i = 0; i < 300; i++) logging.logger.info(`record ${i}`);
    await logging.flush(FLUSH);
    const startMs = performance.now();
    const { skipped, ...flushed } = await logging.close({ deadlineMs: 2_000 });
    assert(performance.now() - startMs < 2_000 + BUSY_MACHINE_MS);
    assertEquals([flushed.spilled, flushed.dropped, flushed.timedOut], [0, 0, false]);
    assertEquals(skipped, { otlp: logging.stats().accepted });
    assertEquals(logging.stats().skipped, { otlp: { shutdown: logging.stats().accepted } });
    assertBalanced(logging.stats());
    assertEquals(messagesOf(storePath).filter((message) => message.startsWith("rec")).length, 300);
    const left = Array.from(Deno.readDirSync(folder.path), ({ name }) => name);
    assertEquals(left.filter((name) => name.includes("spill")), []);
  });
}

Deno.test("a worker that dies loses nothing for the collector either", async () => {
  await using collector = startCollector();
  await using world = startLog({ otlp: targetOf(collector) });
  const { logging, folder } = world;
  await logging.ready;
  for (let i = 0; i < 200; i++) logging.logger.info(`record ${i}`);
  logging.logger.info(fault({ kind: "crash", unless: folder.at("broken") }));
  for (let i = 200; i < 400; i++) logging.logger.info(`record ${i}`);
  await until(() => new Set(bodiesOf(collector)).size === 400, { what: "it has all" });
  assertEquals(logging.stats().restarts, 1);
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function targetOf({ url }: Collector): { url: string; headers: Record<string, string> } {
  return { url, headers: { "x-api-key": SECRET } };
}

/** A sink that always writes the same two records, and what it says can never be taken. */
function sinkOf({ url, headers = {}, timeoutMs }: {
  url: string;
  headers?: Record<string, string>;
  timeoutMs?: number;
}) {
  const refusals: [number, string][] = [];
  const onRefused = (records: number, sentence: string) => void refusals.push([records, sentence]);
  const sink = otlpSink({ url, headers, onRefused, timeoutMs });
  const encoder = createEncoder({ bootId: "boot", instance: "here:1" });
  const entries = [1, 2].map((seq) => encoder.encode(rawRecord({ seq })));
  return { refusals, write: () => sink.write(entries, new AbortController().signal) };
}

function retryAfter(value: string): Response {
  return new Response(null, { status: 429, headers: { "retry-after": value } });
}

function nameOf(_: unknown, i: number): string {
  return `record ${i}`;
}

function bodiesOf({ taken }: Collector, start = "record"): string[] {
  return taken.map(({ body }) => String(body)).filter((body) => body.startsWith(start));
}

function uidsOf({ taken }: Collector): Set<unknown> {
  return new Set(taken.map(({ attributes }) => attributes["log.record.uid"]));
}

function messagesOf(storePath: string): string[] {
  return storedRecords(storePath).map(({ message }) => message);
}

function aboutCollector(storePath: string, count: number): string[] | undefined {
  const told = messagesOf(storePath).filter((message) => !message.startsWith("record"));
  return told.length >= count ? told : undefined;
}
