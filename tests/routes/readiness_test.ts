import { assertEquals } from "@std/assert";
import { refuseRecords, takeRecords } from "../helpers/hold_store.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

Deno.test("a store that refuses what it should take is not ready, and is again when it takes it", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  await using app = await startApp({ logging: { storeUrl: `sqlite:${path}`, level: "ERROR" } });
  refuseRecords(path, "seq");
  await report(app, 20);
  const { content } = await readEnvelope(await app.request("/readyz"), {
    status: 503,
    code: "store.unavailable",
    isFinding: true,
  });
  assertEquals(content, "[Error] Unavailable: the store accepts no records at the moment");
  takeRecords(path);
  // Nothing but the question itself brings it a record.
  await until(async () => (await app.request("/readyz")).status === 200, { what: "it is ready" });
  assertEquals(
    (await messages(app)).at(-1),
    "The store has refused the last records: this one tries again",
  );
});

Deno.test("records that are to blame themselves make no store unready", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  await using app = await startApp({ logging: { storeUrl: `sqlite:${path}` } });
  refuseRecords(path, "poison");
  for (let i = 0; i < 40; i++) {
    await report(app, 1);
    await until(() => app.logging.stats().pending === 0, {
      what: "all of it is refused or stored",
    });
    const { status } = await app.request("/readyz");
    assertEquals(status, 200, `after ${i + 1} of them`);
  }
});

async function report(app: TestApp, count: number): Promise<void> {
  const reports = Array.from({ length: count }, () => ({ svc_name: "shop", message: "poison" }));
  await readEnvelope(await app.report("/errors", reports), { status: 202 });
  await until(() => app.logging.stats().pending === 0, { what: "all of it is refused or stored" });
}

async function messages(app: TestApp): Promise<string[]> {
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 100 });
  return items.map(({ message }) => message);
}
