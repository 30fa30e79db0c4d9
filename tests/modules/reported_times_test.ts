import { assert, assertEquals } from "@std/assert";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";
import { searchLogs } from "../helpers/search_logs.ts";

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const iso = (timeMs: number) => new Date(timeMs).toISOString();

interface Shown {
  message: string;
  time: string;
  attrs?: Record<string, unknown>;
}

Deno.test("a time is ISO 8601 and nothing else", async () => {
  await using app = await startApp();
  const right = ["2026", "2026-11", "2026-11-22", "2026-11-22T10:00Z", "2026-11-22 10:00:00+0200"]
    .concat("2026-11-22t10:00:00.123456z", "-000001-01-01T00:00:00Z", "2016-12-31T23:59:60Z");
  const wrong = ["0", "1", " 2026", "11/12/2026", "1 May 2026", "NaN", "2026-13-01", "20261122"]
    .concat("2026-02-30", "2026-11-22T23:59:61Z", "2026-11-22T24:00:01Z", "2026-11-22T10:00:60Z");
  const { content } = await readEnvelope(
    await app.report("/logs", [...right, ...wrong].map((time) => ({ svc_name: "shop", time }))),
    { status: 202 },
  );
  const codes = (content as { results: ({ id: string } | { error_code: string })[] }).results
    .map((result) => "id" in result ? "taken" : result.error_code);
  assertEquals(codes, [...right.map(() => "taken"), ...wrong.map(() => "time.invalid")]);
  for (const time of wrong) {
    const alone = await app.report("/errors", { svc_name: "shop", message: "x", time });
    await readEnvelope(alone, { status: 422, code: "time.invalid" });
  }
});

Deno.test("a report whose clock is wrong happened now, and keeps what it said", async () => {
  await using app = await startApp();
  const startMs = Date.now();
  const wrong = [
    iso(startMs + 6 * MINUTE_MS),
    iso(startMs - 91 * DAY_MS),
    ...["1970-01-01T00:00:00Z", "2038-01-19T03:14:08Z", "2255-06-05T23:47:34.740Z"],
    ...["9999-12-31T23:59:59Z", "+275760-09-13T00:00:00Z", "-271821-04-20T00:00:00Z", "0001"],
  ];
  const right = [iso(startMs), iso(startMs + 4 * MINUTE_MS), iso(startMs - 89 * DAY_MS)];
  await report(app, "/logs", [...wrong, ...right].map((time) => ({ message: time, time })));
  const shown = await searchLogs<Shown>(app, "svc_name=shop");
  assertEquals(shown.length, wrong.length + right.length);
  for (const { message, time, attrs } of shown) {
    if (right.includes(message)) {
      assertEquals([time, attrs], [message, undefined]);
    } else {
      assertEquals(attrs, { reported_time: message });
      assert(Date.parse(time) >= startMs && Date.parse(time) <= Date.now(), time);
    }
  }
});

Deno.test("what a report calls reported_time itself does not stand in for what its clock said", async () => {
  await using app = await startApp();
  await report(app, "/logs", [
    { message: "wrong", time: "9999", attrs: { reported_time: "forged", till: 7 } },
    { message: "right", attrs: { reported_time: "its own" } },
  ]);
  const attrs = (await searchLogs<Shown>(app, "svc_name=shop")).map(({ attrs }) => attrs);
  assertEquals(attrs, [{ reported_time: "its own" }, { reported_time: "9999", till: 7 }]);
});

Deno.test("a time without a zone is UTC, in reports and in searches", async () => {
  await using app = await startApp();
  const startMs = Date.now() - DAY_MS;
  const local = iso(startMs).slice(0, -1);
  await report(app, "/logs", [{ message: "without a zone", time: local }]);
  const [record] = await searchLogs<Shown>(app, "svc_name=shop");
  assertEquals(record!.time, iso(startMs));
  const until = iso(startMs + 1).slice(0, -1);
  assertEquals(
    (await searchLogs<Shown>(app, `svc_name=shop&since=${local}&until=${until}`)).length,
    1,
  );
  assertEquals((await searchLogs<Shown>(app, `svc_name=shop&until=${local}`)).length, 0);
  for (const query of ["since=2026-02-30", "until=2026-11-22T24:00:01"]) {
    const answer = await app.asOperator(`/logs?${query}`);
    await readEnvelope(answer, { status: 422, code: `${query.slice(0, 5)}.invalid` });
  }
});

Deno.test("a report of the future does not freeze its error", async () => {
  await using app = await startApp();
  const failure = { error: { type: "TillError", message: "the till is stuck" } };
  await report(app, "/errors", [{ ...failure, time: "2030-01-01T00:00:00Z", release: "9" }]);
  await report(app, "/errors", [{ ...failure, release: "1" }]);
  const { content } = await readEnvelope(await app.asOperator("/errors?svc_name=shop"), {
    status: 200,
  });
  const [error] = (content as { errors: Record<string, unknown>[] }).errors;
  assertEquals([error!.count, error!.first_release, error!.last_release], [2, "9", "1"]);
  assert(Date.parse(error!.last_seen as string) <= Date.now());
});

async function report(app: TestApp, path: string, reports: object[]): Promise<void> {
  const body = reports.map((report) => ({ svc_name: "shop", ...report }));
  await readEnvelope(await app.report(path, body), { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
}
