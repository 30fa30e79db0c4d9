import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openSqlite, openStore } from "../../store/open.ts";
import { translate } from "../../store/drivers/translate.ts";
import { WITHOUT_FIX } from "../../store/errors/fix.ts";
import { FIND_TO_PROVE } from "../../store/errors/proof.ts";
import { countOf, errorsBy, pageOf } from "../../store/errors/list_errors.ts";
import { OCCURRENCES_PAGE, PAGE_AROUND, WITH_NEIGHBOURS } from "../../store/errors/occurrences.ts";
import { HOURS_OF_MANY } from "../../store/errors/error.ts";
import { MAX_TOLD, MINUTE_MS, OUTBOX } from "../../store/errors/outbox.ts";
import { LogBlocks } from "../../store/log/log_blocks.ts";
import { openFile } from "../../store/drivers/open_sqlite.ts";
import { SqliteDatabase } from "../../store/drivers/sqlite.ts";
import { OCCURRENCES_BY_WORDS } from "../../store/search/full_text.ts";
import { write } from "../../store/store_on.ts";
import { type Store, StoreBusy } from "../../store/store.ts";
import { Source, times } from "./entries.ts";
import { PATIENT_MS, storeContract } from "./store_contract.ts";

storeContract("memory", () => openStore("memory:", { searchMs: PATIENT_MS }));

storeContract("sqlite", async () => {
  const folder = await Deno.makeTempDir();
  const store = await openStore(`sqlite:${folder}/new/folder/holdfast.db`, {
    searchMs: PATIENT_MS,
  });
  const close = async () => {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  };
  return { ...store, close };
});

function test(sentence: string, run: (path: string, folder: string) => Promise<void>): void {
  Deno.test(`sqlite: ${sentence}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await run(`${folder}/holdfast.db`, folder);
    } finally {
      await Deno.chmod(folder, 0o700);
      await Deno.remove(folder, { recursive: true });
    }
  });
}

async function using<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

test("everything is there after closing and opening again", async (path) => {
  const source = new Source();
  const failure = source.failure("a");
  await using(await openSqlite({ path }), (store) => store.write([failure, source.log()]));
  await using(await openSqlite({ path }), async (store) => {
    assertEquals((await store.listLogs({ limit: 10 })).total, 2);
    assertEquals((await store.write([failure])).duplicates, 1);
    assertEquals((await store.receipt(failure.record.error_id!))!.state, "open");
    assertEquals((await store.listErrors({ q: "broken", limit: 10 })).total, 1);
  });
});

test("closing leaves one file, and a closed store says so", async (path, folder) => {
  const store = await openSqlite({ path });
  await store.write([new Source().log()]);
  await store.close();
  await store.close();
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["holdfast.db"]);
  await assertRejects(() => store.write([new Source().log()]), Error, "is closed");
  await assertRejects(() => store.health(), Error, "is closed");
});

test("a STORE_URL that names no store is one clear sentence", async () => {
  await assertRejects(() => openStore("mysql://u:secret@h/d"), Error, '"mysql"');
  await assertRejects(() => openStore("sqlite:"), Error, "sqlite:PATH");
  const error = await assertRejects(() => openStore("mysql://u:secret@h/d"), Error);
  assertEquals(error.message.includes("secret"), false);
});

test("sqlite:///path is the same file as sqlite:/path", async (path) => {
  await using(await openStore(`sqlite://${path}`), (store) => store.write([new Source().log()]));
  await using(await openStore(`sqlite:${path}`), async (store) => {
    assertEquals((await store.health()).logs, 1);
  });
});

test("a folder in place of the file is named, with a path that would do", async (_, folder) => {
  const error = await assertRejects(() => openSqlite({ path: folder }), Error, "it is a folder");
  assertStringIncludes(error.message, `sqlite:${folder}/holdfast.db`);
});

test("a folder that cannot be made is named", async (_, folder) => {
  await Deno.writeTextFile(`${folder}/file`, "mine");
  const path = `${folder}/file/holdfast.db`;
  const error = await assertRejects(() => openSqlite({ path }), Error, path);
  assertStringIncludes(error.message, "STORE_URL");
  assertEquals(await Deno.readTextFile(`${folder}/file`), "mine");
});

Deno.test({
  name: "sqlite: a folder that cannot be written is named",
  // The superuser may write everywhere.
  ignore: Deno.uid() === 0,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    await Deno.chmod(folder, 0o500);
    try {
      const error = await assertRejects(() => openSqlite({ path: `${folder}/a.db` }), Error);
      assertStringIncludes(error.message, `${folder}/a.db`);
      assertStringIncludes(error.message, "writable");
    } finally {
      await Deno.chmod(folder, 0o700);
      await Deno.remove(folder, { recursive: true });
    }
  },
});

for (const [what, bytes] of [["text", 20], ["noise", 20_000]] as const) {
  test(`a file that is not a database (${what}) is refused and kept`, async (path) => {
    const content = crypto.getRandomValues(new Uint8Array(bytes));
    await Deno.writeFile(path, content);
    const error = await assertRejects(() => openSqlite({ path }), Error, path);
    assertStringIncludes(error.message, "Nothing was changed");
    assertEquals(await Deno.readFile(path), content);
  });
}

