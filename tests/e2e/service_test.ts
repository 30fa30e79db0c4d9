import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { INTAKE_KEY, jsonBody, OPERATOR_TOKEN, ROOT, withToken } from "../helpers/start_app.ts";
import {
  environmentWithoutOurs,
  GREETING,
  runService,
  type Service,
  startArguments,
  startService,
} from "../helpers/start_service.ts";
import { openConnection, type RawAnswer } from "../helpers/raw_request.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

/** How much longer than it should a stop may take that is not held up. */
const BUSY_MACHINE_MS = 5_000;
const isWindows = Deno.build.os === "windows";

Deno.test("outside development the start prints nothing that opens the board or the API", async () => {
  using folder = tempFolder();
  const storeUrl = `sqlite:${folder.at("holdfast.db")}`;
  for (const OPERATOR_TOKEN of ["", "a-token-that-nobody-prints"]) {
    await using service = await startService({
      STORE_URL: storeUrl,
      HOLDFAST_ENV: "production",
      OPERATOR_TOKEN,
      PUBLIC_URL: "https://errors.example",
    });
    const kept = OPERATOR_TOKEN || Deno.readTextFileSync(folder.at("operator-token")).trim();
    assert(kept.length >= 16);
    assert(!service.output.includes(kept), service.output);
    assert(!service.output.includes("ticket="), service.output);
    assertStringIncludes(service.output, "Board: https://errors.example/board (sign in with ");
    const headers = { authorization: `Bearer ${kept}` };
    await readEnvelope(await service.fetch("/errors", { headers }), { status: 200 });
  }
});

