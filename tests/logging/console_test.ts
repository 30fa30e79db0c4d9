import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import fc from "fast-check";
import { type ErrorInfo, LEVELS, type LogRecord } from "../../store/record.ts";
import { type ConsoleLike, consoleSink } from "../../logging/sinks/console.ts";
import { PACKAGE_ROOT } from "../../store/grouping/package_files.ts";
import { pretty } from "../../logging/sinks/pretty.ts";
import { lineWithin } from "../../logging/sinks/line_within.ts";
import { entryOf } from "./file_records.ts";

const PRINTER = new URL("./console_printer.ts", import.meta.url).pathname;

Deno.test("a collected console gets each record as one call of its level's method", () => {
  const { calls, console } = recordingConsole();
  const entries = LEVELS.map((level, seq) => entryOf({ level, seq }));
  consoleSink({ format: "json", color: true, isCollected: true, console }).write(entries);
  assertEquals(calls.map(([method]) => method), ["debug", "info", "warn", "error", "error"]);
  assertEquals(calls.map(([, text]) => text), entries.map(({ line }) => line));
});

Deno.test("uncollected JSON lines leave together as far as one method prints them, in order", () => {
  const { calls, console } = recordingConsole();
  const levels = ["INFO", "INFO", "ERROR", "CRITICAL", "INFO"] as const;
  const entries = levels.map((level, seq) => entryOf({ level, seq }));
  consoleSink({ format: "json", color: false, isCollected: false, console }).write(entries);
  assertEquals(calls.map(([method]) => method), ["info", "error", "info"]);
  const lines = calls.flatMap(([, text]) => text.split("\n"));
  assertEquals(lines, entries.map(({ line }) => line));
});

for (
  const [what, fields] of [
    ["an input", { input: { text: "x".repeat(60_000) } }],
    ["an input and an output", { input: ["y".repeat(40_000)], output: "z".repeat(40_000) }],
    ["umlauts, three bytes each as quotes", { attrs: { text: '„"“'.repeat(15_000) } }],
    ["causes", { error: causes(5, "at f (a.ts:1:1)\n".repeat(500)) }],
    ["many fields", {
      path: "/p".repeat(4_000),
      message: "m".repeat(2_000),
      tags: { t: "ü".repeat(20_000) },
    }],
  ] as const
) {
  Deno.test(`a JSON line that is long for ${what} is cut to 32 KiB, still JSON, and says what was cut`, () => {
    const { calls, console } = recordingConsole();
    const entry = entryOf(
      { ...fields, boot_id: "boot", seq: 7, truncated: ["already"] } as Partial<LogRecord>,
    );
    assert(new TextEncoder().encode(entry.line).length > 32 * 1024);
    consoleSink({ format: "json", color: false, isCollected: true, console }).write([entry]);
    const [[, text]] = calls as [[string, string]];
    const bytes = new TextEncoder().encode(text).length;
    assert(bytes <= 32 * 1024 && bytes > 8 * 1024, `${bytes} bytes`);
    const printed = JSON.parse(text);
    assertEquals([printed.boot_id, printed.seq, printed.time], ["boot", 7, entry.record.time]);
    const cut = Object.keys(fields).filter((name) => printed.truncated.includes(name));
    assert(cut.length > 0 && printed.truncated.includes("already"), printed.truncated);
    for (const name of Object.keys(fields)) {
      const isWhole =
        JSON.stringify(printed[name]) === JSON.stringify((entry.record as never)[name]);
      assertEquals(isWhole, !cut.includes(name), name);
    }
  });
}

Deno.test("a JSON line within the bound is printed byte for byte", () => {
  const { calls, console } = recordingConsole();
  const [short, long] = [entryOf(), entryOf({ input: "x".repeat(32_000) })];
  consoleSink({ format: "json", color: false, isCollected: true, console }).write([short, long]);
  assertEquals(calls.map(([, text]) => text), [short.line, long.line]);
});

Deno.test("a real process prints JSON lines byte for byte, percent signs and all", async () => {
  const entries = [
    entryOf({ message: "100%s sure %c %% %o", path: "/a%20b?x=%d", seq: 1 }),
    entryOf({ message: "übel 😀", level: "ERROR", seq: 2 }),
  ];
  for (const isCollected of [true, false]) {
    const printed = await print({ format: "json", isCollected, records: entries });
    assertEquals(printed.stdout, `${entries[0]?.line}\n`);
    assertEquals(printed.stderr, `${entries[1]?.line}\n`);
  }
});