test("a store with damaged pages is not written any further", async (path) => {
  const source = new Source();
  await using(await openSqlite({ path }), async (store) => {
    for (let i = 0; i < 5; i++) await store.write(times(200, () => source.log()));
  });
  const content = await Deno.readFile(path);
  content.fill(0xff, 4096);
  await Deno.writeFile(path, content);
  const error = await assertRejects(async () => {
    await using(await openSqlite({ path }), (store) => store.write([source.log()]));
  }, Error);
  assertStringIncludes(error.message, path);
  assertStringIncludes(error.message, "damaged");
});

test("another program's database is refused and kept", async (path) => {
  const other = new DatabaseSync(path);
  other.exec("create table mine (a); insert into mine values (1)");
  other.close();
  const content = await Deno.readFile(path);
  await assertRejects(() => openSqlite({ path }), Error, "another program");
  assertEquals(await Deno.readFile(path), content);
});

test("a summary tells of ten thousand errors at most, the next minute's of the rest", async (path) => {
  await using(await openSqlite({ path, newErrorsAnHour: Infinity }), async (store) => {
    const source = new Source();
    await store.write(times(MAX_TOLD + 20, (i) => source.failure(`k${i}`)));
    const now = Date.now();
    const receiver = "r";
    await store.noteReceivers([{ key: receiver, filters: [{ service: "", minSeverity: 0 }] }], {
      now,
    });
    const { due } = await store.takeAlert({ now, receiver });
    await store.settleAlert(due!.id, { isTold: true, now });
    const next = await store.takeAlert({ now: now + MINUTE_MS, receiver });
    assertEquals([due!.count, next.due!.count], [MAX_TOLD, 20]);
  });
});

test("a store that a newer version wrote is refused", async (path) => {
  await (await openSqlite({ path })).close();
  const db = new DatabaseSync(path);
  db.exec("pragma user_version = 99");
  db.close();
  const error = await assertRejects(() => openSqlite({ path }), Error, "newer version");
  assertStringIncludes(error.message, path);
});

test("a reader beside the writer sees what is committed and writes nothing", async (path) => {
  await assertRejects(() => openSqlite({ path, readOnly: true }), Error, "no such file");
  await using(await openSqlite({ path }), async (writer) => {
    await writer.write([new Source().log()]);
    await using(await openSqlite({ path, readOnly: true }), async (reader) => {
      assertEquals((await reader.listLogs({ limit: 10 })).total, 1);
      await writer.write([new Source().log()]);
      assertEquals((await reader.listLogs({ limit: 10 })).total, 2);
      await assertRejects(() => reader.write([new Source().log()]), StoreBusy, "read-only");
    });
    assertEquals((await writer.health()).logs, 2);
  });
});

test("a write that another connection is in the way of can be tried again", async (path) => {
  const source = new Source();
  await using(await openSqlite({ path }), async (store) => {
    const batch = [source.failure("a"), source.log()];
    const other = new DatabaseSync(path);
    other.exec("begin immediate");
    const error = await assertRejects(() => store.write(batch), StoreBusy, path);
    assertStringIncludes(error.message, "another connection is writing");
    assertEquals((await store.listLogs({ limit: 10 })).total, 0);
    other.exec("rollback");
    other.close();
    const { stored, duplicates, alerts } = await store.write(batch);
    assertEquals([stored, duplicates, alerts.length], [2, 0, 1]);
  });
});

test("a full disk is a reason to try again, and nothing is half written", async (path) => {
  const source = new Source();
  const batch = times(500, () => source.failure("a", { attrs: { text: "x".repeat(2000) } }));
  const file = await openFile({ path });
  const db = new SqliteDatabase(file, path);
  const log = new LogBlocks(db);
  const writeAll = () => write(db, log, { entries: batch, newErrorsAnHour: 10 });
  // SQLite's own limit fails the way a full disk does.
  file.prepare("pragma max_page_count = 100").get();
  const error = await assertRejects(writeAll, StoreBusy, path);
  assertStringIncludes(error.message, "full");
  file.prepare("pragma max_page_count = 100000").get();
  assertEquals((await writeAll()).duplicates, 0);
  await db.close();
});

test("entries that can never be stored say so, and take nothing with them", async (path) => {
  const source = new Source();
  await using(await openSqlite({ path }), async (store) => {
    const batch = [source.failure("a"), source.log({ seq: 1.5 })];
    const error = await assertRejects(() => store.write(batch), Error);
    assertEquals(error instanceof StoreBusy, false);
    assertEquals((await store.health()).logs, 0);
    assertEquals((await store.listErrors({ limit: 1 })).total, 0);
    assertEquals((await store.write([batch[0]!])).alerts.length, 1);
  });
});

test("processes that open the same new file at once all succeed", async (path) => {
  const outputs = await Promise.all(
    times(4, () => writer(path, { batches: 3, entries: 5 }).output()),
  );
  for (const { code, stderr } of outputs) {
    assertEquals(code, 0, new TextDecoder().decode(stderr));
  }
  await using(await openSqlite({ path }), async (store) => {
    assertEquals((await store.health()).logs, 60);
    assertEquals((await store.listErrors({ limit: 10 })).items.map(({ count }) => count), [12]);
  });
});

