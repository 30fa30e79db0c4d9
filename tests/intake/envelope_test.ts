import { assert, assertEquals, assertRejects } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import * as zlib from "node:zlib";
import { decode } from "../../intake/decode.ts";
import { type Decoded, type Delivery, Undecodable } from "../../intake/intake.ts";
import { dsnOf } from "../../intake/sentry/dsn.ts";

const MIB = 1024 * 1024;
const NOW = Date.parse("2026-11-27T17:00:00Z");
const ID = "fdfe517fdc2242228115b95649c68b58";

Deno.test("an item ends with its line, or after the length that it tells", async () => {
  const attachment = '{"type":"attachment","length":9}\n{"a"\n\0 b}\n';
  for (const end of ["", "\n", "\n\n", "\r\n"]) {
    const decoded = await read(
      `{}\n{"type":"event"}\n{"message":"one"}\n${attachment}` +
        `{"type":"event","length":17}\n{"message":"two"}${end}`,
    );
    assertEquals(decoded.reports.map(({ report }) => report.message), ["one", "two"]);
    assertEquals(decoded.counts, [{ outcome: "ignored", category: "attachment", quantity: 1 }]);
  }
});

Deno.test("an item that is not as long as it says, or announces 100 MB, makes the envelope unreadable", async () => {
  for (const length of [16, 18, 100_000_000, -1, 1.5, '"many"']) {
    await refused(`{}\n{"type":"event","length":${length}}\n{"message":"two"}\n{}`, 400);
  }
});

Deno.test("a header that is no JSON object makes the envelope unreadable", async () => {
  for (const body of ["", "\n", "[]\n{}", "no envelope", "{}\n[]\n", '{}\n{"type":"event"\n{}\n']) {
    await refused(body, 400);
  }
});

Deno.test("an envelope without items is taken", async () => {
  assertEquals((await read(`{"event_id":"${ID}"}`)).eventId, ID);
  assertEquals((await read("{}\n")).reports, []);
});

Deno.test("items that nobody knows are skipped, damaged ones are counted, the rest is taken", async () => {
  const decoded = await read([
    "{}",
    '{"type":"hologram"}',
    "?",
    '{"type":"event"}',
    '{"message":',
    "{}",
    "a payload without a type",
    '{"type":"log"}',
    '{"items":7}',
    '{"type":"user_report"}',
    "{}",
    '{"type":"event"}',
    '{"message":"whole"}',
  ].join("\n"));
  assertEquals(decoded.reports.map(({ report }) => report.message), ["whole"]);
  assertEquals(decoded.counts, [
    { outcome: "ignored", category: "unknown", quantity: 2 },
    { outcome: "damaged", category: "error", quantity: 1 },
    { outcome: "damaged", category: "feedback", quantity: 1 },
    { outcome: "damaged", category: "log_item", quantity: 1 },
  ]);
});

Deno.test("values that cannot be made a text cost an event nothing else", async () => {
  const odd = { toString: 1, valueOf: 2 };
  const deep = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  const headers = { "user-agent": ["shop/1", odd, deep], accept: odd };
  const event = { message: "whole", tags: { odd }, user: { id: odd }, request: { headers } };
  const { reports, counts } = await read(`{}\n{"type":"event"}\n${JSON.stringify(event)}\n`);
  assertEquals(counts, []);
  assertEquals(reports[0]?.report.message, "whole");
  assertEquals(reports[0]?.report.headers, { "user-agent": "shop/1" });
});

Deno.test("an event of 1 MiB is taken, a larger one refused, and a large attachment does not matter", async () => {
  const sized = (bytes: number) => {
    const [start, end] = ['{"message":"large","junk":"', '"}'];
    return start + "x".repeat(bytes - start.length - end.length) + end;
  };
  assertEquals((await read(`{}\n{"type":"event"}\n${sized(MIB)}`)).reports.length, 1);
  await refused(`{}\n{"type":"event"}\n${sized(MIB + 1)}`, 413);
  const attachment = `{"type":"attachment","length":${5 * MIB}}\n${"x".repeat(5 * MIB)}\n`;
  assertEquals((await read(`{}\n${attachment}{"type":"event"}\n{}`)).reports.length, 1);
  await refused("{}\n" + '{"type":"session"}\n{}\n'.repeat(1_001), 413);
});

Deno.test("an envelope in any encoding is read, whatever the content type", async () => {
  const body = new TextEncoder().encode('{}\n{"type":"event"}\n{"message":"one"}\n');
  const packed: [string, Uint8Array][] = [
    ["gzip", zlib.gzipSync(body)],
    ["deflate", zlib.deflateSync(body)],
    ["deflate", zlib.deflateRawSync(body)],
    ["br", zlib.brotliCompressSync(body)],
    ["zstd", zstdCompressSync(body)],
    ["GZip", zlib.gzipSync(body)],
  ];
  for (const [encoding, bytes] of packed) {
    for (const contentType of [undefined, "text/plain", "image/png"]) {
      const { reports } = await read(bytes, { encoding, contentType });
      assertEquals(reports[0]?.report.message, "one");
    }
  }
});