Deno.test("a real process prints a pretty line as it is, in its own time zone", async () => {
  const records = [entryOf({ message: "100%s sure %c" })];
  const { stdout } = await print({ format: "pretty", isCollected: false, records });
  assertMatch(stdout, /^04:34:05\.678 INFO {5}holdfast 100%s sure %c\n$/);
});

Deno.test("pretty shows a success on one line, in local time", () => {
  const { record } = entryOf({
    svc_name: "/home",
    method: "GET",
    path: "/?query_content=1",
    status: 200,
    duration_ms: 1.234,
    message: "answered",
    request_id: "0193a1b2-0000-7000-8000-00005d1c77aa",
    attrs: { user: "ann" },
  });
  const [time = "", ...rest] = pretty(record, { color: false }).split(" ");
  const local = new Date(record.time);
  assertEquals(time.slice(0, 5), local.toTimeString().slice(0, 5));
  assertEquals(time.slice(5), ":05.678");
  assertEquals(
    rest.join(" "),
    `INFO     /home GET /?query_content=1 200 1.2ms answered {"user":"ann"} req=…5d1c77aa`,
  );
});

Deno.test("pretty shows a service's own frames, not those of this package that led to them", () => {
  const own = `    at order (file://${PACKAGE_ROOT}modules/orders.ts:3:5)`;
  const ours = `    at runModule (file://${PACKAGE_ROOT}modules/run.ts:31:11)`;
  const below = (stack: string) => {
    const error = { type: "Error", message: "no", stack: `Error: no\n${stack}` };
    return pretty(entryOf({ level: "ERROR", error }).record, { color: false }).split("\n").slice(2);
  };
  assertEquals(below(`${own}\n${ours}`), [`      at order (${PACKAGE_ROOT}modules/orders.ts:3:5)`]);
  assertEquals(below(ours), [`      at runModule (${PACKAGE_ROOT}modules/run.ts:31:11)`]);
});

Deno.test("pretty shows a failure with its receipt, four frames of our own code and its causes", () => {
  const { record } = entryOf({
    level: "ERROR",
    svc_name: "/fail",
    status: 500,
    duration_ms: 12_345,
    message: "failed",
    error_id: "019ab000-0000-7000-8000-000000000001",
    error: {
      type: "TypeError",
      message: "no such thing\n    at forged (file:///app/forged.ts:1:1)",
      stack: [
        "TypeError: no such thing",
        "    at forged (file:///app/forged.ts:1:1)",
        "    at run (file:///app/modules/fail.ts:31:11)",
        "    at dispatch (file:///app/node_modules/hono/dist/compose.js:22:17)",
        "    at dispatch (file:///home/ann/.cache/deno/npm/registry/hono/compose.js:22:17)",
        "    at two (file:///app/a.ts:2:1)",
        "    at node:internal/timers:1:1",
        "    at ext:deno_http/00_serve.ts:1:1",
        "    at three (file:///app/a.ts:3:1)",
        "    at four (file:///app/a.ts:4:1)",
        "    at five (file:///app/a.ts:5:1)",
      ].join("\n"),
      cause: {
        type: "Error",
        message: "disk is full",
        code: "ENOSPC",
        stack:
          "Error: disk is full\n    at save (file:///app/store.ts:1:1)\n    at b (file:///b.ts)",
        cause: { type: "string", message: "because" },
      },
    },
  });
  const [head, ...below] = pretty(record, { color: false }).split("\n");
  assertMatch(
    head ?? "",
    / ERROR {4}\/fail 500 12\.35s failed error_id=019ab000-0000-7000-8000-000000000001$/,
  );
  assertEquals(below, [
    "    TypeError: no such thing\\u000a    at forged (file:///app/forged.ts:1:1)",
    "      at run (/app/modules/fail.ts:31:11)",
    "      at two (/app/a.ts:2:1)",
    "      at three (/app/a.ts:3:1)",
    "      at four (/app/a.ts:4:1)",
    "    caused by Error: disk is full [ENOSPC]",
    "      at save (/app/store.ts:1:1)",
    "    caused by string: because",
  ]);
});

Deno.test("pretty shows packages' frames where no frame is our own", () => {
  const stack = "Error: x\n    at connect (node:net:1:1)";
  const { record } = entryOf({ level: "ERROR", error: { type: "Error", message: "x", stack } });
  assertEquals(
    pretty(record, { color: false }).split("\n").at(-1),
    "      at connect (node:net:1:1)",
  );
});

