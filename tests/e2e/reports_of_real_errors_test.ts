import { assert, assertEquals } from "@std/assert";
import type { ErrorDetail, ErrorSummary } from "../../store/store.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";

const TIMES = 5;

/** Real failures of the runtime, each with data that differs from time to time. */
const FAILURES: Record<string, (nth: number) => Promise<unknown>> = {
  // Ports from 1 to 5: nobody but root may listen there, and nobody does.
  "a refused connection": (nth) => fetch(`http://127.0.0.1:${nth + 1}/orders/${nth * 7919}`),
  "a failed parse": (nth) => parseOrder(`{"order": ${nth * 1000}, "sum": oops${nth}}`),
  "a missing file": async (nth) => await readOrder(`/tmp/no-such-folder/order-${nth * 31}.json`),
  "an aborted fetch": (nth) => abortedFetch(nth),
  "a field of nothing": (nth) => readCustomer({ order: nth, customer: undefined }),
  "a bad date": (nth) => formatDate(NaN * nth),
};

Deno.test("reports made from real errors are grouped as a person would: one error a fault", async (t) => {
  await using app = await startApp();
  const reported: Record<string, string[]> = {};
  for (let nth = 0; nth < TIMES; nth++) {
    for (const [fault, fail] of Object.entries(FAILURES)) {
      const thrown = await fail(nth).then(
        () => new Error(`${fault} did not fail`),
        (error: Error) => error,
      );
      assert(!thrown.message.endsWith("did not fail"), thrown.message);
      (reported[fault] ??= []).push(await report(app, thrown, nth));
    }
  }
  await app.logging.flush({ deadlineMs: 30_000 });

  const groups: Record<string, string> = {};
  for (const [fault, receipts] of Object.entries(reported)) {
    await t.step(fault, async () => {
      const errors = await Promise.all(receipts.map((receipt) => show(app, receipt)));
      assertEquals(new Set(errors.map(({ id }) => id)).size, 1, JSON.stringify(errors[0]?.keys));
      assertEquals([errors[0]!.count, errors[0]!.svc_name, errors[0]!.state], [
        TIMES,
        "shop",
        "open",
      ]);
      groups[fault] = errors[0]!.id;
    });
  }
  await t.step("no two faults are one error", async () => {
    assertEquals(new Set(Object.values(groups)).size, Object.keys(FAILURES).length);
    const { content } = await readEnvelope(await app.asOperator("/errors"), { status: 200 });
    assertEquals((content as { total: number }).total, Object.keys(FAILURES).length);
  });
  await t.step("the names are the ones a person knows", async () => {
    const { content } = await readEnvelope(await app.asOperator("/errors?sort=first_seen"));
    const types = (content as { errors: ErrorSummary[] }).errors.map(({ type }) => type);
    assertEquals(types.sort(), [
      "AbortError",
      "NotFound",
      "RangeError",
      "SyntaxError",
      "TypeError",
      "TypeError",
    ]);
  });
});

Deno.test("the same message thrown at two places is two errors, from one place one", async () => {
  await using app = await startApp();
  const receipts: string[] = [];
  for (const fail of [readCustomer, readSupplier, readCustomer, readSupplier]) {
    const thrown = await fail({ order: 1 }).catch((error: Error) => error) as Error;
    receipts.push(await report(app, thrown, 1));
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  const ids = await Promise.all(receipts.map(async (receipt) => (await show(app, receipt)).id));
  assertEquals([ids[0] === ids[2], ids[1] === ids[3], ids[0] === ids[1]], [true, true, false]);
});

Deno.test("a handler without a name is its own code, whether it fails at once or after a wait", async () => {
  await using app = await startApp();
  const line = "file:///shop/orders.ts:7:3";
  const receipts = [];
  for (const place of [`at ${line}`, `at async ${line}`]) {
    const error = new Error("the till is stuck");
    error.stack = `Error: the till is stuck\n    ${place}\n    at async npm:hono@4.0.0/x.js:1:2`;
    receipts.push(await report(app, error, 1));
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  const [atOnce, later] = await Promise.all(receipts.map((receipt) => show(app, receipt)));
  assertEquals([later!.id, later!.location], [atOnce!.id, "anonymous (/shop/orders.ts)"]);
});

Deno.test("the same fault in two services is two errors", async () => {
  await using app = await startApp();
  const thrown = await readCustomer({}).catch((error: Error) => error) as Error;
  const receipts = [
    await report(app, thrown, 1, "shop"),
    await report(app, thrown, 1, "warehouse"),
  ];
  await app.logging.flush({ deadlineMs: 30_000 });
  const [one, other] = await Promise.all(receipts.map((receipt) => show(app, receipt)));
  assert(one!.id !== other!.id);
});

/** Reports as a service would that knows its error, gives the receipt. */
async function report(
  app: TestApp,
  { name, message, stack }: Error,
  nth: number,
  svcName = "shop",
): Promise<string> {
  const response = await app.report("/errors", {
    svc_name: svcName,
    input_json: { order: nth },
    return_json: { ok: false },
    error: { type: name, message, stack },
  });
  const { content } = await readEnvelope(response, { status: 202 });
  return (content as { ids: string[] }).ids[0]!;
}

async function show(app: TestApp, id: string): Promise<ErrorDetail> {
  const { content } = await readEnvelope(await app.asOperator(`/errors/${id}`), { status: 200 });
  return content as ErrorDetail;
}

// deno-lint-ignore require-await -- a rejected promise is what is wanted
async function parseOrder(text: string): Promise<unknown> {
  return JSON.parse(text);
}

/**
 * Deno fails at once or a turn later: the stack has `at readOrder` or `at async readOrder`. A function that returns a promise
 * without awaiting it is not in the second one, and that would be another error.
 */
async function readOrder(path: string): Promise<string> {
  return await Deno.readTextFile(path);
}

async function abortedFetch(nth: number): Promise<unknown> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const aborter = new AbortController();
  const asked = fetch(`http://127.0.0.1:${listener.addr.port}/slow/${nth}`, {
    signal: aborter.signal,
  });
  const accepted = await listener.accept();
  aborter.abort();
  try {
    return await asked;
  } finally {
    accepted.close();
  }
}

interface Order {
  order?: number;
  customer?: { name: string };
  supplier?: { name: string };
}

// deno-lint-ignore require-await -- a rejected promise is what is wanted
async function readCustomer(order: Order): Promise<string> {
  return order.customer!.name;
}

// deno-lint-ignore require-await -- a rejected promise is what is wanted
async function readSupplier(order: Order): Promise<string> {
  return order.supplier!.name;
}

// deno-lint-ignore require-await -- a rejected promise is what is wanted
async function formatDate(ms: number): Promise<string> {
  return new Date(ms).toISOString();
}
