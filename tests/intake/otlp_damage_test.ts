import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { decode } from "../../intake/decode.ts";
import { type Delivery, Undecodable } from "../../intake/intake.ts";
import { anyValue, type Json, logsOf, pairs, spansOf, take, toProtobuf } from "./otlp_requests.ts";

const MIB = 1024 * 1024;
const JSON_TYPE = "application/json";
const PROTOBUF_TYPE = "application/x-protobuf";
const GOOD = { severityNumber: 9, body: anyValue("ready") };

function delivery(body: string | Uint8Array, more: Partial<Delivery> = {}): Delivery {
  return {
    protocol: "logs",
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    contentType: JSON_TYPE,
    otherwise: "unnamed",
    receivedMs: 0,
    ...more,
  };
}

async function refused(
  of: Delivery,
  { status, code }: { status: number; code: string },
): Promise<string> {
  const error = await assertRejects(() => decode(of), Undecodable);
  assertEquals([error.status, error.code], [status, code]);
  return error.message;
}

Deno.test("a damaged record costs no other, and the exporter is told how many and why", async () => {
  const request = logsOf([GOOD]);
  const { logRecords } = request.resourceLogs[0].scopeLogs[0];
  logRecords.push(null, "text", { ...GOOD, attributes: {} }, GOOD);
  const { reports, damaged, counts } = await take(request);
  assertEquals(reports.map(({ report }) => report.message), ["ready", "ready"]);
  assertEquals(damaged?.items, 3);
  assertMatch(damaged!.sentence, /^3 of 5 cannot be read: /);
  assertEquals(counts, [{
    outcome: "damaged",
    category: "log_item",
    service: "unnamed",
    quantity: 3,
  }]);
});

Deno.test("a resource that cannot be read costs its records no more than where they are from", async () => {
  const request = logsOf([GOOD]);
  const { scopeLogs } = request.resourceLogs[0];
  request.resourceLogs.push({ resource: { attributes: 7 }, scopeLogs });
  const { reports, damaged } = await take(request);
  assertEquals(reports.map(({ report }) => report.message), ["ready", "ready"]);
  assertEquals(damaged, undefined);
});

Deno.test("the same in Protocol Buffers: the record that is broken is left out", async () => {
  const body = toProtobuf(logsOf([GOOD, { ...GOOD, body: anyValue("BROKEN") }, GOOD]));
  const at = new TextDecoder("latin1").decode(body).indexOf("BROKEN");
  // The length of the text in front of it goes beyond the record.
  body[at - 1] = 0x7f;
  const { reports, damaged } = await take(logsOf([]), {
    as: "protobuf",
    body,
  });
  assertEquals(reports.map(({ report }) => report.message), ["ready", "ready"]);
  assertEquals(damaged?.items, 1);
  assertMatch(damaged!.sentence, /^1 of 3 cannot be read: /);
});

Deno.test("a body that is no OTLP at all is refused as a whole", async () => {
  const unreadable = { status: 400, code: "otlp.unreadable" };
  const bodies = ["", "{", "[]", "null", '"x"', '{"resourceLogs":{}}', '{"resourceLogs":[null]}'];
  bodies.push('{"resourceLogs":[{"scopeLogs":7}]}', '{"resourceLogs":[{"scopeLogs":["x"]}]}');
  for (const body of bodies) await refused(delivery(body), unreadable);
  const binary = [[0xff], [0x0a, 0x05, 0x01], [0x0a, 0x02, 0x12, 0x09], [0x07]];
  for (const bytes of binary) {
    await refused(delivery(new Uint8Array(bytes), { contentType: PROTOBUF_TYPE }), unreadable);
  }
  const html = "<html>".repeat(100);
  await refused(delivery(html, { contentType: PROTOBUF_TYPE }), unreadable);
});

Deno.test("a request with nothing in it is taken", async () => {
  for (const body of ["{}", '{"resourceLogs":[]}', '{"resourceLogs":[{"resource":null}]}']) {
    const { reports, damaged } = await decode(delivery(body));
    assertEquals([reports, damaged], [[], undefined]);
  }
  const empty = await decode(delivery(new Uint8Array(), { contentType: PROTOBUF_TYPE }));
  assertEquals(empty.reports, []);
});

Deno.test("the type says which encoding it is; without one the body tells, another one is refused", async () => {
  const [json, protobuf] = [JSON.stringify(logsOf([GOOD])), toProtobuf(logsOf([GOOD]))];
  const good = [
    delivery(json, { contentType: "Application/JSON; charset=utf-8" }),
    delivery(protobuf, { contentType: "application/protobuf" }),
    delivery(json, { contentType: undefined }),
    delivery(protobuf, { contentType: undefined }),
  ];
  for (const one of good) assertEquals((await decode(one)).reports.length, 1);
  const wrong = { status: 415, code: "otlp.media_type" };
  await refused(delivery(json, { contentType: "text/plain" }), wrong);
});

