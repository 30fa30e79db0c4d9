import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { LogRecord } from "../../store/record.ts";
import { openStore } from "../../store/open.ts";
import { onEachStore } from "../helpers/each_engine.ts";
import { type Ran, runDeno } from "../helpers/run_deno.ts";
import { INTAKE_KEY, jsonBody, ROOT, withToken } from "../helpers/start_app.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { taskArguments } from "../helpers/task.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";
import { Source, times } from "../store/entries.ts";

const HOUR_MS = 60 * 60 * 1000;
const REPORTED = 3_000;
const REPORTS_A_REQUEST = 100;

onEachStore("a range is exported exactly while the service writes and seals", async (storeUrl) => {
  await using service = await startService({ STORE_URL: storeUrl, INTAKE_KEYS: INTAKE_KEY });
  const startMs = Date.now() - HOUR_MS;
  const timeOf = (i: number) => new Date(startMs + i).toISOString();
  for (let i = 0; i < REPORTED; i += REPORTS_A_REQUEST) {
    const reports = times(
      REPORTS_A_REQUEST,
      (j) => ({ message: `sold ${i + j}`, time: timeOf(i + j) }),
    );
    assertEquals(await report(service, reports), 202);
  }
  await until(async () => {
    // Records are stored in the order of their arrival.
    return (await service.asOperator(`/logs?svc_name=till&q=${REPORTED - 1}`)).logs.length === 1;
  }, { what: "all is stored" });
  let isOver = false;
  const writing = (async () => {
    for (let i = 0; !isOver; i++) {
      // At the key's quota it goes on a moment later.
      await report(service, times(REPORTS_A_REQUEST, () => ({ message: `later ${i}` })));
    }
  })();
  try {
    const [since, until] = [timeOf(100), timeOf(REPORTED - 100)];
    const ran = await exported(storeUrl, `--since=${since}`, `--until=${until}`);
    const wanted = times(REPORTED - 200, (i) => `sold ${100 + i}`);
    assertEquals(recordsOf(ran).map(({ message }) => message), wanted);
    assertEquals(ran.output.slice(ran.stdout.length), `${REPORTED - 200} log records\n`);
    const found = await exported(storeUrl, "sold", "svc_name:till", "1234");
    assertEquals(recordsOf(found).map(({ message }) => message), ["sold 1234"]);
  } finally {
    isOver = true;
    await writing;
  }
});

