import { assertEquals, assertMatch } from "@std/assert";
import { OPERATOR_TOKEN, withToken } from "../helpers/start_app.ts";
import { environmentWithoutOurs, Running } from "../helpers/start_service.ts";
import { projectEnvironment } from "../helpers/project_environment.ts";
import { until } from "../helpers/until.ts";

/** npx may have to fetch Deno. */
const START_DEADLINE_MS = 60_000;

/** A process that serves. */
export interface Started extends AsyncDisposable {
  /** Where. */
  url: string;
}

/** Starts it on a free port, waits until it says where, and stops it at the end as an operator would. */
export async function start(
  program: string,
  args: string[],
  cwd: string,
  variables: Record<string, string> = {},
): Promise<Started> {
  const running = new Running(
    new Deno.Command(program, {
      args,
      cwd,
      clearEnv: true,
      env: {
        ...environmentWithoutOurs(projectEnvironment()),
        PORT: "0",
        OPERATOR_TOKEN,
        ...variables,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  const url = await until(
    () => /serves at (http:\/\/[^\s/]+)\//.exec(running.output)?.[1] ?? running.hasEnded,
    { what: "it says where it serves", withinMs: START_DEADLINE_MS },
  ).catch(async (error: Error) => {
    running.kill("SIGTERM");
    await running.ended;
    throw new Error(`${error.message}; it printed: ${running.output}`);
  });
  if (url === true) throw new Error(`It ended: ${running.output}`);
  return {
    url,
    async [Symbol.asyncDispose]() {
      running.kill("SIGTERM");
      await running.ended;
      // Where the worker is not found, the log would be written from the main thread, and say so.
      assertEquals(running.output.includes("no Web Workers"), false, running.output);
      assertMatch(running.output, /Stopped: requests are answered, the log is written out/);
    },
  };
}

/** A route fails, and the failure is found by its receipt; the board is there with its styles. */
export async function failAndFind(
  { url }: Started,
  { path, api, count }: { path: string; api: string; count: number },
): Promise<void> {
  const failed = await fetch(url + path);
  await failed.body?.cancel();
  assertEquals(failed.status, 500);
  const receipt = failed.headers.get("x-error-id");
  const known = await until(async () => {
    const answer = await fetch(`${url}${api}/errors/${receipt}`, withToken(OPERATOR_TOKEN));
    const { content } = await answer.json();
    return answer.ok && content;
  }, { what: `the receipt ${receipt} is stored` });
  assertEquals(known.count, count);
  const board = await fetch(`${url}/board/sign-in`);
  assertEquals(board.status, 200);
  const page = await board.text();
  const [, style = ""] = /href="([^"]+\.css)"/.exec(page) ?? [];
  const css = await fetch(new URL(style, url));
  assertEquals(css.status, 200);
  await css.body?.cancel();
}