Deno.test("a request may be compressed, and is bounded while it is unpacked", async () => {
  const packed = new Uint8Array(gzipSync(JSON.stringify(logsOf([GOOD]))));
  assertEquals((await decode(delivery(packed, { encoding: "gzip" }))).reports.length, 1);
  const bomb = new Uint8Array(gzipSync(new Uint8Array(21 * MIB)));
  const tooLarge = { status: 413, code: "body.too_large" };
  await refused(delivery(bomb, { encoding: "gzip" }), tooLarge);
});

Deno.test("more records than are taken at once are refused by number, and those before them kept", async () => {
  const bodies = [
    delivery(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${"{},".repeat(20_004)}{}]}]}]}`),
    delivery(emptyRecords(20_005), { contentType: PROTOBUF_TYPE }),
  ];
  for (const body of bodies) {
    const { reports, damaged, counts } = await decode(body);
    assertEquals([reports.length, damaged?.items], [20_000, 5]);
    assertEquals(damaged?.sentence, "no more than 20000 are taken at once");
    assertEquals(counts, [
      {
        outcome: "refused",
        reason: "too_many",
        category: "log_item",
        service: "unnamed",
        quantity: 5,
      },
    ]);
  }
});

Deno.test("millions of empty records in a hundred kilobytes are refused before they are counted", async () => {
  const body = new Uint8Array(gzipSync(emptyRecords(9_000_000)));
  assert(body.length < 100_000, String(body.length));
  const sent = delivery(body, { contentType: PROTOBUF_TYPE, encoding: "gzip" });
  await refused(sent, { status: 413, code: "otlp.too_many_items" });
});

Deno.test("a million empty records take no memory of their own", async () => {
  const body = new Uint8Array(gzipSync(emptyRecords(1_000_000)));
  const before = Deno.memoryUsage().rss;
  const { damaged } = await decode(delivery(body, {
    contentType: PROTOBUF_TYPE,
    encoding: "gzip",
  }));
  const grownMiB = (Deno.memoryUsage().rss - before) / MIB;
  assertEquals(damaged?.items, 1_000_000 - 20_000);
  assert(grownMiB < 100, `grew by ${Math.round(grownMiB)} MiB`);
});

Deno.test("millions of empty objects in JSON are refused before they are read", async () => {
  const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${"{},".repeat(2_000_000)}{}]}]}]}`;
  await refused(delivery(body), { status: 413, code: "otlp.too_many_values" });
});

Deno.test("a record of more than a mebibyte is left out", async () => {
  const large = { ...GOOD, body: anyValue("x".repeat(MIB + 1)) };
  const { reports, damaged } = await take(logsOf([large, GOOD]), { as: "protobuf" });
  assertEquals(reports.length, 1);
  assertEquals(damaged?.sentence, "1 of 2 cannot be read: larger than 1 MiB");
});

Deno.test("values nested without end are cut in both encodings", async () => {
  for (const depth of [100, 300]) {
    let value: Json = anyValue("deep");
    for (let level = 0; level < depth; level++) value = { arrayValue: { values: [value] } };
    for (const as of ["json", "protobuf"] as const) {
      const request = logsOf([{ ...GOOD, attributes: [{ key: "deep", value }] }]);
      const { reports, damaged } = await take(request, { as });
      assertEquals(damaged, undefined);
      const text = JSON.stringify(reports[0]!.report.attrs);
      assertMatch(text, /^\{"deep":\[+"…"\]+\}$/);
    }
  }
});

Deno.test("an exception on a span that is damaged is told as damaged, and not as nothing", async () => {
  const request = spansOf([{ name: "a", events: "none" }, { name: "b", attributes: pairs({}) }]);
  const { damaged, counts } = await take(request);
  assertEquals(damaged?.items, 1);
  assertEquals(counts, [
    { outcome: "damaged", category: "span", service: "unnamed", quantity: 1 },
    { outcome: "ignored", category: "span", service: "unnamed", quantity: 1 },
  ]);
});

/** `ExportLogsServiceRequest` of records that say nothing: two bytes each. */
function emptyRecords(count: number): Uint8Array<ArrayBuffer> {
  const records = new Uint8Array(count * 2);
  for (let at = 0; at < records.length; at += 2) records[at] = 0x12;
  const scope = concat([0x12, ...varint(records.length)], records);
  return concat([0x0a, ...varint(scope.length)], scope);
}

function concat(head: number[], tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...varint(value >>> 7)];
}
