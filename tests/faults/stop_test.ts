import { assert, assertEquals, assertMatch } from "@std/assert";
import { holdStore } from "../helpers/hold_store.ts";
import { type Answer, gapsIn, readKept, startLoad } from "../helpers/load.ts";
import { readBooks, summary } from "../helpers/read_books.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const ANSWERS_BEFORE_STOP = 300;
/** Probes too leave a record: every answer can be looked for. */
const ALL_LEVELS = { LOG_LEVEL: "DEBUG" };

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  Deno.test(`${signal} under load loses nothing: every answered request is stored, and the process ends well`, async () => {
    using folder = tempFolder();
    const storePath = folder.at("holdfast.db");
    await using service = await startService({ STORE_URL: `sqlite:${storePath}`, ...ALL_LEVELS });
    const answers = await loadAndSignal(service, [signal]);
    assertEquals(await service.ended, { code: 0, signal: null });
    const { lost, gaps, records } = reconcile(storePath, answers);
    console.log(summary({ answered: answers.length, "records stored": records, lost, gaps }));
    assertEquals([lost, gaps], [0, 0]);
    assertEquals(spillFiles(folder.path), []);
  });
}

Deno.test("SIGTERM while another process holds the store: what cannot be stored in time is on disk, and stored by the next start", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const variables = { ...ALL_LEVELS, STORE_URL: `sqlite:${storePath}`, SHUTDOWN_MS: "2000" };
  let answers: Answer[];
  {
    await using service = await startService(variables);
    using _lock = holdStore(storePath);
    answers = await loadAndSignal(service, ["SIGTERM"]);
    assertEquals(await service.ended, { code: 0, signal: null });
    assertMatch(service.output, /\d+ records are in the journal, 0 are dropped/);
    assert(reconcile(storePath, answers).lost > 0, "the store was held");
  }
  await storeWhatWasLeft(folder.path, variables);
  const { lost, gaps } = reconcile(storePath, answers);
  assertEquals([lost, gaps], [0, 0]);
});

Deno.test("Ctrl+C under deno task, which arrives twice, is one signal and loses nothing", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  await using service = await startService({
    ...ALL_LEVELS,
    STORE_URL: `sqlite:${storePath}`,
  });
  const load = startLoad(service);
  await until(() => load.answers.length >= ANSWERS_BEFORE_STOP, { what: "some answers" });
  // Not twice the same: the system may deliver two of a kind as one.
  service.kill("SIGINT");
  service.kill("SIGTERM");
  const answers = await load.stop();
  assertEquals(await service.ended, { code: 0, signal: null });
  const { lost, gaps } = reconcile(storePath, answers);
  assertEquals([lost, gaps], [0, 0]);
});

Deno.test("a second signal ends the process at once, and loses nothing either", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const variables = { ...ALL_LEVELS, STORE_URL: `sqlite:${storePath}` };
  let answers: Answer[];
  {
    await using service = await startService(variables);
    using _lock = holdStore(storePath);
    answers = await loadAndSignal(service, ["SIGTERM", "SIGTERM"]);
    assertEquals(await service.ended, { code: 1, signal: null });
  }
  await storeWhatWasLeft(folder.path, variables);
  assertEquals(reconcile(storePath, answers).lost, 0);
});

Deno.test("a process that is killed leaves its spill to the next start, while another one works in the same folder", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const variables = { ...ALL_LEVELS, STORE_URL: `sqlite:${storePath}`, LOG_SPILL: "all" };
  await using stays = await startService(variables);
  const stayingLoad = startLoad(stays);
  const answers: Answer[] = [];
  for (let kill = 0; kill < 3; kill++) {
    await using killed = await startService(variables);
    answers.push(...await loadAndSignal(killed, ["SIGKILL"]));
    await killed.ended;
  }
  answers.push(...await stayingLoad.stop());
  stays.kill("SIGTERM");
  await stays.ended;
  await storeWhatWasLeft(folder.path, variables);
  const { lost, gaps } = reconcile(storePath, answers);
  assertEquals([lost, gaps], [0, 0]);
});

/** Loads the service, sends the signals while it answers, and gives what it answered. */
async function loadAndSignal(service: Service, signals: Deno.Signal[]): Promise<Answer[]> {
  const load = startLoad(service);
  await until(() => load.answers.length >= ANSWERS_BEFORE_STOP, { what: "some answers" });
  const [first, second] = signals;
  service.kill(first!);
  if (second) {
    await until(() => isRefusing(service), { what: "the service takes no more requests" });
    await service.insist(second);
  }
  return await load.stop();
}

async function isRefusing(service: Service): Promise<boolean> {
  try {
    await (await service.fetch("/healthz")).body?.cancel();
    return false;
  } catch {
    return true;
  }
}

/** Starts the service, waits until all that was left on disk is stored, and stops it. */
async function storeWhatWasLeft(dir: string, variables: Record<string, string>): Promise<void> {
  await using service = await startService(variables);
  await until(() => spillFiles(dir).length <= 1, { what: "the spill files are replayed" });
  await readBooks(service);
  service.kill("SIGTERM");
  await service.ended;
  assertEquals(spillFiles(dir), []);
}

function reconcile(
  storePath: string,
  answers: readonly Answer[],
): { lost: number; gaps: number; records: number } {
  const { requestIds, seqs } = readKept(storePath);
  const processes = [...seqs.values()];
  return {
    lost: answers.filter(({ requestId }) => !requestIds.has(requestId)).length,
    gaps: processes.reduce((sum, seqs) => sum + gapsIn(seqs), 0),
    records: processes.reduce((sum, seqs) => sum + seqs.length, 0),
  };
}

function spillFiles(dir: string): string[] {
  return Array.from(Deno.readDirSync(dir), ({ name }) => name)
    .filter((name) => name.includes("-spill-"));
}
