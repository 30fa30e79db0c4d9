import { assert, assertEquals } from "@std/assert";
import { decode } from "../../intake/decode.ts";
import type { DecodedReport, Delivery } from "../../intake/intake.ts";
import type { Report, ReportedError } from "../../store/report.ts";

const NOW = Date.parse("2026-11-27T17:00:00Z");
const HOUR_MS = 60 * 60 * 1000;

Deno.test("an exception without a type that is only made for its stack is a message at its own level", async () => {
  const exception = {
    values: [{
      value: "stock is low",
      mechanism: { synthetic: true, type: "generic", handled: true },
      stacktrace: { frames: [{ filename: "/srv/shop/a.js", function: "low", lineno: 3 }] },
    }],
  };
  const { error, level, message, attrs } = await report({ exception, level: "warning" });
  assertEquals([error, level, message], [undefined, "WARN", "stock is low"]);
  assertEquals(attrs?.threads, [{
    frames: [{ function: "low", file: "/srv/shop/a.js", line: 3, in_app: true }],
  }]);
  const bare = await report({ exception: [{ value: "no name" }] });
  assertEquals([bare.error?.type, bare.error?.message, bare.level], ["Error", "no name", "ERROR"]);
});

Deno.test("levels have our names; one that is missing or unknown is an error", async () => {
  const levels = [
    "debug",
    "log",
    "info",
    "warning",
    "error",
    "fatal",
    "loud",
    null,
    7,
    30,
    undefined,
  ];
  const read = await Promise.all(levels.map((level) => report({ message: "m", level })));
  assertEquals(read.map(({ level }) => level), [
    "DEBUG",
    "INFO",
    "INFO",
    "WARN",
    "ERROR",
    "CRITICAL",
    "ERROR",
    "ERROR",
    "ERROR",
    "WARN",
    "ERROR",
  ]);
});

Deno.test("a message is a text, formatted, or made of its parameters", async () => {
  const entry = (message: string, params: unknown) => ({ logentry: { message, params } });
  const cases: [unknown, string, string?][] = [
    [{ message: "plain" }, "plain"],
    [{ message: { formatted: "user ada", message: "user %s" } }, "user ada", "user %s"],
    [entry("user %s failed %d times, 100%%", ["ada", 3]), "user ada failed 3 times, 100%"],
    [entry("user %(name)s of %(team)s", { name: "ada" }), "user ada of %(team)s"],
    [entry("user {name} in {}", { name: "ada", 0: "here" }), "user ada in here"],
    [entry("{} of {}: {0}", [1, 2]), "1 of 2: 1"],
    [entry("{0.name} {{x}}", ["a"]), "{0.name} {x}"],
    [entry("no place", ["a"]), "no place"],
    [entry("%s and %s", null), "%s and %s"],
    [{ message: null, logentry: { message: "%s", params: [{ a: 1 }] } }, '{"a":1}'],
    [{ message: { formatted: 7 } }, "7"],
    [{}, "(no message)"],
  ];
  for (const [event, text, template] of cases) {
    const { message, attrs } = await report(event);
    assertEquals(message, text);
    if (template) assertEquals(attrs?.template, template);
  }
});

Deno.test("a chain has its causes, a group its members, and ids that go in a circle end", async () => {
  const named = (type: string, id?: number, parent?: number) => ({
    type,
    value: `${type}!`,
    mechanism: { exception_id: id, parent_id: parent, handled: id === 0 ? false : undefined },
  });
  const types = (error: ReportedError | undefined): string[] =>
    error ? [error.type, ...types(error.cause as ReportedError | undefined)] : [];
  const plain = await report({ exception: { values: ["C", "B", "A"].map((type) => named(type)) } });
  assertEquals(types(plain.error), ["A", "B", "C"]);

  const group = await report({
    exception: {
      values: [
        named("SecondsCause", 3, 2),
        named("Second", 2, 0),
        named("First", 1, 0),
        named("Group", 0),
      ],
    },
  });
  assertEquals(types(group.error), ["Group", "First"]);
  assertEquals(
    (group.attrs?.members as ReportedError[]).map(({ type }) => type),
    ["Second", "SecondsCause"],
  );
  assertEquals(group.handled, false);

  // The first is what was caught although it stands first.
  const turned = await report({ exception: [named("Root", 0), named("Cause", 1, 0)] });
  assertEquals(types(turned.error), ["Root", "Cause"]);
  const circle = await report({ exception: [named("A", 0, 1), named("B", 1, 0)] });
  assertEquals(types(circle.error), ["B", "A"]);
  const long = Array.from({ length: 1_000 }, (_, at) => named(`E${at}`));
  assertEquals(types((await report({ exception: long })).error).length, 6);
});

