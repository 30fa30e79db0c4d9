import { assertEquals, assertStringIncludes } from "@std/assert";
import { OPERATOR_TOKEN, ROOT } from "../helpers/start_app.ts";
import {
  environmentWithoutOurs,
  Running,
  type Service,
  serviceOf,
  startArguments,
  startService,
} from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

/** Enough for a start. */
const OPEN_FILES = 100;
const SENTENCE = "The listener has ended, so this process ends with exit code 1: ";

Deno.test("a listener that ends for want of open files ends the process with 1, and the next start shows why", async () => {
  using folder = tempFolder();
  const storeUrl = `sqlite:${folder.at("holdfast.db")}`;
  await using service = await startWithFewFiles({ STORE_URL: storeUrl });
  using _sockets = await exhaust(service);
  assertEquals(await service.ended, { code: 1, signal: null });
  assertStringIncludes(service.output, SENTENCE);

  await using next = await startService({ STORE_URL: storeUrl });
  await until(async () => {
    const { errors } = await next.asOperator("/errors");
    return errors.some(({ message }: { message: string }) => message.includes(SENTENCE));
  }, { what: "the board has it" });
});

Deno.test("it is said where the log is not printed, too", async () => {
  using folder = tempFolder();
  await using service = await startWithFewFiles({
    STORE_URL: `sqlite:${folder.at("holdfast.db")}`,
    LOG_CONSOLE: "off",
  });
  using _sockets = await exhaust(service);
  assertEquals((await service.ended).code, 1);
  assertStringIncludes(service.output, SENTENCE);
});

async function startWithFewFiles(variables: Record<string, string>): Promise<Service> {
  const command = `ulimit -n ${OPEN_FILES}; exec "$0" "$@"`;
  const running = new Running(
    new Deno.Command("sh", {
      args: ["-c", command, Deno.execPath(), ...startArguments()],
      cwd: ROOT,
      clearEnv: true,
      env: { ...environmentWithoutOurs(), PORT: "0", OPERATOR_TOKEN, ...variables },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  return await serviceOf(running, { storeUrl: variables.STORE_URL!, release: () => {} });
}

/** Opens connections until none is taken any more, and holds them. */
async function exhaust(service: Service): Promise<Disposable> {
  const { hostname, port } = new URL(service.url);
  const sockets: Deno.Conn[] = [];
  const enough = 3 * OPEN_FILES;
  while (sockets.length < enough && !service.output.includes(SENTENCE)) {
    try {
      sockets.push(await Deno.connect({ hostname, port: Number(port) }));
    } catch {
      break;
    }
  }
  return {
    [Symbol.dispose]() {
      for (const socket of sockets) socket.close();
    },
  };
}