Deno.test("`deno task start` says where it serves and what to try, and what to try works", async () => {
  using folder = tempFolder();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["task", "start"],
    cwd: ROOT,
    clearEnv: true,
    env: {
      ...environmentWithoutOurs(),
      PORT: "0",
      STORE_URL: `sqlite:${folder.at("holdfast.db")}`,
      NO_COLOR: "1",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let output = "";
  const reading = (async () => {
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) output += text;
  })();
  await until(() => GREETING.test(output), { what: "the greeting" });
  const curl = /curl -i '(\S+)'/.exec(output)?.[1] ?? "";
  assertMatch(
    output,
    /Holdfast serves at http:\/\/127\.0\.0\.1:\d+\/ \(development, store sqlite:/,
  );
  assertMatch(output, /operator's token, kept in \S+\/operator-token: [0-9a-f]{32}/);
  assertMatch(output, /Intake: open, DSN http:\/\/[0-9a-f]{32}@127\.0\.0\.1:\d+\/my-app\/1 \(/);
  const response = await fetch(curl);
  await readEnvelope(response, { status: 500, code: "internal" });
  process.kill("SIGTERM");
  const [{ code }] = await Promise.all([process.status, reading]);
  assertEquals(code, 0);
});

Deno.test("the random token of a start without OPERATOR_TOKEN opens the operator's side", async () => {
  await using service = await startService({ OPERATOR_TOKEN: "" });
  const token = /operator-token: (\w+)/.exec(service.output)?.[1] ?? "";
  await readEnvelope(await service.fetch("/errors", withToken(token)), { status: 200 });
  await readEnvelope(await service.fetch("/errors", withToken(OPERATOR_TOKEN)), {
    status: 401,
    code: "auth.invalid",
  });
});

Deno.test("a token that is set is printed nowhere, and neither are intake keys", async () => {
  await using service = await startService({
    INTAKE_KEYS: INTAKE_KEY,
    LOG_CONSOLE: "json",
    LOG_LEVEL: "DEBUG",
  });
  await service.asOperator("/errors");
  const post = withToken(INTAKE_KEY, jsonBody({ svc_name: "shop" }));
  await readEnvelope(await service.fetch("/logs", post), { status: 202 });
  service.kill("SIGTERM");
  await service.ended;
  assertStringIncludes(service.output, "GET /errors 200");
  assert(!service.output.includes(OPERATOR_TOKEN) && !service.output.includes(INTAKE_KEY));
});

Deno.test("keys of services and KEEP_USER hold as the environment says, and keys without a DSN are warned of", async () => {
  await using service = await startService({
    INTAKE_KEYS: "shop:key-of-the-shop,KEY_OF_THE_TILL,web:KEY_OF_THE_WEB:public",
    KEEP_USER: "full",
    LOG_CONSOLE: "json",
  });
  const report = { message: "no", user: { id: 7, email: "ana@shop.example" } };
  const post = withToken("key-of-the-shop", jsonBody(report));
  const { content } = await readEnvelope(await service.fetch("/errors", post), { status: 202 });
  const [id] = (content as { ids: string[] }).ids;
  const record = await until(async () => (await service.asOperator(`/occurrences/${id}`))?.record, {
    what: "the report is stored",
  });
  assertEquals([record.svc_name, record.user, record.environment], [
    "shop",
    { id: "7", email: "ana@shop.example" },
    undefined,
  ]);
  await readEnvelope(
    await service.fetch("/errors", withToken("KEY_OF_THE_WEB", jsonBody(report))),
    { status: 403, code: "auth.public_key" },
  );
  const warning =
    'INTAKE_KEYS: these of 3 keys have characters beside letters, digits and _: number 1 (of \\"shop\\"). As';
  await until(() => service.output.includes(warning), { what: `the start says: ${warning}` });
});

Deno.test("on all interfaces it is production: no /fail, no operator's side, and the start says so", async () => {
  await using service = await startService({ HOST: "0.0.0.0", OPERATOR_TOKEN: "" });
  assertStringIncludes(service.output, "(production, ");
  assertStringIncludes(service.output, "OPERATOR_TOKEN is not set: the operator's API is closed");
  const url = service.url.replace("0.0.0.0", "127.0.0.1");
  for (const path of ["/fail?how=throw", "/errors", "/logs"]) {
    await readEnvelope(await fetch(url + path), { status: 404, code: "route.unknown" });
  }
});

Deno.test("every configuration mistake stands in one message, and the exit code is 1", async () => {
  const { code, output } = await runService({
    PORT: "80000",
    LOG_LEVEL: "loud",
    MAX_BODY_BYTES: "1MB",
    INTAKE_KEYS: "schlüssel",
    STORE_URL: "mysql://root:hunter2@db/x",
  });
  assertEquals(code, 1);
  assertEquals(lines(output).map((line) => line.replace(/; it is .*/, "")), [
    "5 variables are wrong:",
    "PORT must be a whole number from 0 to 65535",
    "STORE_URL must be sqlite:PATH (without //), postgres://… or memory:",
    "INTAKE_KEYS must be keys separated by commas, each KEY, service:KEY or service:KEY:public, the key ASCII characters, without spaces",
    "LOG_LEVEL must be DEBUG or INFO or WARN or ERROR or CRITICAL",
    "MAX_BODY_BYTES must be a whole number from 1 to 104857600",
  ]);
  assert(!output.includes("hunter2") && !output.includes("schlüssel"));
});

Deno.test("an argument is refused in one sentence, exit code 1", async () => {
  for (const args of [["--workers", "4"], ["--port=80"]]) {
    const { code, output } = await runService({ STORE_URL: "memory:" }, args);
    assertEquals([code, lines(output).length], [1, 1], output);
    assertStringIncludes(output, `takes no arguments`);
    assertStringIncludes(output, `got: ${args.join(" ")}`);
  }
});

Deno.test("a port in use is told in one sentence, exit code 1", async () => {
  using folder = tempFolder();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const { code, output } = await runService({
    PORT: String(port),
    STORE_URL: `sqlite:${folder.at("holdfast.db")}`,
  });
  assertEquals([code, lines(output)], [1, [
    `Cannot listen on 127.0.0.1:${port}: another process listens there; set PORT to a free one`,
  ]]);
});

Deno.test("a host that is not ours is told in one sentence, exit code 1", async () => {
  const { code, output } = await runService({ HOST: "192.0.2.1", STORE_URL: "memory:" });
  assertEquals(code, 1);
  assertEquals(lines(output).length, 1, output);
  assertMatch(
    output,
    /^Cannot listen on 192\.0\.2\.1:0: .*; set HOST to an address of this machine/,
  );
});

Deno.test("a store that cannot be opened is told in one sentence, exit code 1, and left alone", async (t) => {
  const cases: { name: string; make: (path: string) => string; says: RegExp }[] = [
    {
      name: "a folder in its place",
      make: (path) => {
        Deno.mkdirSync(path);
        return path;
      },
      says: /it is a folder\. Name a file in it/,
    },
    {
      name: "a file where its folder should be",
      make: (path) => {
        Deno.writeTextFileSync(path, "a file");
        return `${path}/holdfast.db`;
      },
      says: /Make the file and its folder writable/,
    },
    {
      name: "a file that is no database",
      make: (path) => {
        Deno.writeTextFileSync(path, "my diary, and nothing but my diary\n".repeat(1000));
        return path;
      },
      says: /the file is damaged or is not a SQLite database\. Nothing was changed/,
    },
    {
      name: "a database with broken pages",
      make: (path) => {
        const bytes = new Uint8Array(8192).fill(0xa5);
        bytes.set(new TextEncoder().encode("SQLite format 3\0"));
        Deno.writeFileSync(path, bytes);
        return path;
      },
      says: /Nothing was changed/,
    },
  ];
  for (const { name, make, says } of cases) {
    await t.step(name, async () => {
      using folder = tempFolder();
      const path = make(folder.at("store"));
      const before = snapshotOf(folder.path);
      const { code, output } = await runService({ STORE_URL: `sqlite:${path}` });
      assertEquals([code, lines(output).length], [1, 1], output);
      assertStringIncludes(output, path);
      assertMatch(output, says);
      assertEquals(snapshotOf(folder.path), before);
    });
  }
});

Deno.test("a store's folder that nobody may write to is told in one sentence", {
  // Root may write anywhere, so that nothing fails.
  ignore: isWindows || Deno.uid() === 0,
}, async () => {
  using folder = tempFolder();
  Deno.chmodSync(folder.path, 0o500);
  const { code, output } = await runService({ STORE_URL: `sqlite:${folder.at("holdfast.db")}` });
  Deno.chmodSync(folder.path, 0o700);
  assertEquals([code, lines(output).length], [1, 1], output);
  assertMatch(output, /Make the file and its folder writable/);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(
    `${signal} answers the running requests, exits 0 in time, and all is there afterwards`,
    {
      ignore: isWindows,
    },
    async () => {
      const shutdownMs = 20_000;
      await using service = await startService({
        REQUEST_TIMEOUT_MS: "600",
        SHUTDOWN_MS: String(shutdownMs),
      });
      for (let i = 0; i < 20; i++) {
        await readEnvelope(await service.fetch(`/?query_content=early&user_type=nobody`), {
          status: 422,
          code: "user_type.unknown",
        });
      }
      const running = await Promise.all(
        Array.from({ length: 10 }, () => startRequest(service, "/fail?how=timeout")),
      );
      await readEnvelope(await service.fetch("/healthz"), { status: 200 });
      const stoppedMs = performance.now();
      service.kill(signal);
      const receipts = await Promise.all(running.map(async (asked) => {
        const { body, ...init } = await asked.answer;
        const response = new Response(body, init);
        return (await readEnvelope(response, { status: 504, code: "timeout" })).error_id!;
      }));
      assertEquals(await service.ended, { code: 0, signal: null });
      assert(performance.now() - stoppedMs < shutdownMs);

      await using again = await startService({ STORE_URL: service.storeUrl });
      for (const receipt of receipts) {
        const response = await again.fetch(`/?query_content=${receipt}&user_type=guest`);
        await readEnvelope(response, { status: 200 });
      }
      const early = await again.asOperator("/logs?q=early");
      assertEquals(early.total, 20);
      assertEquals((await again.asOperator("/logs?q=Stopped")).total, 1);
    },
  );
}

Deno.test("a second signal ends the process at once, and what was recorded is there afterwards", {
  ignore: isWindows,
}, async () => {
  await using service = await startService({ REQUEST_TIMEOUT_MS: "60000", SHUTDOWN_MS: "60000" });
  const { error_id } = await readEnvelope(await service.fetch("/fail?how=throw"));
  const hanging = await startRequest(service, "/fail?how=timeout");
  await readEnvelope(await service.fetch("/healthz"), { status: 200 });
  service.kill("SIGTERM");
  await until(
    () => fetch(service.url).then((r) => r.body?.cancel()).then(() => false, () => true),
    {
      what: "the first signal has closed the door",
    },
  );
  await service.insist("SIGTERM");
  assertEquals(await service.ended, { code: 1, signal: null });
  assertEquals((await hanging.answer).status, 0);
  await using again = await startService({ STORE_URL: service.storeUrl });
  await until(async () => {
    const answer = await again.fetch(`/?query_content=${error_id}&user_type=guest`);
    await answer.body?.cancel();
    return answer.status === 200;
  }, { what: "the receipt is known" });
});

Deno.test("requests that outlast SHUTDOWN_MS do not hold the process up", {
  ignore: isWindows,
}, async () => {
  await using service = await startService({ REQUEST_TIMEOUT_MS: "60000", SHUTDOWN_MS: "500" });
  const hanging = await startRequest(service, "/fail?how=timeout");
  await readEnvelope(await service.fetch("/healthz"), { status: 200 });
  const stoppedMs = performance.now();
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  assertStringIncludes(service.output, "requests that took longer than 250 ms are cut off");
  assert(performance.now() - stoppedMs < 500 + BUSY_MACHINE_MS);
  assertEquals((await hanging.answer).status, 0);
});

Deno.test("the permissions of the start task are enough for all of it", async () => {
  using folder = tempFolder();
  await using service = await startService({
    LOG_FILE: folder.at("log", "holdfast.ndjson"),
    LOG_CONSOLE: "pretty",
    LOG_SPILL: "all",
  });
  assert(startArguments().includes("main.ts"));
  await readEnvelope(await service.fetch("/fail?how=throw"), { status: 500, code: "internal" });
  await readEnvelope(await service.fetch("/readyz"), { status: 200 });
  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);
  assert(!service.output.includes("NotCapable"), service.output);
  assertStringIncludes(
    Deno.readTextFileSync(folder.at("log", "holdfast.ndjson")),
    "thrown on purpose",
  );
});

/** Sends a request on a connection that is known to be served, so that it has come in when this settles. */
async function startRequest(
  { url }: Service,
  path: string,
): Promise<{ answer: Promise<RawAnswer> }> {
  const connection = await openConnection(url);
  await connection.ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  const answer = connection.ask(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  return { answer: answer.finally(() => connection[Symbol.dispose]()) };
}

function lines(output: string): string[] {
  return output.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** Names and bytes of all files below a folder. */
function snapshotOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) Object.assign(found, { [path]: "folder" }, snapshotOf(path));
    else found[path] = Deno.readFileSync(path).toBase64();
  }
  return found;
}