Deno.test("of a deep stack both ends are kept, own frames have their variables, and nothing grows without bound", async () => {
  const details = {
    context_line: "    x".repeat(100),
    pre_context: Array.from({ length: 50 }, (_, line) => `${line}`),
    post_context: ["after", null, 7],
    vars: Object.fromEntries(
      Array.from({ length: 30 }, (_, key) => [`v${key}`, { deep: "y".repeat(400) }]),
    ),
  };
  const frames = Array.from({ length: 1_000 }, (_, at) => ({
    filename: at % 2 === 0 ? "shop.py" : "/srv/.venv/lib/python3.11/site-packages/x/y.py",
    function: `f${at}`,
    lineno: at + 1,
    in_app: at % 2 === 0,
    // As many as fit the bound of an event.
    ...at > 950 && details,
  }));
  const { error } = await report({
    exception: [{ type: "RecursionError", stacktrace: { frames } }],
  });
  const kept = error!.frames!;
  assertEquals(kept.length, 100);
  assertEquals([kept[0]?.line, kept[59]?.line, kept[60]?.line, kept[99]?.line], [1000, 941, 40, 1]);
  const detailed = kept.filter(({ vars }) => vars);
  assertEquals([detailed.length, detailed.every(({ in_app }) => in_app)], [20, true]);
  assertEquals(detailed[0]?.pre_context, ["45", "46", "47", "48", "49"]);
  assertEquals(detailed[0]?.post_context, ["after", "", ""]);
  assertEquals(Object.keys(detailed[0]!.vars!).length, 20);
  assert(JSON.stringify(error).length < 300_000, `${JSON.stringify(error).length} characters`);
});

Deno.test("whose code a frame is, clients do not always know", async () => {
  const frames = [
    {
      filename: "/home/app/.cache/deno/npm/npm.example.org/hono/4/hono.js",
      in_app: true,
      lineno: 1,
    },
    { filename: "<anonymous>", in_app: true, function: "Array.map" },
    { abs_path: "/home/app/go/pkg/mod/github.com/x/y@v1/z.go", in_app: true, lineno: 1 },
    { filename: "threading.py", abs_path: "/usr/local/lib/python3.11/threading.py", lineno: 9 },
    { filename: "app:///app.ts", in_app: true, function: "?", lineno: 4 },
    null,
    "frame",
  ];
  const { error } = await report({ exception: [{ type: "E", stacktrace: { frames } }] });
  assertEquals(error?.frames?.map(({ file, in_app }) => [file, in_app]), [
    ["app:///app.ts", true],
    ["threading.py", false],
    ["/home/app/go/pkg/mod/github.com/x/y@v1/z.go", false],
    ["<anonymous>", false],
    ["/home/app/.cache/deno/npm/npm.example.org/hono/4/hono.js", false],
  ]);
});

Deno.test("of a request path, input and headers by a list of names are kept, never cookies", async () => {
  const { method, path, route, headers, input_json, request_id } = await report({
    transaction: "POST /cart/:id",
    request: {
      url: "https://shop.example.org:8443/cart/7#pay",
      query_string: [["coupon", "A B"], ["n", 1]],
      cookies: { session: "secret" },
      headers: [
        ["User-Agent", "shop/1"],
        ["COOKIE", "a=b"],
        ["Authorization", "Bearer x"],
        [
          "X-Request-Id",
          "r-1",
        ],
        ["Accept", ["a/b", "c/d"]],
        ["X-Api-Key", "k"],
      ],
      data: '{"sku":"A-17"}',
    },
  });
  assertEquals([method, path, route], ["POST", "/cart/7?coupon=A+B&n=1", "/cart/:id"]);
  assertEquals({ ...headers }, {
    "user-agent": "shop/1",
    "x-request-id": "r-1",
    accept: "a/b, c/d",
  });
  assertEquals([input_json, request_id], [{ sku: "A-17" }, "r-1"]);
  const paths = [
    [{ url: "/cart/7?x=1", query_string: "y=2" }, "/cart/7?x=1"],
    [{ url: "/cart/7", query_string: "?y=2" }, "/cart/7?y=2"],
    [{ url: "http://h/a", query_string: { b: "c" } }, "/a?b=c"],
    [{ url: 7 }, undefined],
  ] as const;
  for (const [request, expected] of paths) {
    assertEquals((await report({ request })).path, expected);
  }
});

