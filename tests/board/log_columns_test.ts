import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { columnsText, MAX_COLUMNS, readColumns } from "../../board/logs/columns.ts";
import { fieldsOf, tokenOf, valueAt } from "../../board/logs/log_fields.ts";
import { LogRows } from "../../board/logs/log_rows.tsx";
import type { LogRecord } from "../../logging/mod.ts";
import { LOG_FIELDS, readSearch } from "../../modules/search.ts";
import { openSession } from "../helpers/open_session.ts";
import { readPage } from "../helpers/read_page.ts";
import { startApp } from "../helpers/start_app.ts";
import { Source } from "../store/entries.ts";

const RECORD = new Source(Date.UTC(2026, 10, 28, 23, 30, 0, 123)).log({
  message: "first line\nsecond line",
  user: { id: "customer 7" },
  tags: { "a.b": "dotted", "x,y": "comma", 'q"': "quote d" },
  attrs: { order: { id: 12, "lines.count": 3 }, list: [1, 2] },
  duration_ms: 12.34,
  status: 500,
}).record;

Deno.test("a log line shows date and time of the chosen zone, with milliseconds", async () => {
  const lines = async (zone: string) => {
    const clock = { nowMs: Date.parse(RECORD.time), zone };
    return readPage(String(await LogRows({ records: [RECORD], clock }))).text;
  };
  assertStringIncludes(await lines("UTC"), "2026-11-28 23:30:00.123");
  const berlin = await lines("Europe/Berlin");
  assertStringIncludes(berlin, "2026-11-29 00:30:00.123");
  assertStringIncludes(berlin, "Time (Europe/Berlin)");
});

Deno.test("columns are read back from an address, whatever their names are, and at most eight", () => {
  const columns = ["status", "tags.a.b", "tags.x,y", "tags.50%2C", "attrs.order.id"];
  const read = (text: string) => readColumns(new URLSearchParams(text));
  assertEquals(read(new URLSearchParams({ columns: columnsText(columns) }).toString()), columns);
  assertEquals(read("columns=status&columns=user.id,status&columns="), ["status", "user.id"]);
  assertEquals(read("columns=nothing.known,time,__proto__,user.id"), ["user.id"]);
  const many = Array.from({ length: 20 }, (_, i) => `tags.t${i}`).join();
  assertEquals(read(`columns=${many}`).length, MAX_COLUMNS);
});

Deno.test("a column finds its value, also where names have dots of their own", () => {
  const found = (path: string) => valueAt(RECORD, path);
  assertEquals(
    ["tags.a.b", "tags.x,y", "attrs.order.id", "attrs.order.lines.count", "user.id"].map(found),
    ["dotted", "comma", 12, 3, "customer 7"],
  );
  assertEquals(
    ["tags.a", "attrs.order.none", "user.constructor", "attrs.list.0"].map(found),
    [undefined, undefined, undefined, undefined],
  );
  for (const [path, value] of fieldsOf(RECORD, 100)) assertEquals(found(path), value, path);
});

Deno.test("only this value searches for what the field has", () => {
  const fields = new Map(fieldsOf(RECORD, 100));
  const searched = (path: string) => readSearch(tokenOf([path, fields.get(path)]), LOG_FIELDS);
  assertEquals(searched("user.id"), { user: "customer 7" });
  assertEquals(searched('tags.q"'), { tag: ['q":quote d'] });
  assertEquals(searched("request_id"), { request_id: RECORD.request_id! });
  assertEquals(tokenOf(["status", 500]), undefined);
});

Deno.test("from an open record a field becomes a column, or the only value, and the rest of the page stays", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  const leads = async (query: string) => {
    const answer = await app.request(`/board/logs?${query}`, { headers: { cookie } });
    await answer.body?.cancel();
    assertEquals(answer.status, 303);
    return answer.headers.get("location");
  };
  const rest = "level=WARN&columns=status&live=1";
  assertEquals(
    await leads(`${rest}&add=tags.x,y`),
    "/board/logs?level=WARN&columns=status%2Ctags.x%252Cy&live=1",
  );
  assertEquals(
    await leads(`q=late&${rest}&only=${encodeURIComponent('user:"a b"')}`),
    [
      "/board/logs?q=late%20user%3A%22a%20b%22&level=WARN&columns=status&live=1",
    ].join(),
  );
  assertEquals(await leads("only=svc_name:shop&svc_name=mailer"), "/board/logs?svc_name=shop");
  assertEquals(await leads("add=__proto__"), "/board/logs");
  const around = `around=1764372600123~${RECORD.boot_id}~1`;
  assertEquals(
    await leads(`${around}&svc_name=shop&add=status`),
    `/board/logs?svc_name=shop&columns=status&${around}#here`,
  );
});

Deno.test("a page shows the columns of its records and proposes the others", async () => {
  await using app = await startApp();
  const cookie = await openSession(app);
  const report = (more: Partial<LogRecord>) => ({
    svc_name: "shop",
    message: "order taken",
    tags: { plan: "gold" },
    ...more,
  });
  await app.report("/logs", [
    report({ attrs: { order: { id: 77 } }, user: { id: "u-1" } }),
    report({ message: "order sent" }),
  ]).then((answer) => answer.body?.cancel());
  await app.logging.flush({ deadlineMs: 30_000 });
  const page = await app.request("/board/logs?svc_name=shop&columns=attrs.order.id,tags.plan", {
    headers: { cookie },
  }).then((answer) => answer.text());
  assertEquals(
    [...page.matchAll(/<span class="name">(.*?):<\/span> <bdi>(.*?)<\/bdi>/g)]
      .map(([, name, value]) => `${name} ${value}`),
    [
      "attrs.order.id ",
      "tags.plan gold",
      "attrs.order.id 77",
      "tags.plan gold",
    ],
  );
  const box = (path: string) =>
    new RegExp(`<input type="checkbox" name="columns" value="${path}"( checked)? ?>`).exec(page);
  assertEquals(box("attrs.order.id")?.[1], " checked");
  assert(box("user.id"), "it is proposed");
  assertEquals(box("user.id")![1], undefined);
  assert(page.includes(`href="/board/logs?svc_name=shop&amp;columns=tags.plan"`), "removable");
});