Deno.test("a bomb in any encoding is refused and takes no more memory than an envelope may", async () => {
  const text = new TextEncoder().encode(`{"a":"${"x".repeat(200 * MIB)}"}`);
  const packed: [string, Uint8Array][] = [
    ["gzip", zlib.gzipSync(text, { level: 1 })],
    ["deflate", zlib.deflateSync(text, { level: 1 })],
    [
      "br",
      zlib.brotliCompressSync(text, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ],
    ["zstd", zstdCompressSync(text)],
  ];
  for (const protocol of ["envelope", "store", "security"] as const) {
    for (const [encoding, bytes] of packed) {
      const before = Deno.memoryUsage().rss;
      await refused(bytes, 413, { encoding, protocol });
      const grownMib = Math.round((Deno.memoryUsage().rss - before) / MIB);
      assert(grownMib < 100, `${protocol} in ${encoding} took ${grownMib} MiB`);
    }
  }
});

Deno.test("what a client says that it dropped is counted by its reason and category", async () => {
  const report = {
    discarded_events: [
      { reason: "sample_rate", category: "transaction", quantity: 3 },
      { reason: "sample_rate", category: "transaction", quantity: "2" },
      { reason: "<b>", category: null, quantity: 1 },
      { reason: "queue_overflow", category: "error", quantity: -1 },
      null,
    ],
  };
  const { counts } = await read(`{}\n{"type":"client_report"}\n${JSON.stringify(report)}`);
  assertEquals(counts, [
    { outcome: "dropped", category: "transaction", reason: "sample_rate", quantity: 5 },
    { outcome: "dropped", category: "unknown", reason: "unknown", quantity: 1 },
  ]);
});

Deno.test("words about an event are a note on it, words about nothing a log record", async () => {
  const report = { event_id: ID, comments: " it broke ", name: "", email: "ada@example.org" };
  const about = { message: "the button", contact_email: "ada@example.org", name: "Ada" };
  const feedback = (more: object) =>
    JSON.stringify({ contexts: { feedback: { ...about, ...more } }, user: { id: 7 } });
  const { feedback: notes, reports } = await read([
    "{}",
    '{"type":"user_report"}',
    JSON.stringify(report),
    '{"type":"feedback"}',
    feedback({ associated_event_id: ID }),
    '{"type":"feedback"}',
    feedback({}),
  ].join("\n"));
  assertEquals(notes, [
    { eventId: ID, text: "it broke", author: "ada@example.org" },
    { eventId: ID, text: "the button", author: "Ada" },
  ]);
  assertEquals(reports.map(({ report }) => [report.level, report.message, report.user]), [
    ["INFO", "the button", { id: "7", name: "Ada", email: "ada@example.org" }],
  ]);
});

Deno.test("the key of a tunnelled envelope stands in its first line", () => {
  const dsn = (text: string, rest = "\n{}\n") =>
    dsnOf(new TextEncoder().encode(JSON.stringify({ dsn: text }) + rest));
  const parts = { key: "0123", secret: undefined, prefix: "", project: "1" };
  assertEquals(dsn("http://0123@127.0.0.1:8000/1"), parts);
  assertEquals(dsn("http://0123@127.0.0.1:8000/1", ""), parts);
  assertEquals(dsn("https://0123:s%20x@reports.example.org/team/shop/1/"), {
    ...parts,
    secret: "s x",
    prefix: "team/shop",
  });
  for (const wrong of ["", "http://127.0.0.1/1", "http://0123@127.0.0.1", "shop"]) {
    assertEquals(dsn(wrong), undefined);
  }
  assertEquals(dsnOf(new TextEncoder().encode('{"dsn":7}\n')), undefined);
  assertEquals(dsnOf(new TextEncoder().encode("x".repeat(100_000))), undefined);
  assertEquals(dsnOf(new Uint8Array()), undefined);
});

async function read(body: string | Uint8Array, more: Partial<Delivery> = {}): Promise<Decoded> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return await decode({
    protocol: "envelope",
    body: bytes,
    otherwise: "shop",
    receivedMs: NOW,
    ...more,
  });
}

async function refused(
  body: string | Uint8Array,
  status: number,
  more: Partial<Delivery> = {},
): Promise<void> {
  const error = await assertRejects(() => read(body, more), Undecodable);
  assertEquals(error.status, status, error.message);
}
