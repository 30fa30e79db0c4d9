/**
 * How long pages take, asked of the service as it is.
 *
 * @module
 */
import { OPERATOR_TOKEN } from "../token.ts";
import { freePort, startProcess } from "../server.ts";
import { percentile } from "../statistics.ts";
import { figure } from "../table.ts";
import { type Asked, DEEP_PAGES, everyPage } from "./pages.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const LOOP_DELAY = new URL("./loop_delay.ts", import.meta.url).pathname;
const WARM_UP_ASKS = 3;
/** Nothing that was seeded may be swept away. */
const KEEP_ALL = { STORE_MAX_MB: "1048576", RETENTION_DAYS: "3650", KEEP_OCCURRENCES: "10000" };

/** What one page took. */
export interface Measured extends Asked {
  /** Half of the answers took at most so long, from the request to the last byte. */
  p50Ms: number;
  /** 95 of 100. */
  p95Ms: number;
  /** Of the answer's body. */
  bytes: number;
  /** The longest time that the main thread did nothing else meanwhile. */
  longestBlockMs: number;
}

/** Starts the service with a clock in its event loop and asks for every page, one after the other. */
export async function measurePages(
  storeUrl: string,
  asks: number,
): Promise<{ pages: Measured[]; startMs: number }> {
  const [port, loopPort] = [freePort(), freePort()];
  const dir = Deno.makeTempDirSync({ prefix: "holdfast-bench-" });
  const command = ["--v8-flags=--max-semi-space-size=8", "--allow-all", `--preload=${LOOP_DELAY}`];
  await using service = await startProcess([Deno.execPath(), "run", ...command, MAIN], {
    port,
    path: "/healthz",
    dir,
    env: {
      ...KEEP_ALL,
      PORT: String(port),
      STORE_URL: storeUrl,
      OPERATOR_TOKEN,
      LOG_CONSOLE: "off",
      BENCH_LOOP_PORT: String(loopPort),
    },
  });
  const origin = `http://127.0.0.1:${port}`;
  const signIn = await fetch(`${origin}/board/sign-in`, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token: OPERATOR_TOKEN }),
    redirect: "manual",
  });
  const cookie = signIn.headers.get("set-cookie")!.split(";")[0]!;
  const ask = (path: string, headers: Record<string, string> = { cookie }) =>
    fetch(origin + path, { headers, redirect: "manual" });
  const pages: Measured[] = [];
  for (const asked of await everyPage(ask, { deepPages: DEEP_PAGES })) {
    for (let i = 0; i < WARM_UP_ASKS; i++) await read(asked);
    await longestBlock();
    const times: number[] = [];
    let bytes = 0;
    for (let i = 0; i < asks; i++) {
      const startMs = performance.now();
      bytes = await read(asked);
      times.push(performance.now() - startMs);
    }
    pages.push({
      ...asked,
      p50Ms: percentile(times, 0.5),
      p95Ms: percentile(times, 0.95),
      bytes,
      longestBlockMs: await longestBlock(),
    });
    console.error(`${asked.what}: p95 ${figure(pages.at(-1)!.p95Ms)} ms`);
  }
  await service.stop();
  return { pages, startMs: service.startMs };

  async function read({ what, path, isSignedOut }: Asked): Promise<number> {
    const answer = await ask(path, isSignedOut ? {} : { cookie });
    const { byteLength } = await answer.arrayBuffer();
    if (answer.status === 200 || answer.status === 303) return byteLength;
    throw new Error(`${what} (${path}) was answered ${answer.status}`);
  }

  async function longestBlock(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${loopPort}/`);
    return (await answer.json()).longestMs;
  }
}
