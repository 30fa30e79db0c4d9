import { assert, assertEquals } from "@std/assert";
import { holdStore } from "../helpers/hold_store.ts";
import { readKept, startLoad } from "../helpers/load.ts";
import { ROOT } from "../helpers/start_app.ts";
import { environmentWithoutOurs, startArguments } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const ANSWERS = 1_000;
/** What a pipe holds on Linux; the log writes many times as much. */
const PIPE_BYTES = 64 * 1024;
const SHUTDOWN_MS = 2_000;
const BUSY_MACHINE_MS = 2_000;

Deno.test("a console that nobody reads holds up neither the answers nor the store, and the process ends in time", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const process = new Deno.Command(Deno.execPath(), {
    args: startArguments(),
    cwd: ROOT,
    clearEnv: true,
    env: {
      ...environmentWithoutOurs(),
      PORT: "0",
      STORE_URL: `sqlite:${storePath}`,
      LOG_CONSOLE: "json",
      LOG_LEVEL: "DEBUG",
    },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = process.stdout.getReader();
  const url = await readUrl(reader);

  const load = startLoad({ fetch: (path, init) => fetch(url + path, init) }, {
    maxAnswers: ANSWERS,
  });
  await load.ended;
  assert(load.answers.length >= ANSWERS);
  const isStored = () => {
    const { requestIds } = readKept(storePath);
    return load.answers.every(({ requestId }) => requestIds.has(requestId));
  };
  await until(isStored, { what: "the store has what the console has not" });
  process.kill("SIGTERM");
  assertEquals((await process.status).code, 0);
  const printedBytes = await readRest(reader);
  assert(printedBytes < ANSWERS * 300, `the pipe was full: ${printedBytes} bytes were printed`);
  assert(printedBytes >= PIPE_BYTES / 2, `${printedBytes} bytes were printed`);
});

Deno.test("both outputs in one pipe that nobody reads, a store that somebody holds, and SIGTERM: the process ends in time", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const process = new Deno.Command("sh", {
    args: ["-c", 'exec "$0" "$@" 2>&1', Deno.execPath(), ...startArguments()],
    cwd: ROOT,
    clearEnv: true,
    env: {
      ...environmentWithoutOurs(),
      PORT: "0",
      STORE_URL: `sqlite:${storePath}`,
      LOG_CONSOLE: "json",
      LOG_LEVEL: "DEBUG",
      SHUTDOWN_MS: String(SHUTDOWN_MS),
    },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = process.stdout.getReader();
  const url = await readUrl(reader);
  const load = startLoad({ fetch: (path, init) => fetch(url + path, init) }, {
    maxAnswers: ANSWERS,
  });
  await load.ended;
  using _lock = holdStore(storePath);
  await (await fetch(`${url}/fail?how=throw`)).body?.cancel();
  const signalledMs = performance.now();
  process.kill("SIGTERM");
  assertEquals((await process.status).code, 0);
  const tookMs = performance.now() - signalledMs;
  // Without an end of its own it never ended; how fast a process starts to end is the machine's.
  assert(tookMs < SHUTDOWN_MS + BUSY_MACHINE_MS, `it took ${tookMs} ms`);
  await reader.cancel();
});

for (
  const [what, redirection, signal] of [
    ["standard output", ">/dev/full", "SIGTERM"],
    ["standard error", "2>/dev/full", "SIGINT"],
    ["both outputs", ">/dev/full 2>&1", "SIGHUP"],
  ] as const
) {
  Deno.test(`${what} on a full disk costs the output alone: the service answers, records, drains and ends well`, async () => {
    using folder = tempFolder();
    const storePath = folder.at("holdfast.db");
    const port = freePort();
    const process = new Deno.Command("sh", {
      args: ["-c", `exec "$0" "$@" ${redirection}`, Deno.execPath(), ...startArguments()],
      cwd: ROOT,
      clearEnv: true,
      env: { ...environmentWithoutOurs(), PORT: String(port), STORE_URL: `sqlite:${storePath}` },
      stdout: "null",
      stderr: "null",
    }).spawn();
    const failed = await until(async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/fail?how=throw`).catch(() => undefined);
      return answer?.json();
    }, { what: "it answers" });
    process.kill(signal);
    assertEquals((await process.status).code, 0);
    assert(readKept(storePath).requestIds.has(failed.request_id));
  });
}

Deno.test("a start that fails ends with 1 where its sentence cannot be written", async () => {
  const { code } = await new Deno.Command("sh", {
    args: ["-c", `exec "$0" "$@" 2>/dev/full`, Deno.execPath(), ...startArguments()],
    cwd: ROOT,
    clearEnv: true,
    env: { ...environmentWithoutOurs(), PORT: "none" },
  }).output();
  assertEquals(code, 1);
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function readUrl(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  for (let text = "";;) {
    const { value, done } = await reader.read();
    text += decoder.decode(value, { stream: true });
    const url = /serves at (http:\/\/[^\s/]+)\//.exec(text)?.[1];
    if (url !== undefined) return url;
    if (done) throw new Error(`The service ended: ${text}`);
  }
}

async function readRest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number> {
  let bytes = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return bytes;
    bytes += value.length;
  }
}
