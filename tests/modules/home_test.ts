import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RECEIPT } from "../../store/shapes.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, withToken } from "../helpers/start_app.ts";
import { until } from "../helpers/until.ts";

interface Case {
  /** What the request lacks or has wrong. */
  when: string;
  /** The query. */
  query: string;
  /** HTTP status. */
  status: number;
  /** Machine code. */
  code: string;
  /** The answer's text, whole. */
  content: string;
}

const MISTAKES: Case[] = [
  {
    when: "both parameters are missing",
    query: "",
    status: 400,
    code: "query_content.missing",
    content: "[Error] KeyError: query_content is missing; user_type is missing",
  },
  {
    when: "query_content is missing",
    query: "?user_type=guest",
    status: 400,
    code: "query_content.missing",
    content: "[Error] KeyError: query_content is missing",
  },
  {
    when: "user_type is missing",
    query: "?query_content=x",
    status: 400,
    code: "user_type.missing",
    content: "[Error] KeyError: user_type is missing",
  },
  {
    when: "user_type is unknown",
    query: "?query_content=x&user_type=admin",
    status: 422,
    code: "user_type.unknown",
    content: '[Error] ValueError: user_type must be "guest" or "operator", got "admin"',
  },
  {
    when: "user_type is not in the right case",
    query: "?query_content=x&user_type=Guest",
    status: 422,
    code: "user_type.unknown",
    content: '[Error] ValueError: user_type must be "guest" or "operator", got "Guest"',
  },
  {
    when: "query_content comes twice, so that it is not a text",
    query: "?query_content=x&query_content=y&user_type=guest",
    status: 400,
    code: "query_content.wrong_type",
    content: '[Error] KeyError: query_content must be string, got ["x","y"]',
  },
  {
    when: "user_type comes twice",
    query: "?query_content=x&user_type=guest&user_type=operator",
    status: 400,
    code: "user_type.wrong_type",
    content: '[Error] KeyError: user_type must be "guest" or "operator", got ["guest","operator"]',
  },
  {
    when: "limit is not a number",
    query: "?query_content=x&user_type=operator&limit=many",
    status: 400,
    code: "limit.wrong_type",
    content: '[Error] KeyError: limit must be a whole number, got "many"',
  },
  {
    when: "limit is out of its bounds",
    query: "?query_content=x&user_type=operator&limit=101",
    status: 422,
    code: "limit.invalid",
    content: '[Error] ValueError: limit must be 1 to 100, got "101"',
  },
  {
    when: "no failure has the receipt",
    query: "?query_content=no-such-receipt&user_type=guest",
    status: 404,
    code: "query_content.not_found",
    content: '[Error] NotFound: no failure has the receipt "no-such-receipt" (query_content)',
  },
];

Deno.test("GET / and GET /home name the parameter, the bound and the value that is wrong", async (t) => {
  await using app = await startApp();
  for (const { when, query, status, code, content } of MISTAKES) {
    await t.step(when, async () => {
      for (const path of ["/", "/home"]) {
        const envelope = await readEnvelope(await app.request(path + query), { status, code });
        assertEquals(envelope.content, content);
      }
    });
  }
});

