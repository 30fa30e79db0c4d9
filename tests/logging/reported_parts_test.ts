import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { createEncoder } from "../../logging/records/encode.ts";
import { MAX_BREADCRUMBS_CHARS } from "../../logging/records/read_breadcrumbs.ts";
import { MAX_FRAMES_CHARS, MAX_SOURCE_LINES } from "../../logging/records/read_frames.ts";
import { RecordMaker, type RecordMakerOptions } from "../../logging/records/record_maker.ts";
import { MAX_BREADCRUMBS, MAX_FRAMES } from "../../store/limits.ts";
import type { LogRecord, RecordedFrame } from "../../store/record.ts";
import type { Report } from "../../store/report.ts";
import { type SecretCase, SECRETS } from "./corpus/secrets.ts";

const encoder = createEncoder({ bootId: "boot", instance: "here:1" });

/** What is kept of a report. */
function keep(report: Partial<Report>, options: Partial<RecordMakerOptions> = {}): LogRecord {
  const maker = new RecordMaker({ level: "INFO", bodies: "on", ...options });
  const raw = maker.ofReport({ svc_name: "shop", level: "ERROR", ...report });
  return JSON.parse(encoder.encode(raw).line);
}

/** Whatever a client may send in place of what it should. */
function keepAny(report: Record<string, unknown>): LogRecord {
  return keep(report as Partial<Report>);
}

function framesOf(frames: unknown): { frames: RecordedFrame[]; truncated: string[] } {
  const { error, truncated = [] } = keepAny({ error: { type: "E", message: "m", frames } });
  return { frames: error?.frames ?? [], truncated: [...truncated] };
}

Deno.test("frames, breadcrumbs and headers of a report are fields of the record", () => {
  const frame: RecordedFrame = {
    function: "priceOf",
    module: "prices",
    file: "/srv/shop/prices.py",
    line: 10,
    column: 4,
    in_app: true,
    context_line: '    total += item["price"]["amount"]',
    pre_context: ["def price_of(cart):", "    total = 0"],
    post_context: ["    return total"],
    vars: { total: 0, items: [{ sku: "A-17" }], author: "ada" },
  };
  const breadcrumb = {
    time: "2026-11-05T10:00:00.000Z",
    category: "http",
    level: "WARN",
    message: "GET /stock",
    data: { url: "http://127.0.0.1/stock", status: 404 },
  } as const;
  const record = keep({
    error: {
      type: "KeyError",
      message: "'price'",
      frames: [frame],
      cause: { type: "E", frames: [frame] },
    },
    breadcrumbs: [breadcrumb],
    headers: { "User-Agent": "shop-check/1.0", accept: "*/*" },
    event_id: "fdfe517fdc2242228115b95649c68b58",
    instance: "web-1",
    handled: false,
    span_id: "39395b71102bee78",
  });
  assertEquals(record.error?.frames, [frame]);
  assertEquals(record.error?.cause?.frames, [frame]);
  assertEquals(record.breadcrumbs, [breadcrumb]);
  assertEquals(record.headers, { "user-agent": "shop-check/1.0", accept: "*/*" });
  assertEquals(
    [record.event_id, record.instance, record.handled, record.span_id, record.truncated],
    ["fdfe517fdc2242228115b95649c68b58", "web-1", false, "39395b71102bee78", undefined],
  );
});

Deno.test("frames that are no frames cost no record, and what is readable of them is kept", () => {
  const { frames } = framesOf([
    null,
    7,
    { function: 8, line: "12", column: -1, in_app: "yes", context_line: null, vars: ["x"] },
    { function: "add", line: "no", pre_context: "x", post_context: [1, "b"], other: 1 },
  ]);
  assertEquals(frames, [{ line: 12 }, { function: "add", post_context: ["", "b"] }]);
  for (const nothing of ["text", {}, [], [null], null]) {
    const { error, attrs } = keepAny({ error: { type: "E", message: "m", frames: nothing } });
    assertEquals(error, { type: "E", message: "m" });
    assertEquals(attrs?.["error.frames"], nothing ?? undefined, "what is no stack is not lost");
  }
});

Deno.test("of too many frames those nearest to the throw are kept", () => {
  const many = Array.from({ length: 1_000 }, (_, line) => ({ function: "f", line: line + 1 }));
  const { frames, truncated } = framesOf(many);
  assertEquals([frames.length, frames[0]?.line], [MAX_FRAMES, 1]);
  assertEquals(truncated, ["error.frames"]);
});

