import { assert, assertEquals, assertMatch } from "@std/assert";
import { reasonToSkip, runClient } from "./clients.ts";
import { type Failure, type Shop, SHOPS } from "./shops.ts";
import {
  type Arrived,
  dsnOf,
  errorsOf,
  KEY,
  logsOf,
  ownFrames,
  rowOf,
  startTarget,
} from "./what_arrived.ts";
import type { ErrorInfo } from "../../store/record.ts";

for (const shop of SHOPS) {
  const reason = reasonToSkip(shop.client);
  Deno.test({
    name: `what fails in a shop with ${shop.name} is here${reason ? ` (${reason})` : ""}`,
    ignore: reason !== undefined,
    fn: () => checkShop(shop),
  });
}

async function checkShop(shop: Shop): Promise<void> {
  const { name, service, client, command, failures } = shop;
  await using target = await startTarget();
  await runClient(client, { command, env: { SENTRY_DSN: dsnOf(target, service) } });
  const logged = shop.logs.filter(([level]) => level === "ERROR").length;
  const count = failures.reduce((sum, failure) => sum + failure.count, logged);
  const errors = await errorsOf(target, { service, count });
  console.log(errors.map((error) => rowOf(name, error)).join("\n"));
  for (const failure of failures) {
    const found = errors.find(({ type, message }) =>
      type === failure.type && isSaid(message, failure.message)
    );
    if (found === undefined) throw new Error(`no ${failure.type}: ${failure.message}`);
    checkFailure(found, failure);
    checkOrigin(found, shop);
  }
  // Nothing else is an error, and nothing is one twice.
  assertEquals(errors.map((error) => error.count).reduce((sum, count) => sum + count, 0), count);
  assertEquals(errors.length, failures.length + logged);
  for (const [level, text] of shop.logs) {
    const [record] = await logsOf(target, service, text);
    assertEquals([record?.message, record?.level], [text, level]);
    assertEquals([record?.release, record?.environment], [shop.release, shop.environment]);
  }
  assert(!target.output.includes(KEY), "the key is in no record");
}

function checkFailure({ record, count }: Arrived, failure: Failure): void {
  assertEquals(count, failure.count);
  const frames = ownFrames(record);
  failure.frames.forEach(([name, file, source], at) => {
    const frame = frames[at];
    assertEquals([frame?.function ?? "?", frame?.file?.split("/").at(-1)], [name, file]);
    assert(frame!.line! > 0, "a frame has its line");
    if (source) assert(frame?.context_line?.includes(source), `${frame?.context_line}`);
  });
  const { method, path, route, module } = record;
  assertEquals({ method, path, route, module }, {
    method: failure.method,
    path: failure.path,
    route: failure.route,
    module: failure.module,
  });
  assertEquals(causesOf(record.error), failure.causes ?? []);
  assertEquals(Object.keys(record.headers ?? {}).filter((name) => /cookie|auth/.test(name)), []);
}

function checkOrigin({ record }: Arrived, shop: Shop): void {
  assertEquals([record.release, record.environment], [shop.release, shop.environment]);
  assertEquals(record.user?.id, "u-42");
  assertEquals(record.user?.email, "ada@example.org");
  assertEquals(record.tags, shop.tags);
  assertMatch(record.event_id!, /^[\da-f]{32}$/);
  assertMatch(record.trace_id!, /^[\da-f]{32}$/);
  const crumbs = record.breadcrumbs?.map(({ message }) => message) ?? [];
  assert(crumbs.includes("loading the cart"), crumbs.join());
}

function causesOf(error: ErrorInfo | undefined): string[] {
  return error?.cause === undefined ? [] : [error.cause.type, ...causesOf(error.cause)];
}

function isSaid(message: string, expected: string | RegExp): boolean {
  return typeof expected === "string" ? message === expected : expected.test(message);
}
