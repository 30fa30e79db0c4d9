import { environmentWithoutOurs, Running, type Service } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";
import { type Client, installed } from "./clients.ts";
import { KEY } from "./what_arrived.ts";

/** The OpenTelemetry Collector, of its own modules: they are built for minutes. */
export const COLLECTOR: Client = {
  folder: "otel_collector",
  needs: ["go"],
  install: [["go", "build", "-o", "collector", "."]],
  isQuick: false,
};

export interface RealCollector extends AsyncDisposable {
  /** Where exporters send to. */
  url: string;
  /** All that it has printed. */
  readonly output: string;
}

/** Starts the collector in front of the service. */
export async function startRealCollector(target: Service): Promise<RealCollector> {
  const folder = await installed(COLLECTOR);
  const running = new Running(
    new Deno.Command(`${folder}/collector`, {
      args: ["--config", "file:collector.yaml"],
      cwd: folder,
      clearEnv: true,
      env: {
        ...environmentWithoutOurs(),
        COLLECTOR_ADDRESS: "127.0.0.1:0",
        HOLDFAST_ADDRESS: new URL(target.url).origin,
        HOLDFAST_KEY: KEY,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  const address = await until(() => {
    if (running.hasEnded) throw new Error(`the collector ended: ${running.output}`);
    const { output } = running;
    return output.includes("Everything is ready") && /"endpoint": "([^"]+)"/.exec(output)?.[1];
  }, { what: "the collector is ready" });
  return {
    url: `http://${address}`,
    get output() {
      return running.output;
    },
    async [Symbol.asyncDispose]() {
      await running.insist("SIGTERM");
      await running.ended;
    },
  };
}