Deno.test("of too much in frames, variables go first, then the source of libraries, at last frames", () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index} `.padEnd(120, "x"));
  const frameAt = (line: number, size: number): RecordedFrame => ({
    function: "f",
    file: line % 2 ? "/srv/app.js" : "/srv/node_modules/a/b.js",
    line: line + 1,
    context_line: "here",
    pre_context: lines,
    post_context: lines,
    vars: { text: "v ".repeat(size) },
  });
  const some = framesOf(Array.from({ length: 20 }, (_, line) => frameAt(line, 1000)));
  assertEquals(some.frames[0]?.pre_context?.length, MAX_SOURCE_LINES);
  assertEquals(some.frames[0]?.pre_context?.at(-1), lines.at(-1), "those next to the line");
  assertEquals(some.frames.length, 20);
  const withVars = some.frames.filter((frame) => frame.vars).map(({ line }) => line! - 1);
  assert(withVars.length > 0 && withVars.length < 20, "not all, not none");
  assert(withVars.includes(1), "those of the nearest own frame stay longest");
  assert(withVars.every((line) => line % 2 === 1), "a library's go first");
  assert(
    some.frames.every((frame) => frame.pre_context),
    "source lines stay while variables can go",
  );
  const most = framesOf(Array.from({ length: 100 }, (_, line) => frameAt(line, 1000)));
  assert(JSON.stringify(most.frames).length < 1.2 * MAX_FRAMES_CHARS);
  assert(most.frames.every((frame) => frame.vars === undefined));
  // Of own frames, those of even lines, the source line stays: it names them.
  assert(most.frames.every((frame) => (frame.line! % 2 === 0) === ("context_line" in frame)));
  assertEquals([some.truncated, most.truncated], [["error.frames"], ["error.frames"]]);
  const names = framesOf(Array.from({ length: 100 }, () => ({ file: "/srv/".padEnd(1024, "x") })));
  assert(names.frames.length > 50 && names.frames.length < 70, `${names.frames.length} frames`);
});

Deno.test("a secret is masked wherever a client may send one", () => {
  const secrets = SECRETS.filter(({ input }) => typeof input === "string").slice(0, 60);
  assert(secrets.length > 30, `${secrets.length} secrets`);
  for (const secret of secrets) {
    const text = secret.input as string;
    assertMasked(secret, { error: { type: "E", message: "m", frames: [{ context_line: text }] } });
    assertMasked(secret, { error: { type: "E", message: "m", frames: [{ pre_context: [text] }] } });
    const vars = { frames: [{ vars: { a: [text] } }] };
    assertMasked(secret, { error: { type: "E", message: "m", ...vars } });
    assertMasked(secret, {
      error: { type: "E", message: "m", cause: { type: "E", message: "m", ...vars } },
    });
    assertMasked(secret, { breadcrumbs: [{ message: text }] });
    assertMasked(secret, { breadcrumbs: [{ data: { a: { b: text } } }] });
    assertMasked(secret, { headers: { referer: text } });
    assertMasked(secret, { tags: { note: text } });
    assertMasked(secret, { attrs: { contexts: { app: { note: text } } } });
  }
});

Deno.test("what is named as a secret is masked by its name, and harmless names stay", () => {
  const record = keepAny({
    error: {
      type: "E",
      message: "m",
      frames: [{
        file: "https://shop.example.org/app.js?token=abc123def",
        context_line: 'const h = { authorization: "Bearer tok_abcdef" };',
        vars: {
          password: "hunter2-Zq9",
          headers: "{'Cookie': 'sid=hunter2-Zq9', 'Accept': 'a'}",
          author: "ada",
          monkey: "coco",
        },
      }],
    },
    breadcrumbs: [{
      message: "author of the monkey",
      data: { url: "/pay?token=hunter2-Zq9&page=2", api_key: "hunter2-Zq9", author: "ada" },
    }],
    headers: { cookie: "sid=hunter2", authorization: "x", "x-forwarded-for": "10.1.2.3" },
    tags: { api_key: "hunter2-Zq9", author: "ada" },
    attrs: { contexts: { env: { SMTP_PASSWORD: "hunter2-Zq9" } }, environ: { PATH: "/bin" } },
  });
  const text = JSON.stringify(record);
  assertNotMatch(text, /hunter2|abc123def|tok_abcdef|10\.1\.2\.3|sid=/);
  const [frame] = record.error!.frames!;
  assertEquals(
    [frame!.vars!.author, frame!.vars!.monkey, record.tags!.author, record.headers],
    ["ada", "coco", "ada", undefined],
  );
  assertEquals(record.breadcrumbs![0]!.message, "author of the monkey");
  assertEquals(record.breadcrumbs![0]!.data, {
    url: "/pay?token=[redacted]&page=2",
    api_key: "[redacted]",
    author: "ada",
  });
});

Deno.test("of too many breadcrumbs the newest are kept, in their order", () => {
  const many = Array.from({ length: 300 }, (_, index) => ({ message: `step ${index}` }));
  const { breadcrumbs, truncated } = keepAny({ breadcrumbs: many });
  assertEquals(breadcrumbs?.length, MAX_BREADCRUMBS);
  assertEquals([breadcrumbs?.[0]?.message, breadcrumbs?.at(-1)?.message], ["step 200", "step 299"]);
  assertEquals(truncated, ["breadcrumbs"]);
  const long = many.map((one) => ({ ...one, data: { body: "b ".repeat(900) } }));
  const kept = keepAny({ breadcrumbs: long }).breadcrumbs!;
  assertEquals(kept.at(-1)?.message, "step 299");
  assert(JSON.stringify(kept).length < 1.2 * MAX_BREADCRUMBS_CHARS);
});

Deno.test("breadcrumbs that are none cost no record", () => {
  const kept = keepAny({
    breadcrumbs: [
      null,
      "text",
      {},
      { time: "never", level: "fatal", category: 7, message: null, data: "GET /" },
      { type: "http", message: "m" },
    ],
  });
  assertEquals(kept.breadcrumbs, [
    { data: { data: "GET /" } },
    { message: "m", data: { type: "http" } },
  ]);
  assertEquals(keepAny({ breadcrumbs: { values: [] } }).breadcrumbs, undefined);
});

Deno.test("KEEP_USER holds wherever the user's own key stands", () => {
  const report: Partial<Report> = {
    user: { id: 7, email: "ada@shop.example" },
    breadcrumbs: [{ message: "signed in", data: { user: { id: 7, email: "ada@shop.example" } } }],
    attrs: {
      "user.email": "ada@shop.example",
      "user.id": 7,
      user_name: "Ada",
      contexts: { app: { user: { id: 7, ip: "203.0.113.9" }, users: 3, userAgent: "x" } },
    },
    tags: { "user.email": "ada@shop.example", "user.id": "7", city: "Ulm" },
    error: {
      type: "E",
      message: "m",
      frames: [{ line: 1, vars: { user: { id: 7, email: "ada@shop.example" }, total: 3 } }],
      cause: { type: "C", frames: [{ line: 2, vars: { "user.email": "ada@shop.example" } }] },
    },
  };
  const byId = keep(report);
  assertEquals(byId.tags, { "user.id": "7", city: "Ulm" });
  assertEquals(byId.error?.frames?.[0]?.vars, { user: { id: 7 }, total: 3 });
  assertEquals(byId.user, { id: "7" });
  assertEquals(byId.breadcrumbs, [{ message: "signed in", data: { user: { id: 7 } } }]);
  const app = { user: { id: 7 }, users: 3, userAgent: "x" };
  assertEquals(byId.attrs, { "user.id": 7, contexts: { app } });
  const none = keep(report, { keepUser: "none" });
  assertEquals(none.user, undefined);
  assertEquals(none.attrs, { contexts: { app: { users: 3, userAgent: "x" } } });
  assertNotMatch(JSON.stringify([byId, none]), /ada@|203\.0/);
  const full = keep(report, { keepUser: "full" });
  assertEquals(full.attrs, report.attrs);
  assertEquals(full.breadcrumbs, report.breadcrumbs);
  assertEquals(full.error?.frames, report.error?.frames);
  assertEquals(full.tags, report.tags);
});

Deno.test("KEEP_USER holds at any depth, and for a client's address in OpenTelemetry's words", () => {
  const email = "ada@shop.example";
  const deep = { a: { b: { c: { d: { e: { user: { id: 7, email } } } } } } };
  const record = keep({
    attrs: { ...deep, "client.address": "203.0.113.9", span: { "net.peer.ip": "203.0.113.9" } },
  });
  assertEquals(record.attrs, { a: { b: { c: { d: { e: { user: { id: 7 } } } } } }, span: {} });
});

Deno.test("a header with values that are no texts costs no record", () => {
  const odd = { toString: 1, valueOf: 2 };
  assertEquals(keepAny({ headers: { accept: ["a", odd, 7], host: odd } }).headers, {
    accept: "a, 7",
  });
});

/** Kept in whole, or its beginning or end. */
function assertMasked({ input, secret }: SecretCase, report: Record<string, unknown>): void {
  const { error, breadcrumbs, headers, tags, attrs } = keepAny(report);
  const text = JSON.stringify([error, breadcrumbs, headers, tags, attrs]);
  assert(!text.includes(secret), `${JSON.stringify(input)} is kept in ${text}`);
}
