import { assert, assertEquals } from "@std/assert";
import { readKept, startLoad } from "../helpers/load.ts";
import { ROOT } from "../helpers/start_app.ts";
import { environmentWithoutOurs, startArguments } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const ANSWERS = 1_000;
/** What a pipe holds on Linux; the log writes many times as much. */
const PIPE_BYTES = 64 * 1024;

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
  await until(isStored, { what: "the store has what the console has not", withinMs: 20_000 });
  process.kill("SIGTERM");
  assertEquals((await process.status).code, 0);
  const printedBytes = await readRest(reader);
  assert(printedBytes < ANSWERS * 300, `the pipe was full: ${printedBytes} bytes were printed`);
  assert(printedBytes >= PIPE_BYTES / 2, `${printedBytes} bytes were printed`);
});

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