Deno.test("a guest who has a receipt learns the state of the failure, and when it was resolved", async () => {
  await using app = await startApp();
  const failed = await readEnvelope(await app.request("/fail?how=throw"), {
    status: 500,
    code: "internal",
  });
  const path = `/?query_content=${failed.error_id}&user_type=guest`;
  const receipt = await until(async () => {
    const response = await app.request(path);
    return response.status === 200 && (await readEnvelope(response)).content as Receipt;
  }, { what: "the receipt turns up" });
  assertEquals(Object.keys(receipt).sort(), Object.keys(RECEIPT).sort());
  assertEquals([receipt.error_id, receipt.state, receipt.resolved_at], [
    failed.error_id,
    "open",
    null,
  ]);
  assertMatch(receipt.occurred_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

  await app.asOperator(`/errors/${failed.error_id}/resolution`, { method: "PUT" });
  const resolved = (await readEnvelope(await app.request(path))).content as Receipt;
  assertEquals(resolved.state, "resolved");
  assertMatch(String(resolved.resolved_at), /Z$/);
});

interface Receipt {
  error_id: string;
  state: string;
  occurred_at: string;
  resolved_at: string | null;
}

Deno.test("the operator finds errors and logs by a word, page by page, each row once", async () => {
  await using app = await startApp();
  for (let order = 1; order <= 5; order++) {
    app.logging.logger.info(`pelican number ${order}`);
    app.logging.logger.error(`pelican ${["ant", "bee", "cat", "dog", "eel"][order - 1]} broke`);
  }
  await app.logging.flush({ deadlineMs: 30_000 });

  const seen: string[] = [];
  let next: string | null = null;
  let pages = 0;
  do {
    const cursor: string = next === null ? "" : `&cursor=${encodeURIComponent(next)}`;
    const response = await app.asOperator(
      `/?query_content=pelican&user_type=operator&limit=2${cursor}`,
    );
    const page = (await readEnvelope(response, { status: 200 })).content as Found;
    assertEquals(Object.keys(page), ["errors", "logs", "total", "next"]);
    seen.push(...page.errors.map(({ id }) => id), ...page.logs.map(({ seq }) => String(seq)));
    next = page.next;
    pages++;
  } while (next !== null && pages < 20);
  // Five errors; five infos and the five errors' own records.
  assertEquals([seen.length, new Set(seen).size], [15, 15]);
});

interface Found {
  errors: { id: string }[];
  logs: { seq: number }[];
  total: number;
  next: string | null;
}

Deno.test("a cursor that is not ours is the client's mistake", async (t) => {
  await using app = await startApp();
  for (const cursor of ["x", "[]", "[1,2]", '["x","y"]', "null", "%00", "{}", '["",""]']) {
    await t.step(cursor, async () => {
      const path = `/?query_content=x&user_type=operator&cursor=${encodeURIComponent(cursor)}`;
      const envelope = await readEnvelope(await app.asOperator(path), {
        status: 422,
        code: "cursor.invalid",
      });
      assertStringIncludes(String(envelope.content), "ValueError: ");
    });
  }
});

Deno.test("nobody searches without the operator's token", async (t) => {
  await using app = await startApp();
  const path = "/?query_content=x&user_type=operator";
  const cases: { given: string; init: RequestInit; code: string }[] = [
    { given: "no token", init: {}, code: "auth.missing" },
    { given: "a wrong one", init: withToken("not-it"), code: "auth.invalid" },
    { given: "another scheme", init: header("Basic b3BlcmF0b3I6eA=="), code: "auth.missing" },
    { given: "an empty one", init: header("Bearer "), code: "auth.missing" },
    { given: "an intake key", init: withToken("intake-key-of-the-tests"), code: "auth.invalid" },
  ];
  for (const { given, init, code } of cases) {
    await t.step(given, async () => {
      const response = await app.request(path, init);
      assertEquals(response.headers.get("www-authenticate"), 'Bearer realm="holdfast"');
      await readEnvelope(response, { status: 401, code });
    });
  }
});

function header(authorization: string): RequestInit {
  return { headers: { authorization } };
}

Deno.test("GET / knows a receipt as soon as the client has it", async () => {
  await using app = await startApp();
  for (let i = 0; i < 10; i++) {
    const failed = await readEnvelope(await app.request("/fail?how=throw"), {
      status: 500,
      code: "internal",
    });
    const answer = await app.request(`/?query_content=${failed.error_id}&user_type=guest`);
    const { content } = await readEnvelope(answer, { status: 200 });
    assertEquals((content as { error_id: string }).error_id, failed.error_id);
  }
});

Deno.test("GET / answers 404 for a receipt that could be a moment old but was never given", async () => {
  await using app = await startApp();
  const id = app.logging.newErrorId();
  const answer = await app.request(`/?query_content=${id}&user_type=guest`);
  await readEnvelope(answer, { status: 404, code: "query_content.not_found" });
});