Deno.test("colours change how a line looks, never what it says", () => {
  for (const level of LEVELS) {
    const error = { type: "Error", message: "x", stack: "Error: x\n    at a (file:///a.ts:1:1)" };
    const { record } = entryOf({ level, status: 404, request_id: "r", error });
    const colored = pretty(record, { color: true });
    // deno-lint-ignore no-control-regex -- ANSI codes begin with a control character
    assertEquals(colored.replace(/\x1b\[[\d;]+m/g, ""), pretty(record, { color: false }));
    assert(colored.includes("\x1b["));
  }
});

Deno.test("no text of strangers can begin a line, colour it or move the cursor", () => {
  const hostile = fc.array(
    fc.oneof(
      fc.constantFrom("\n", "\r", "\x1b[2J", "\u2028", "\u0085", "\u202e", "\u009b31m", "\x07"),
      fc.string({ unit: "binary" }),
    ),
  ).map((parts) => parts.join(""));
  const error = fc.record({ type: hostile, message: hostile, stack: hostile, code: hostile });
  const fields = fc.record({
    svc_name: hostile,
    method: hostile,
    path: hostile,
    message: hostile,
    request_id: hostile,
    error_id: hostile,
    attrs: fc.dictionary(hostile, hostile),
    error: fc.record({ type: hostile, message: hostile, cause: error }),
  });
  fc.assert(fc.property(fields, (hostileFields) => {
    const { record } = entryOf(hostileFields as Partial<LogRecord>);
    const lines = pretty(record, { color: false }).split("\n");
    for (const line of lines.slice(1)) assertMatch(line, /^ {4}/);
    for (const line of lines) {
      // deno-lint-ignore no-control-regex -- controls are what must not be there
      assertFalse(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/.test(line), line);
    }
  }));
});

Deno.test("a text of any length is cut, never through a character", () => {
  for (const pad of ["", "x"]) {
    const { record } = entryOf({ message: pad + "😀".repeat(10_000) });
    const line = pretty(record, { color: false });
    assert(line.length < 400, `${line.length} characters`);
    assert(line.isWellFormed());
    assert(line.endsWith("😀…"));
  }
});

function recordingConsole(): { calls: [keyof ConsoleLike, string][]; console: ConsoleLike } {
  const calls: [keyof ConsoleLike, string][] = [];
  const method = (name: keyof ConsoleLike) => (...args: string[]) => {
    assertEquals(args.length, 1);
    calls.push([name, args[0] ?? ""]);
  };
  const console = {
    debug: method("debug"),
    info: method("info"),
    warn: method("warn"),
    error: method("error"),
  };
  return { calls, console };
}

/** What a process prints that writes these records to its own console. */
async function print(job: {
  format: "json" | "pretty";
  isCollected: boolean;
  records: unknown[];
}): Promise<{ stdout: string; stderr: string }> {
  const args = ["run", "--quiet", PRINTER, JSON.stringify(job)];
  const command = new Deno.Command(Deno.execPath(), { args, env: { TZ: "Asia/Kolkata" } });
  const { stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function causes(depth: number, stack: string): ErrorInfo {
  const error = { type: "Error", message: "a cause", stack };
  return depth === 0 ? error : { ...error, cause: causes(depth - 1, stack) };
}

Deno.test("of a long record with frames variables, source and the farthest frames go first", () => {
  const frames = Array.from({ length: 100 }, (_, line) => ({
    function: `f${line}`,
    file: "/srv/".padEnd(1_000, "x"),
    line: line + 1,
    context_line: "here();",
    pre_context: ["x".repeat(500)],
    vars: { text: "x".repeat(500) },
  }));
  const cause = { type: "E", message: "m", frames };
  const entry = entryOf({ error: { type: "E", message: "m", frames, cause } });
  const line = lineWithin(entry, 32 * 1024);
  assert(new TextEncoder().encode(line).length <= 32 * 1024);
  const { error, truncated } = JSON.parse(line);
  assertEquals([truncated, error.cause], [["error"], undefined]);
  assertEquals(error.frames[0], {
    function: "f0",
    file: frames[0]!.file,
    line: 1,
    context_line: "here();",
  });
  assert(error.frames.length >= 12, `${error.frames.length} frames`);
});
