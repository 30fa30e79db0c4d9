/**
 * Load on a server of the bench: by wrk where it is installed, else by autocannon.
 *
 * @module
 */
import { AUTOCANNON } from "./packages.ts";

const WRK_SCRIPT = new URL("./load.lua", import.meta.url).pathname;

/** Programs that make load. */
export type LoadTool = "wrk" | "autocannon";

/** What to send. Only ever to this machine. */
export interface Load {
  /** Path and query. */
  path: string;
  /** Whole seconds. */
  seconds: number;
  /** Connections that stay open. */
  connections: number;
  /** Requests a second; as fast as answers come where absent. */
  ratePerSecond?: number;
  /** JSON text, sent by POST. */
  body?: string;
}

/** What came back. */
export interface Loaded {
  /** Answers read. */
  requests: number;
  /** Answers read in a second. */
  perSecond: number;
  /** Answers of status 400 and above. */
  refused: number;
  /** Connections that broke and answers that did not come. */
  broken: number;
  /** Half of the answers came within this. */
  p50Ms: number;
  /** 99 of 100. */
  p99Ms: number;
  /** 999 of 1,000. */
  p999Ms: number;
}

/** Which tool this machine has, and its version. */
export async function findLoadTool(): Promise<{ tool: LoadTool; version: string }> {
  try {
    const { stdout } = await new Deno.Command("wrk", { args: ["-v"], stdout: "piped" }).output();
    const version = new TextDecoder().decode(stdout).split("\n", 1)[0]!.split(" Copyright", 1)[0]!;
    return { tool: "wrk", version };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { tool: "autocannon", version: "autocannon (see packages)" };
  }
}

/** Sends the load and waits until it is over. */
export async function runLoad(tool: LoadTool, port: number, load: Load): Promise<Loaded> {
  const url = `http://127.0.0.1:${port}${load.path}`;
  return tool === "wrk" ? await runWrk(url, load) : await runAutocannon(url, load);
}

async function runWrk(url: string, load: Load): Promise<Loaded> {
  const { connections, seconds, ratePerSecond, body } = load;
  const env: Record<string, string> = {};
  if (ratePerSecond !== undefined) env.BENCH_RATE = String(ratePerSecond);
  if (body !== undefined) env.BENCH_BODY = body;
  const text = await output("wrk", {
    args: ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", WRK_SCRIPT, url],
    env,
  });
  const result = JSON.parse(text.trimEnd().split("\n").at(-1)!);
  return {
    requests: result.requests,
    perSecond: result.requests / (result.microseconds / 1e6),
    refused: result.refused,
    broken: result.broken,
    p50Ms: result.p50 / 1000,
    p99Ms: result.p99 / 1000,
    p999Ms: result.p999 / 1000,
  };
}

async function runAutocannon(url: string, load: Load): Promise<Loaded> {
  const { connections, seconds, ratePerSecond, body } = load;
  const args = [AUTOCANNON, "-j", "-n", "-c", String(connections), "-d", String(seconds)];
  if (ratePerSecond !== undefined) args.push("-R", String(ratePerSecond));
  if (body !== undefined) {
    args.push("-m", "POST", "-H", "content-type=application/json", "-b", body);
  }
  const result = JSON.parse(await output("node", { args: [...args, url] }));
  return {
    requests: result.requests.total,
    perSecond: result.requests.total / result.duration,
    refused: result.non2xx,
    broken: result.errors + result.timeouts,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    p999Ms: result.latency.p99_9,
  };
}

async function output(
  command: string,
  options: { args: string[]; env?: Record<string, string> },
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    ...options,
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
