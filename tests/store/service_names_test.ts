import { assert, assertEquals } from "@std/assert";
import { MAX_NAMES_A_KEY, ServiceNames } from "../../store/service_names.ts";
import { OTHERS } from "../../store/limits.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { BARE_KEY, eventEnvelope, post } from "../helpers/envelopes.ts";
import { startApp } from "../helpers/start_app.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

Deno.test("a key has a hundred names, further ones share one, and other keys have their own", () => {
  const clock = { ms: 0 };
  const names = new ServiceNames(() => clock.ms);
  const nameAll = (prefix: string) =>
    Array.from({ length: MAX_NAMES_A_KEY }, (_, at) => names.nameOf(prefix + at, "key"));
  assert(!nameAll("a").includes(OTHERS));
  assertEquals(new Set(nameAll("b")), new Set([OTHERS]));
  assertEquals(names.nameOf("b0", "other key"), "b0");
  assertEquals(names.nameOf("a0", "key"), "a0");
  // What is in use stays; what nobody has used for a day makes room.
  clock.ms += DAY_MS / 2;
  assertEquals(names.nameOf("a0", "key"), "a0");
  clock.ms += DAY_MS / 2;
  assertEquals([names.nameOf("b0", "key"), names.nameOf("a0", "key")], ["b0", "a0"]);
});

Deno.test("reports by more names than a key has are kept as of one service, with the name they gave themselves", async () => {
  await using app = await startApp();
  const services = Array.from({ length: MAX_NAMES_A_KEY + 1 }, (_, at) => `name-${at}`);
  await app.report("/errors", services.slice(1).map((svc_name) => ({ svc_name, message: "a" })));
  const answer = await app.report("/errors", {
    svc_name: services[0],
    message: "b",
    attrs: { n: 1 },
  });
  const { content } = await readEnvelope(answer, { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
  const { ids: [id] } = content as { ids: string[] };
  const { record } = (await app.logging.store.occurrence(id!))!;
  assertEquals([record.svc_name, record.attrs], [OTHERS, {
    n: 1,
    reported_svc_name: services[0],
  }]);
});

Deno.test("clients of other systems have as many names together, whatever protocol names them", async () => {
  await using app = await startApp({ intakeKeys: [{ key: BARE_KEY }] });
  const send = async (path: string, body: string) => {
    const headers = { authorization: `Bearer ${BARE_KEY}`, "content-type": "application/json" };
    const answer = await post(app, path, body, headers);
    assertEquals(answer.status, 200);
    await answer.body?.cancel();
  };
  const ofSentry = (name: string) => send(`/${name}/api/1/envelope/`, eventEnvelope("pelican"));
  for (let at = 0; at < MAX_NAMES_A_KEY - 1; at++) await ofSentry(`name-${at}`);
  const value = (text: string) => ({ stringValue: text });
  const logsOf = (name: string) => ({
    resource: { attributes: [{ key: "service.name", value: value(name) }] },
    scopeLogs: [{ logRecords: [{ severityNumber: 9, body: value(`from ${name}`) }] }],
  });
  const resourceLogs = ["till", "web"].map(logsOf);
  await send("/v1/logs", JSON.stringify({ resourceLogs }));
  await ofSentry("late");
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items: [till] } = await app.logging.store.listLogs({ svc_name: "till", limit: 1 });
  assertEquals(till?.message, "from till");
  const { items: others } = await app.logging.store.listLogs({ svc_name: OTHERS, limit: 10 });
  assertEquals(others.map(({ attrs }) => attrs?.reported_svc_name).toSorted(), ["late", "web"]);
});
