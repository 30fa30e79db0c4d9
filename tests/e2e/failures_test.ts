import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ErrorDetail, ErrorSummary, Occurrence } from "../../store/store.ts";
import { WAYS_TO_FAIL } from "../../modules/fail.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

const TIMEOUT_MS = 300;

interface Way {
  /** The answer's status; 0: the answer breaks off. */
  status: number;
  /** What is recorded as thrown. */
  type: string;
  /** Part of its message; also a way to find it. */
  message: string;
  /** Part of its stack; null where there is none to read: a value that is no Error, or nobody's code to blame. */
  stack: string | null;
  /** False where no request waits for what fails. */
  inRequest?: false;
}

const WAYS: Record<(typeof WAYS_TO_FAIL)[number], Way> = {
  throw: { status: 500, type: "Error", message: "thrown on purpose", stack: "throwError" },
  string: { status: 500, type: "string", message: "a string thrown on purpose", stack: null },
  null: { status: 500, type: "null", message: "null", stack: null },
  reject: { status: 500, type: "Error", message: "rejected on purpose", stack: "rejectLater" },
  timer: {
    status: 200,
    type: "Error",
    message: "thrown in a timer",
    stack: "modules/fail.ts",
    inRequest: false,
  },
  unawaited: {
    status: 200,
    type: "Error",
    message: "rejected and not awaited",
    stack: "rejectUnawaited",
    inRequest: false,
  },
  overflow: {
    status: 500,
    type: "RangeError",
    message: "Maximum call stack size exceeded",
    stack: "overflowStack",
  },
  stream: { status: 0, type: "Error", message: "broken half-way", stack: "modules/fail.ts" },
  timeout: { status: 504, type: "Timeout", message: `within ${TIMEOUT_MS} ms`, stack: null },
  "bad-return": { status: 500, type: "TypeError", message: "BigInt", stack: null },
};

Deno.test("every way to fail is answered, survived, recorded, and found by its receipt and by words", async (t) => {
  await using service = await startService({ REQUEST_TIMEOUT_MS: String(TIMEOUT_MS) });
  for (const how of WAYS_TO_FAIL) {
    await t.step(`/fail?how=${how}`, async () => {
      const way = WAYS[how];
      const requestId = `ask-${how}`;
      const receipt = await fail(service, { how, requestId, status: way.status });
      await readEnvelope(await service.fetch("/healthz"), { status: 200 });

      const error = await findError(service, way);
      assertEquals([error.state, error.count], ["open", 1]);
      const record = await recordOf(service, error.id);
      assertEquals([record.error?.type, record.level], [way.type, "ERROR"]);
      assertStringIncludes(String(record.error?.message), way.message);
      if (way.stack === null) assertEquals(record.error?.stack, undefined);
      else assertStringIncludes(String(record.error?.stack), way.stack);
      if (way.inRequest === false) return;

      assertEquals([record.request_id, record.module, record.route, record.method], [
        requestId,
        "/fail",
        "/fail",
        "GET",
      ]);
      assertEquals(record.input, { how });
      if (way.status === 0) return;
      const output = record.output as Record<string, unknown>;
      assertEquals([output.status, output.error_id, output.request_id], [
        way.status,
        receipt,
        requestId,
      ]);
      assertEquals(error.last_error_id, receipt);
      const lookUp = await service.fetch(`/?query_content=${receipt}&user_type=guest`);
      const { content } = await readEnvelope(lookUp, { status: 200 });
      assertEquals((content as Record<string, unknown>).state, "open");
    });
  }

  await t.step("no two ways are one error, and each happened once", async () => {
    const { errors } = await service.asOperator("/errors?limit=100") as { errors: ErrorSummary[] };
    assertEquals(errors.map(({ count }) => count), WAYS_TO_FAIL.map(() => 1));
  });
  await t.step("the same again is the same error", async () => {
    for (const how of ["throw", "overflow", "string", "timeout"] as const) {
      await fail(service, { how, requestId: `again-${how}`, status: WAYS[how].status });
      await until(async () => (await findError(service, WAYS[how])).count === 2, {
        what: `${how} has happened twice`,
      });
    }
  });
  await t.step("what was recorded is there after a kill and another start", async () => {
    const before = await service.asOperator("/errors?limit=100&sort=first_seen");
    service.kill("SIGKILL");
    await service.ended;
    await using again = await startService({ STORE_URL: service.storeUrl });
    assertEquals(await again.asOperator("/errors?limit=100&sort=first_seen"), before);
  });
});

Deno.test("a failure is on disk before its answer leaves: kill -9 right after it loses none", async () => {
  await using service = await startService();
  const { error_id } = await readEnvelope(await service.fetch("/fail?how=throw"));
  service.kill("SIGKILL");
  await service.ended;
  await using again = await startService({ STORE_URL: service.storeUrl });
  const path = `/?query_content=${error_id}&user_type=guest`;
  await until(async () => {
    const response = await again.fetch(path);
    await response.body?.cancel();
    return response.status === 200;
  }, { what: "the receipt of the process before is known" });
});

/** Asks for a failure; gives the receipt where there is one. */
async function fail(
  service: Service,
  { how, requestId, status }: { how: string; requestId: string; status: number },
): Promise<string | undefined> {
  const response = await service.fetch(`/fail?how=${how}`, {
    headers: { "x-request-id": requestId },
  });
  if (status === 0) {
    const broken = await response.text().then(() => "whole", () => "broken");
    assertEquals([response.status, broken], [200, "broken"]);
    return undefined;
  }
  const envelope = await readEnvelope(response);
  assertEquals([envelope.status, envelope.request_id], [status, requestId]);
  if (status >= 500) assertMatch(String(envelope.error_id), /^[0-9a-f-]{36}$/);
  return envelope.error_id;
}

/** By the first word of the message, as an operator would. */
async function findError(service: Service, { type, message }: Way): Promise<ErrorDetail> {
  const found = await until(async () => {
    const words = encodeURIComponent(message);
    const { errors } = await service.asOperator(
      `/?query_content=${words}&user_type=operator`,
    ) as { errors: ErrorSummary[] };
    return errors.find((error) => error.type === type);
  }, { what: `${type}: ${message} is recorded` });
  return await service.asOperator(`/errors/${found.id}`) as ErrorDetail;
}

async function recordOf(service: Service, id: string): Promise<Occurrence["record"]> {
  const { occurrences, total } = await service.asOperator(`/errors/${id}/occurrences`) as {
    occurrences: Occurrence[];
    total: number;
  };
  assert(total >= 1);
  return occurrences[0]!.record;
}
