import { assert, assertEquals, assertMatch } from "@std/assert";
import { framesOf } from "../../store/grouping/stack.ts";
import type { LogRecord } from "../../store/record.ts";
import { reasonToSkip, runClient } from "./clients.ts";
import { OTLP_SHOPS, type OtlpFailure, type OtlpShop } from "./otlp_shops.ts";
import { COLLECTOR, startRealCollector } from "./real_collector.ts";
import { type Arrived, errorsOf, KEY, logsOf, startTarget } from "./what_arrived.ts";

for (const shop of OTLP_SHOPS) {
  const reason = reasonToSkip(shop.isCollected ? COLLECTOR : shop.client);
  Deno.test({
    name: `what fails in a shop with ${shop.name} is here${reason ? ` (${reason})` : ""}`,
    ignore: reason !== undefined,
    fn: () => checkShop(shop),
  });
}

async function checkShop({ name, service, client, ...shop }: OtlpShop): Promise<void> {
  const { command, code, failures, release, env } = shop;
  await using target = await startTarget();
  await using collector = shop.isCollected ? await startRealCollector(target) : undefined;
  const OTEL = {
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL(collector?.url ?? target.url).origin,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${KEY}`,
  };
  const printed = await runClient(client, { command, code, env: { ...OTEL, ...env } });
  const count = failures.reduce((sum, failure) => sum + failure.count, 0);
  const errors = await errorsOf(target, { service, count });
  console.log(errors.map((error) => rowOf(name, error)).join("\n"));
  for (const failure of failures) {
    const found = errors.find(({ type, message }) =>
      type === failure.type && message === failure.message
    );
    if (found === undefined) throw new Error(`no ${failure.type}: ${failure.message}`);
    checkFailure(found, failure);
    assertEquals([found.record.release, found.record.environment], [release, "staging"]);
  }
  // Nothing else is an error, and nothing is one twice.
  assertEquals(errors.length, failures.length);
  for (const [level, text] of [["WARN", "stock is low"], ["INFO", "user signed in"]]) {
    const [record] = await logsOf(target, service, text!);
    assertEquals([record?.message, record?.level], [text, level]);
    assertEquals([record?.release, record?.environment], [release, "staging"]);
  }
  const warned = `${printed}${collector?.output ?? ""}`;
  assert(!/partial success|rejected|\terror\t/i.test(warned), `the exporter warned: ${warned}`);
  assert(!target.output.includes(KEY), "the key is in no record");
}

function checkFailure({ record, count }: Arrived, failure: OtlpFailure): void {
  assertEquals(count, failure.count);
  const frame = ownFrames(record)[0];
  assertEquals([frame?.function, frame?.file.split("/").at(-1)], [...failure.at]);
  assert(frame!.line > 0, "a frame has its line");
  const { method, path, route, user, handled, error } = record;
  assertEquals([method, route, path], [failure.method, failure.route, failure.path]);
  assertEquals([user?.id, handled, error?.code], [failure.user, failure.handled, failure.code]);
  if (record.trace_id !== undefined) assertMatch(record.trace_id, /^[\da-f]{32}$/);
}

function ownFrames({ error }: LogRecord) {
  return error === undefined ? [] : framesOf(error, {}).filter(({ inApp }) => inApp);
}

/** One line of the table: what arrived of one error. */
function rowOf(client: string, { type, message, count, record }: Arrived): string {
  const frames = ownFrames(record).slice(0, 3).map(({ file, function: name, line }) =>
    `${name || "?"} ${file.split("/").at(-1)}:${line}`
  );
  const { release, environment, user, method, path, route } = record;
  return [
    client,
    `${type}: ${message}`,
    frames.join(" ← "),
    release,
    environment,
    user?.id,
    `${method ?? ""} ${path ?? ""} (${route ?? "no route"})`,
    `×${count}`,
  ].join(" | ");
}