Deno.test("a hundred thousand records are exported with less memory than they take", async () => {
  await using world = await filledStore(100, { message: "long ".repeat(200) });
  // 100 MB of JSON.
  const small = ["--v8-flags=--max-old-space-size=64"];
  const [task, ...rest] = taskArguments("export");
  const tool = new Deno.Command(Deno.execPath(), {
    args: [task!, ...small, ...rest],
    cwd: ROOT,
    env: { STORE_URL: world.url },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let [lines, last] = [0, 0];
  let isInOrder = true;
  let begun = "";
  for await (const text of tool.stdout.pipeThrough(new TextDecoderStream())) {
    const whole = (begun + text).split("\n");
    begun = whole.pop()!;
    for (const line of whole) {
      const { seq } = JSON.parse(line) as LogRecord;
      isInOrder &&= seq === last + 1;
      last = seq;
      lines++;
    }
  }
  const stderr = await new Response(tool.stderr).text();
  assertEquals([(await tool.status).code, stderr], [0, "100000 log records\n"]);
  assertEquals([lines, isInOrder], [100_000, true]);
});

Deno.test("an export whose reader has gone ends in peace, and one on a full disk with a sentence", async () => {
  await using world = await filledStore(5);
  const tool = new Deno.Command(Deno.execPath(), {
    args: taskArguments("export"),
    cwd: ROOT,
    env: { STORE_URL: world.url },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await tool.stdout.cancel();
  const stderr = await new Response(tool.stderr).text();
  assertEquals([(await tool.status).code, stderr], [0, ""]);

  const { code, stderr: says } = await new Deno.Command("sh", {
    args: ["-c", '"$0" "$@" > /dev/full', Deno.execPath(), ...taskArguments("export")],
    cwd: ROOT,
    env: { STORE_URL: world.url },
    stdin: "null",
  }).output();
  assertMatch(new TextDecoder().decode(says), /^Cannot write the output: No space left.*\n$/);
  assertEquals(code, 1);
});

Deno.test("a damaged block is told, the others are exported, and the exit code says so", async () => {
  await using world = await filledStore(3);
  using db = new DatabaseSync(world.path);
  db.exec("update log_data set data = x'010203' where block = (select min(block) from log_data)");
  const ran = await exported(world.url);
  assertEquals(ran.code, 1);
  const records = recordsOf(ran);
  assert(records.length > 1_000 && records.length < 3_000, String(records.length));
  assertEquals(records.at(-1)!.seq, 3_000);
  const [missing, count, end, ...more] = ran.output.slice(ran.stdout.length).trimEnd().split("\n");
  assertMatch(missing!, /^Records are missing: block \d+ cannot be read: .+ \(20.+ to 20.+\)$/);
  assertEquals(count, `${records.length} log records`);
  assertEquals([end, more], ["What could be read is written: 1 block is damaged", []]);
});

Deno.test("errors are exported whole, with the occurrences that are kept", async () => {
  await using world = await filledStore(1);
  const store = await openStore(world.url);
  const source = new Source(Date.now() - HOUR_MS);
  const failures = times(250, (i) => source.failure(i % 125 === 0 ? "rare" : "often"));
  await store.write(failures);
  await store.write([source.failure("other", { svc_name: "till" })]);
  await store.close();
  const errors = recordsOf(await exported(world.url, "--errors")) as unknown as Exported[];
  assertEquals(errors.map(({ message, count }) => [message, count]), [
    ["broken other", 1],
    ["broken often", 248],
    ["broken rare", 2],
  ]);
  assertEquals(errors[0]!.history.map(({ action }) => action), ["opened"]);
  const ran = await exported(world.url, "--occurrences", "svc_name:/home", "often");
  const [error, ...occurrences] = recordsOf(ran) as unknown as Exported[];
  assertEquals(error!.id, errors[1]!.id);
  assertEquals(occurrences.length, 248);
  assert(occurrences.every((occurrence) => occurrence.error === error!.id));
  const ids = failures.filter(({ group }) => group!.key === "often")
    .map(({ record }) => record.error_id);
  assertEquals(new Set(occurrences.map(({ record }) => record.error_id)), new Set(ids));
  assertStringIncludes(ran.output, "\n1 errors, 248 occurrences\n");
});

Deno.test("what cannot be exported is said in a sentence", async () => {
  using folder = tempFolder();
  const says: [string, string[], number, RegExp][] = [
    ["memory:", [], 1, /^STORE_URL is memory: /],
    [`sqlite:${folder.at("none.db")}`, [], 1, /there is no such file/],
    ["postgres://me:secret@127.0.0.1:1/none", [], 1, /cannot be used just now: nothing listens/],
    ["memory:", ["--since=yesterday"], 2, /^since must be a time as ISO 8601, got "yesterday"\n$/],
    ["memory:", ["--errors", "--request_id=1"], 2, /^--request_id does not go with this\n$/],
    ["memory:", ["--limit=3"], 2, /^Unknown option '--limit'\n\ndeno task export /],
  ];
  for (const [url, args, code, sentence] of says) {
    const ran = await exported(url, ...args);
    assertEquals([ran.code, ran.stdout], [code, ""], ran.output);
    assertMatch(ran.output, sentence);
    assertEquals(ran.output.includes("secret"), false);
  }
});

interface Exported {
  id: string;
  message: string;
  count: number;
  history: { action: string }[];
  error: string;
  record: LogRecord;
}

/** A SQLite store with so many thousand records, a millisecond apart. */
async function filledStore(thousands: number, parts: Partial<LogRecord> = {}) {
  const folder = tempFolder();
  const path = folder.at("holdfast.db");
  const url = `sqlite:${path}`;
  const store = await openStore(url);
  const source = new Source(Date.now() - HOUR_MS);
  for (let i = 0; i < thousands; i++) {
    await store.write(times(1_000, () => source.log(parts)));
  }
  await store.close();
  return { path, url, [Symbol.asyncDispose]: async () => await folder[Symbol.dispose]() };
}

function exported(storeUrl: string, ...args: string[]): Promise<Ran> {
  return runDeno(taskArguments("export", ...args), ROOT, { STORE_URL: storeUrl });
}

function recordsOf({ stdout }: Ran): LogRecord[] {
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

async function report(service: Service, reports: Partial<LogRecord>[]): Promise<number> {
  const body = reports.map((parts) => ({ svc_name: parts.time ? "till" : "other", ...parts }));
  const response = await service.fetch("/logs", withToken(INTAKE_KEY, jsonBody(body)));
  await response.body?.cancel();
  return response.status;
}
