import { assertEquals } from "@std/assert";
import { decode } from "../../intake/decode.ts";
import { createEncoder } from "../../logging/records/encode.ts";
import { RecordMaker } from "../../logging/records/record_maker.ts";
import { capturedOfSentry, deliveryOf } from "../intake/captured.ts";

Deno.test("a report becomes the same line whether or not it crosses to another thread", async () => {
  const maker = new RecordMaker({ level: "DEBUG", bodies: "on" });
  const encoder = createEncoder({ bootId: "b", instance: "i" });
  let lines = 0;
  for (const request of capturedOfSentry()) {
    const { reports } = await decode(deliveryOf(request));
    for (const { report } of reports) {
      const crossing = maker.ofReport(report, { timeMs: 1_000 });
      const { parts } = maker.ofReport(report, { timeMs: 1_000, staysHere: true });
      const staying = { ...crossing, error: null, more: null, parts };
      assertEquals(encoder.encode(staying).line, encoder.encode(crossing).line);
      lines++;
    }
  }
  assertEquals(lines > 0, true);
});
