import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { toCurl, toMarkdown } from "../../board/error/exports.ts";
import type { ErrorDetail, LogRecord } from "../../logging/mod.ts";

const ORIGIN = "http://localhost:8000";
const NASTY = `it's "$(touch /tmp/x)" \`id\` \\ !! \n\u001b[201~ ä \u202E`;

Deno.test("curl repeats the request", () => {
  const record = recordOf({ method: "POST", path: "/orders?dry=1", input: { note: "it's 5" } });
  assertEquals(
    toCurl(record, ORIGIN),
    `curl -i -X POST 'http://localhost:8000/orders?dry=1' \\\n  -H 'content-type: application/json' \\\n` +
      `  --data-raw '{"note":"it'\\''s 5"}'`,
  );
});

Deno.test("curl sends the query of a GET once, and no body with it", () => {
  const record = recordOf({ method: "GET", path: "/fail?how=throw", input: { how: "throw" } });
  assertEquals(toCurl(record, ORIGIN), "curl -i -X GET 'http://localhost:8000/fail?how=throw'");
  const head = recordOf({ method: "HEAD", path: "/" });
  assertEquals(toCurl(head, ORIGIN), "curl -i --head 'http://localhost:8000/'");
});

Deno.test("a shell takes the command for what it says, whatever the record holds", async () => {
  const record = recordOf({ method: "PUT", path: `/x?${NASTY}`, input: NASTY });
  const command = toCurl(record, ORIGIN)!.replace(/^curl/, "printf '%s\\0'");
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", command],
    env: { LC_ALL: "C.UTF-8" },
  }).output();
  const [, , , url, , , , body] = new TextDecoder().decode(stdout).split("\0");
  assertEquals(url, `${ORIGIN}/x?${NASTY}`);
  assertEquals(body, NASTY);
});

Deno.test("secrets stay redacted, and the command says so", () => {
  const record = recordOf({ method: "POST", path: "/", input: { password: "[redacted]" } });
  assertMatch(toCurl(record, ORIGIN)!, /^# Replace \[redacted\] with your own/);
});

Deno.test("what was no request has no command", () => {
  assertEquals(toCurl(recordOf({}), ORIGIN), undefined);
  assertEquals(toCurl(recordOf({ method: "GET; rm -rf", path: "/" }), ORIGIN), undefined);
});

Deno.test("Markdown holds what happened, and texts cannot leave their place in it", () => {
  const error = {
    type: "Late",
    message: "<b>no</b> *train* [x](javascript:alert(1))",
    location: "leave (src/train.ts)",
    count: 3,
    first_seen: "2026-11-22T00:00:00.000Z",
    last_seen: "2026-11-22T01:00:00.000Z",
    users: 2,
    tags: [{ name: "*os*", values: [{ value: "`x`", count: 2, share: 0.67 }], others: 1 }],
    environment_shares: [{ value: "production", count: 3, share: 1 }],
    release_shares: [] as ErrorDetail["release_shares"],
  } as ErrorDetail;
  const stack = "Late: no\n```\n# forged\n````\n    at leave (src/train.ts:3:5)";
  const cause = { type: "Fog", message: "too thick" };
  const text = toMarkdown(
    error,
    recordOf({ error: { type: "Late", message: "no", stack, cause } }),
  );
  assertStringIncludes(text, "# Late: \\<b\\>no\\</b\\> \\*train\\* \\[x\\](javascript:alert(1))");
  assertStringIncludes(text, "- Users: 2\n- Environments: production 100 %\n");
  assertStringIncludes(text, "- Tag \\*os\\*: \\`x\\` 67 %\n");
  assertStringIncludes(text, "`````\n" + stack + "\n`````");
  assertStringIncludes(text, "## Caused by\n\n```\nFog: too thick\n```");
});

Deno.test("Markdown has what was said beside an error, where that is more than its own message", () => {
  const error = {
    type: "Late",
    message: "no train",
    location: "leave (train.py)",
    count: 1,
    users: 0,
    tags: [],
    environment_shares: [],
    release_shares: [],
  } as unknown as ErrorDetail;
  const thrown = { type: "Late", message: "no train\nto Ghent" };
  const said = recordOf({ error: thrown, message: "shipping failed" });
  assertStringIncludes(
    toMarkdown(error, said),
    "## Message\n\n```\nshipping failed\n```\n\n## Stack",
  );
  for (
    const message of [
      "no train\nto Ghent",
      "no train",
      "Late: no train\nto Ghent",
      "Late: no train",
    ]
  ) {
    const text = toMarkdown(error, recordOf({ error: thrown, message }));
    assert(!text.includes("## Message"), text);
  }
});

Deno.test("Markdown has the source that came with frames, what happened before, and headers", () => {
  const error: Partial<ErrorDetail> = {
    type: "Late",
    message: "no",
    location: "leave (train.py)",
    count: 1,
    users: 0,
    tags: [],
    environment_shares: [],
    release_shares: [],
  };
  const frames = [
    {
      function: "leave",
      file: "train.py",
      line: 3,
      in_app: true,
      pre_context: ["def leave():", "    wait()"],
      context_line: "    raise Late()",
      post_context: ["```"],
    },
    { function: "run", file: "site-packages/x/run.py", line: 9, context_line: "call()" },
  ];
  const text = toMarkdown(
    error as ErrorDetail,
    recordOf({
      error: { type: "Late", message: "no", frames },
      breadcrumbs: [
        {
          time: "2026-11-22T00:00:00.000Z",
          category: "http",
          level: "WARN",
          message: "GET /\n```",
        },
        { message: "m", data: { a: 1 } },
      ],
      headers: { "user-agent": "till/2" },
      event_id: "fdfe517fdc2242228115b95649c68b58",
    }),
  );
  assertStringIncludes(
    text,
    `## Stack

\`\`\`\`
Late: no
    at leave (train.py:3)
        1 | def leave():
        2 |     wait()
      > 3 |     raise Late()
        4 | \`\`\`
    at run (site-packages/x/run.py:9)
\`\`\`\`

## Before it happened

\`\`\`\`
00:00:00.000 http WARN GET /\\u000a\`\`\`
m {"a":1}
\`\`\`\`

## Headers`,
  );
  assertStringIncludes(text, "- event_id: fdfe517fdc2242228115b95649c68b58");
});

function recordOf(parts: Partial<LogRecord>): LogRecord {
  return {
    time: "2026-11-22T00:00:00.000Z",
    level: "ERROR",
    severity: 40,
    svc_name: "trains",
    message: "no train",
    boot_id: "b",
    seq: 1,
    instance: "i",
    ...parts,
  };
}
