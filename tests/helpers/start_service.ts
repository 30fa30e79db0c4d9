import { ENV_NAMES } from "../../config.ts";
import { OPERATOR_TOKEN, ROOT, withToken } from "./start_app.ts";
import { tempFolder } from "./temp_folder.ts";
import { until } from "./until.ts";

/** From the first line of the greeting to its last. */
export const GREETING = /serves at (http:\/\/[^\s/]+)\/[^]*Intake: \w+/;

/** What a process has come to. */
export interface Ended {
  /** Exit code. */
  code: number;
  /** The signal that ended it, where one did. */
  signal: Deno.Signal | null;
}

/** A process of the service, as `deno task start` runs it. */
export interface Service extends AsyncDisposable {
  /** Where it serves: `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Its `STORE_URL`: another start with the same finds what this one stored. */
  readonly storeUrl: string;
  /** All that it has printed so far, both streams. */
  readonly output: string;
  /** The process's id. */
  readonly pid: number;
  /** Settles when the process has ended and all of its output is read. */
  readonly ended: Promise<Ended>;
  /** Asks it. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Asks it as the operator, and gives the envelope's content. */
  // deno-lint-ignore no-explicit-any -- tests reach into answers of many shapes
  asOperator(path: string, init?: RequestInit): Promise<any>;
  /** Sends a signal. */
  kill(signal: Deno.Signal): void;
  /** Sends a signal again and again, until the process has ended: two at once are one. */
  insist(signal: Deno.Signal): Promise<void>;
}

/** Variables that differ from the usual. */
export type Variables = Record<string, string>;

/**
 * Starts the real process on a free port, with the permissions of the `start` task and a store in a folder of its own, and
 * waits until it says where it serves.
 *
 * @throws {Error} with all of the output, when it ends before that.
 */
export async function startService(variables: Variables = {}): Promise<Service> {
  const folder = tempFolder();
  const storeUrl = variables.STORE_URL ?? `sqlite:${folder.at("holdfast.db")}`;
  const running = spawnService({ ...variables, STORE_URL: storeUrl });
  return await serviceOf(running, { storeUrl, release: () => folder[Symbol.dispose]() });
}

/**
 * A process, as soon as it says where it serves. `release` lets go of what it needed, when it has ended.
 *
 * @throws {Error} with all of the output, when it ends before that.
 */
export async function serviceOf(
  running: Running,
  { storeUrl, release }: { storeUrl: string; release: () => void },
): Promise<Service> {
  const url = await until(() => GREETING.exec(running.output)?.[1] ?? running.hasEnded, {
    what: () => `the service says where it serves; so far: ${running.output}`,
  });
  if (url === true) throw new Error(`The service ended: ${running.output}`);
  const fetchIt = (path: string, init?: RequestInit) => fetch(url + path, init);
  return Object.assign(running, {
    url,
    storeUrl,
    fetch: fetchIt,
    async asOperator(path: string, init?: RequestInit) {
      return (await (await fetchIt(path, withToken(OPERATOR_TOKEN, init))).json()).content;
    },
    async [Symbol.asyncDispose]() {
      if (!running.hasEnded) running.kill("SIGKILL");
      await running.ended;
      release();
    },
  });
}

/** Runs the real process until it ends by itself: for starts that fail. */
export async function runService(
  variables: Variables,
  args: readonly string[] = [],
): Promise<Ended & { output: string }> {
  const running = spawnService(variables, args);
  return { ...await running.ended, output: running.output };
}

/** What the `start` task of deno.json hands to `deno`. */
export function startArguments(): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  return tasks.start.split(" ").slice(1);
}

/** A process that was started, whatever it comes to. */
export class Running {
  /** All that it has printed so far, both streams. */
  output = "";
  /** Whether it has. */
  hasEnded = false;
  /** Settles when it has, and all of its output is read. */
  readonly ended: Promise<Ended>;
  readonly #process: Deno.ChildProcess;

  /** Reads what it prints, from now on. */
  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    const done = Promise.all([
      process.status,
      this.#collect(process.stdout),
      this.#collect(process.stderr),
    ]);
    this.ended = done.then(([{ code, signal }]) => {
      this.hasEnded = true;
      return { code, signal };
    });
  }

  /** The process's id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Sends a signal again and again, until the process has ended: two at once are one. */
  async insist(signal: Deno.Signal): Promise<void> {
    await until(() => {
      try {
        this.#process.kill(signal);
      } catch {
        // It has ended just now.
      }
      return this.hasEnded;
    }, { what: "the process has ended" });
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    let begun = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      // Whole lines: two streams share the output.
      const end = text.lastIndexOf("\n") + 1;
      if (end > 0) this.output += begun + text.slice(0, end);
      begun = end > 0 ? text.slice(end) : begun + text;
    }
    this.output += begun;
  }
}

function spawnService(variables: Variables, args: readonly string[] = []): Running {
  return new Running(
    new Deno.Command(Deno.execPath(), {
      args: [...startArguments(), ...args],
      cwd: ROOT,
      clearEnv: true,
      env: { ...environmentWithoutOurs(), PORT: "0", OPERATOR_TOKEN, ...variables },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
}

/** What the developer has set for their own service must not reach the test's. */
export function environmentWithoutOurs(
  environment: Variables = Deno.env.toObject(),
): Variables {
  const all = Object.entries(environment);
  return Object.fromEntries(all.filter(([name]) => !ENV_NAMES.includes(name)));
}