Deno.test("a transaction is a route, or the name of a function or job", async () => {
  const named = async (transaction: unknown) => {
    const { method, route, module } = await report({ transaction });
    return [method, route, module];
  };
  assertEquals(await named("GET /cart/:id"), ["GET", "/cart/:id", undefined]);
  assertEquals(await named("/cart/{id}/"), [undefined, "/cart/{id}/", undefined]);
  assertEquals(await named("nightly import"), [undefined, undefined, "nightly import"]);
  assertEquals(await named(null), [undefined, undefined, undefined]);
});

Deno.test("tags, user, fingerprint and breadcrumbs come in several forms", async () => {
  const read = await report({
    tags: [["tenant", "acme"], ["retry", 3], ["none", null], "odd", ["__proto__", "x"]],
    user: { id: 42, username: "ada", ip_address: "{{auto}}", plan: "gold", name: "other" },
    fingerprint: ["order", 7, "{{ default }}", null],
    breadcrumbs: {
      values: [null, { timestamp: 1795797175, type: "http", message: 7, data: { status: 200 } }],
    },
  }, { address: "203.0.113.7" });
  assertEquals(Object.entries(read.tags!), [["tenant", "acme"], ["retry", "3"], [
    "__proto__",
    "x",
  ]]);
  assertEquals(read.user, { id: "42", name: "ada", ip: "203.0.113.7", plan: "gold" } as object);
  assertEquals(read.attrs?.fingerprint, ["order", "7", "{{ default }}"]);
  assertEquals(read.breadcrumbs?.map((crumb) => ({ ...crumb, data: { ...crumb.data } })), [{
    time: "2026-11-27T16:32:55.000Z",
    category: "http",
    message: "7",
    data: { status: 200 },
  }]);
  const map = await report({ tags: { beta: true }, fingerprint: [], breadcrumbs: [], user: null });
  assertEquals([{ ...map.tags }, map.attrs?.fingerprint, map.breadcrumbs, map.user], [
    { beta: "true" },
    undefined,
    undefined,
    undefined,
  ]);
  for (const fingerprint of [["{{default}}"], ["{{ default }}"], null, "", [null]]) {
    assertEquals((await report({ fingerprint })).attrs?.fingerprint, undefined);
  }
  const inferred = await report(
    { user: { id: "7" }, sdk: { name: "browser", settings: { infer_ip: "auto" } } },
    { address: "203.0.113.7" },
  );
  assertEquals(inferred.user?.ip, "203.0.113.7");
});

Deno.test("the id of a user that is too long for a number keeps its digits", async () => {
  const id = "12345678901234567890";
  const body = `{}\n{"type":"event"}\n{"user":{"id":${id}},"timestamp":1795797175.8112345}`;
  const { reports } = await decode({
    protocol: "envelope",
    body: new TextEncoder().encode(body),
    otherwise: "shop",
    receivedMs: NOW,
  });
  assertEquals([reports[0]?.report.user?.id, reports[0]?.timeMs], [id, 1795797175811]);
});

Deno.test("of ten thousand tags and breadcrumbs a bounded number is kept", async () => {
  const tags = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`t${at}`, at]));
  const breadcrumbs = Array.from({ length: 10_000 }, (_, at) => ({ message: `b${at}` }));
  const read = await report({ tags, breadcrumbs, extra: tags, modules: tags });
  // One more than a record keeps: so it says that it was cut.
  assertEquals(Object.keys(read.tags!).length, 201);
  assertEquals([read.breadcrumbs?.length, read.breadcrumbs?.at(-1)?.message], [100, "b9999"]);
  assert(JSON.stringify(read.attrs).length < 20_000);
});

Deno.test("no extra takes the place of a fingerprint, and of an environment the names alone are kept", async () => {
  const extra = {
    fingerprint: ["forged"],
    contexts: 1,
    order: 7,
    environ: { PATH: "/bin", DB_PASSWORD: "secret" },
  };
  const { attrs } = await report({ extra, message: "m" });
  assertEquals(attrs, {
    "extra.fingerprint": ["forged"],
    "extra.contexts": 1,
    order: 7,
    environ: ["DB_PASSWORD", "PATH"],
  } as object);
});