test("a process killed in mid-write leaves whole transactions only", async (path) => {
  const child = writer(path, { batches: 0, entries: 100 }).spawn();
  const written = await readLines(child.stdout, 20);
  child.kill("SIGKILL");
  await child.status;
  await child.stderr.cancel();
  await using(await openSqlite({ path }), async (store) => {
    const { logs } = await store.health();
    assertEquals(logs >= written * 100, true);
    assertEquals(logs % 100, 0);
    assertEquals((await store.listErrors({ limit: 10 })).items[0]!.count, logs / 100);
    const { items } = await store.listLogs({ q: "failed", limit: 100 });
    assertEquals(items.length, Math.min(logs / 100, 100));
    assertEquals((await store.write([new Source().log()])).stored, 1);
  });
  const db = new DatabaseSync(path);
  assertEquals(db.prepare("pragma integrity_check").all().map(Object.values), [["ok"]]);
  db.close();
});

test("space is given back when the size limit is lowered", async (path) => {
  const source = new Source();
  await using(await openSqlite({ path }), async (store) => {
    for (let i = 0; i < 4; i++) {
      await store.write(times(1000, () => source.log({ attrs: { filler: "x".repeat(2000) } })));
    }
    const limits = { days: 90, keepOccurrences: 100, maxMegabytes: 2 };
    while ((await store.sweep(limits, Date.now())).more);
  });
  assertEquals((await Deno.stat(path)).size <= 2 * 1024 * 1024, true);
});

test("which errors a batch proves or fixes is read in an index of their own, not in those of the lists", async (path) => {
  await (await openSqlite({ path })).close();
  const db = new DatabaseSync(path);
  const planOf = (sql: string) =>
    db.prepare(`explain query plan ${translate(sql)}`).all()
      .map(({ detail }) => String(detail)).filter((detail) => / errors\b/.test(detail));
  const proof =
    "SEARCH errors USING INDEX errors_to_prove (svc_name=? AND route=? AND resolved_in=?)";
  assertEquals(planOf(FIND_TO_PROVE), [proof, proof]);
  assertEquals(planOf(WITHOUT_FIX), [
    "SEARCH errors USING INDEX errors_without_fix (svc_name=?)",
  ]);
  db.close();
});

test("listings read the rows they show and no more, and filters the index alone", async (path) => {
  await (await openSqlite({ path })).close();
  const db = new DatabaseSync(path);
  const planOf = (sql: string) =>
    db.prepare(`explain query plan ${translate(sql)}`).all()
      .map(({ detail }) => String(detail)).join("; ");
  const filters = [
    { where: "", values: [] },
    {
      where: " and svc_name = $1 and route = $2 and severity = $3 and last_release = $4",
      values: ["shop", "/carts", 40, "1.0"],
    },
  ].map((filter) => ({ ...filter, state: "open" as const }));
  const after = [Number.MAX_SAFE_INTEGER, 0] as const;
  for (const filter of filters) {
    for (const sort of ["last_seen", "first_seen", "count"] as const) {
      const plan = planOf(pageOf(filter, { sort, after, limit: 100 }).sql);
      assertMatch(plan, new RegExp(`SEARCH errors USING COVERING INDEX errors_by_state_${sort} `));
      assertEquals(/SCAN|TEMP/.test(plan), false, plan);
    }
    assertMatch(planOf(countOf(filter).sql), /SEARCH errors USING COVERING INDEX/);
  }
  const occurrences = planOf(OCCURRENCES_PAGE);
  assertEquals(/SCAN|TEMP/.test(occurrences), false, occurrences);
  for (const plan of [PAGE_AROUND, WITH_NEIGHBOURS].map(planOf)) {
    assertEquals(/SCAN (occurrences|errors|other)/.test(plan), false, plan);
  }
  const matching = planOf(errorsBy(OCCURRENCES_BY_WORDS.sqlite));
  assertMatch(matching, /SEARCH occurrences USING INTEGER PRIMARY KEY/);
  assertMatch(
    planOf(OUTBOX),
    /SEARCH alerts USING INDEX alerts_waiting [^;]*; [^;]*; SEARCH errors USING INTEGER PRIMARY KEY/,
  );
  assertMatch(planOf(HOURS_OF_MANY), /SEARCH errors .*uid=.*SEARCH hours USING PRIMARY KEY/);
  db.close();
});

function writer(
  path: string,
  { batches, entries }: { batches: number; entries: number },
): Deno.Command {
  const script = new URL("../helpers/write_batches.ts", import.meta.url).href;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", script, path, String(batches), String(entries)],
    stdout: "piped",
    stderr: "piped",
  });
}

/** Waits for so many lines, then stops reading. */
async function readLines(stream: ReadableStream<Uint8Array>, count: number): Promise<number> {
  let lines = 0;
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    lines += decoder.decode(chunk).split("\n").length - 1;
    if (lines >= count) break;
  }
  return lines;
}
