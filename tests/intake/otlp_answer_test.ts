import { BinaryReader } from "@bufbuild/protobuf/wire";
import { assertEquals } from "@std/assert";
import type { Taken } from "../../intake/intake.ts";
import { otlpAnswer, otlpFailure } from "../../intake/otlp/answer.ts";

const PROTOBUF = "application/x-protobuf";
const GOOD: Taken = { status: 200, records: { shop: 2 }, counts: [] };
const DAMAGED: Taken = { ...GOOD, damaged: { items: 300, sentence: "300 of 302 cannot be read" } };

function textOf({ body }: { body: Uint8Array }): string {
  return new TextDecoder().decode(body);
}

Deno.test("what was taken whole is answered without a partial success, of which exporters would warn", async () => {
  const json = await otlpAnswer(GOOD, { protocol: "logs", contentType: "application/json" });
  assertEquals([json.status, json.contentType, textOf(json)], [200, "application/json", "{}"]);
  const protobuf = await otlpAnswer(GOOD, { protocol: "traces", contentType: PROTOBUF });
  assertEquals([protobuf.status, protobuf.contentType, protobuf.body.length], [200, PROTOBUF, 0]);
});

Deno.test("damaged records are a partial success, in the encoding of the request", async () => {
  const logs = await otlpAnswer(DAMAGED, { protocol: "logs", contentType: "application/json" });
  assertEquals(JSON.parse(textOf(logs)), {
    partialSuccess: { rejectedLogRecords: "300", errorMessage: "300 of 302 cannot be read" },
  });
  const spans = await otlpAnswer(DAMAGED, { protocol: "traces" });
  assertEquals(JSON.parse(textOf(spans)).partialSuccess.rejectedSpans, "300");
  const { body, status } = await otlpAnswer(DAMAGED, { protocol: "logs", contentType: PROTOBUF });
  const outer = new BinaryReader(body);
  assertEquals([status, outer.tag()], [200, [1, 2]]);
  const inner = new BinaryReader(outer.bytes());
  assertEquals([inner.tag(), inner.int64()], [[1, 0], 300n]);
  assertEquals([inner.tag(), inner.string()], [[2, 2], "300 of 302 cannot be read"]);
});

Deno.test("a refusal is a status of RPC with a sentence, in the encoding of the request", async () => {
  const refusal = { status: 400, code: "otlp.unreadable", sentence: "it is no JSON" } as const;
  const json = await otlpAnswer(refusal, { protocol: "logs", contentType: "application/json" });
  assertEquals([json.status, JSON.parse(textOf(json))], [400, {
    code: 3,
    message: "it is no JSON",
  }]);
  const failure = await otlpFailure({ status: 401, sentence: "a key is missing" }, PROTOBUF);
  const reader = new BinaryReader(failure.body);
  assertEquals([failure.status, failure.contentType], [401, PROTOBUF]);
  assertEquals([reader.tag(), reader.int32()], [[1, 0], 16]);
  assertEquals([reader.tag(), reader.string()], [[2, 2], "a key is missing"]);
  const unknown = await otlpFailure({ status: 418, sentence: "no" }, undefined);
  assertEquals([unknown.contentType, JSON.parse(textOf(unknown)).code], ["application/json", 2]);
});