Deno.test("times are numbers, ISO with any fraction, or ISO without a zone", async () => {
  const at = async (timestamp: unknown) => (await event({ timestamp })).timeMs;
  assertEquals(await at(1795797175.811), 1795797175811);
  assertEquals(await at("1795797175.811"), 1795797175811);
  assertEquals(await at(1795797175811), 1795797175811);
  for (const text of ["2026-11-27T16:39:44.479033563Z", "2026-11-27T17:39:44.479+01:00"]) {
    assertEquals(await at(text), Date.parse("2026-11-27T16:39:44.479Z"));
  }
  assertEquals(await at("2026-11-27T16:39:44"), Date.parse("2026-11-27T16:39:44Z"));
  assertEquals(await at("2026-11-27 16:39:44.5"), Date.parse("2026-11-27T16:39:44.5Z"));
  for (const wrong of [null, "yesterday", "2026-13-77T99:99:99Z", {}, -1, "", 0]) {
    assertEquals(await at(wrong), undefined);
  }
});

Deno.test("a clock that is wrong by more than a minute is set right by when the envelope was sent", async () => {
  const crumb = { timestamp: NOW / 1000 - HOUR_MS / 1000, message: "before" };
  const sent = async (offMs: number) => {
    const header = { sent_at: new Date(NOW - offMs).toISOString() };
    return await event({ timestamp: (NOW - offMs) / 1000 - 5, breadcrumbs: [crumb] }, {}, header);
  };
  for (const offMs of [HOUR_MS, -HOUR_MS]) assertEquals((await sent(offMs)).timeMs, NOW - 5_000);
  assertEquals((await sent(30_000)).timeMs, NOW - 35_000);
  const { report } = await sent(HOUR_MS);
  assertEquals(report.breadcrumbs?.[0]?.time, new Date(NOW).toISOString());
});

Deno.test("what a client has cut itself is marked", async () => {
  const _meta = {
    request: { data: { "": { len: 20_000 } } },
    extra: { big: { "0": { "": { rem: [["!limit", "x", 1, 2]] } } } },
    tags: { fine: { "": {} } },
  };
  assertEquals((await report({ _meta })).truncated, ["input", "attrs"]);
  assertEquals((await report({ _meta: { a: null, b: [1] } })).truncated, undefined);
});

Deno.test("a message of 20 KB is cut and keeps its frames", async () => {
  const stacktrace = { frames: [{ filename: "/srv/shop/a.js", function: "f", lineno: 1 }] };
  const value = "large ".repeat(4_000);
  const { error } = await report({ exception: [{ type: "E", value, stacktrace }] });
  // Longer than what a record keeps, so that the record says that it was cut.
  assertEquals([error!.message.length <= 4_096, error!.frames?.length], [true, 1]);
});

Deno.test("a service is the key's, else the path's; what an event calls itself does not count", async () => {
  const named = { server_name: "other", service: "other", tags: { svc_name: "other" } };
  assertEquals((await report(named)).svc_name, "shop");
  assertEquals((await report(named, { service: "till" })).svc_name, "till");
});

Deno.test("whatever has another type than it should, the event is taken", async () => {
  const odd = [null, 7, "text", true, [], {}, [null], [[]], { values: 7 }, { values: [[]] }, "\0"];
  const keys = [
    "exception",
    "message",
    "logentry",
    "level",
    "timestamp",
    "request",
    "user",
    "tags",
    "contexts",
    "extra",
    "breadcrumbs",
    "fingerprint",
    "threads",
    "stacktrace",
    "modules",
    "sdk",
    "debug_meta",
    "release",
    "environment",
    "server_name",
    "transaction",
    "event_id",
    "_meta",
    "platform",
  ];
  for (const value of odd) {
    for (const key of keys) assertEquals((await report({ [key]: value })).svc_name, "shop");
    const all = Object.fromEntries(keys.map((key) => [key, value]));
    assertEquals((await report(all)).svc_name, "shop");
    const inside = {
      exception: [{
        type: value,
        value,
        mechanism: value,
        stacktrace: {
          frames: [value, {
            function: value,
            filename: value,
            lineno: value,
            vars: value,
            pre_context: value,
          }],
        },
      }],
      request: { url: value, headers: value, data: value, query_string: value },
    };
    assertEquals((await report(inside)).svc_name, "shop");
  }
});

async function report(content: unknown, more: Partial<Delivery> = {}): Promise<Report> {
  return (await event(content, more)).report;
}

async function event(
  content: unknown,
  more: Partial<Delivery> = {},
  header: object = {},
): Promise<DecodedReport> {
  const body = `${JSON.stringify(header)}\n{"type":"event"}\n${JSON.stringify(content)}\n`;
  const { reports, counts } = await decode({
    protocol: "envelope",
    body: new TextEncoder().encode(body),
    otherwise: "shop",
    receivedMs: NOW,
    ...more,
  });
  assertEquals([reports.length, counts], [1, []]);
  return reports[0]!;
}
