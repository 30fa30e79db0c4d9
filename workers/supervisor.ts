/**
 * Several processes behind one port: starts them, replaces one that dies, carries their questions to one another, and ends
 * them together. It answers no request itself.
 *
 * @module
 */
import { Channel } from "./channel.ts";
import { workerCommand } from "./command.ts";
import type { FromWorker, Predecessor, Question, ToWorker } from "./protocol.ts";
import { onStopSignals } from "./stop_signals.ts";

/** A worker that ends is replaced after this … */
const FIRST_PAUSE_MS = 100;
/** … twice as long each time, up to this … */
const MAX_PAUSE_MS = 10_000;
/** … until one has lived this long. */
const STEADY_AFTER_MS = 60_000;
/** Kept back from `SHUTDOWN_MS`: what has not ended by then is killed. */
const KILL_MARGIN_MS = 100;
/** Keys kept; the oldest goes. */
const MAX_KEYS = 100;

/** As if the process had ended at once. */
const COULD_NOT_START = { code: 1, signal: null };

/** What to supervise. */
export interface SupervisorOptions {
  /** How many processes serve. */
  workers: number;
  /** The operator's token where one is made for this start: the same for all. */
  token?: string;
  /** From a signal to the end, in milliseconds. */
  shutdownMs: number;
  /** The project's root folder, ending in a slash. */
  root: string;
}

/** One place among the workers, whichever process has it. */
interface Seat {
  readonly worker: number;
  /** Settles when its first process serves, or has ended without. */
  readonly tried: PromiseWithResolvers<void>;
  /** How often its process was replaced. */
  replaced: number;
  /** Processes in a row that did not live long. */
  failures: number;
  /** Whether its process serves. */
  isReady: boolean;
  /** Whether its last process ended as it was told to. */
  endedWell: boolean;
  process?: Deno.ChildProcess;
  channel?: Channel<ToWorker, FromWorker>;
  predecessor?: Predecessor;
}

/** Runs the workers until a signal, and gives the exit code: 0 when all of them ended well and in time. */
export async function supervise(options: SupervisorOptions): Promise<number> {
  // Nobody but this user may open it: the socket needs no secret.
  const folder = Deno.makeTempDirSync({ prefix: "holdfast-" });
  const supervisor = new Supervisor(options, folder);
  onStopSignals((isAtOnce) => supervisor.stop(isAtOnce));
  try {
    return await supervisor.run();
  } finally {
    tryToRemove(folder);
  }
}

class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #socket: string;
  readonly #seats: Seat[];
  readonly #stopping = new AbortController();
  /** What may be taken once, and until when in milliseconds since 1970. */
  readonly #keys = new Map<string, number>();
  readonly #asked = new Map<number, { seat: Seat; settle: (value: unknown) => void }>();
  #lastId = 0;
  /** Known as soon as a worker serves. */
  #port: number | undefined;
  #isAtOnce = false;
  #killTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SupervisorOptions, folder: string) {
    this.#options = options;
    this.#socket = `${folder}/socket`;
    this.#seats = Array.from({ length: options.workers }, (_, index) => ({
      worker: index + 1,
      tried: Promise.withResolvers<void>(),
      replaced: 0,
      failures: 0,
      isReady: false,
      endedWell: true,
    }));
  }

  async run(): Promise<number> {
    using listener = Deno.listen({ transport: "unix", path: this.#socket });
    this.#accept(listener);
    // One alone at first: it takes the port and makes the tables, and a mistake in the settings is told once.
    const [first, ...others] = this.#seats as [Seat, ...Seat[]];
    const running = [this.#fill(first)];
    await first.tried.promise;
    if (this.#port !== undefined) running.push(...others.map((seat) => this.#fill(seat)));
    this.#greetWhenAllServe();
    await Promise.all(running);
    clearTimeout(this.#killTimer);
    return !this.#isAtOnce && this.#seats.every(({ endedWell }) => endedWell) ? 0 : 1;
  }

  /** Lets the workers finish, or not. */
  stop(isAtOnce: boolean): void {
    // Whoever goes on insisting must not put off the end.
    if (this.#isAtOnce) return;
    const { shutdownMs } = this.#options;
    this.#isAtOnce = isAtOnce;
    this.#stopping.abort();
    for (const { channel } of this.#seats) channel?.send({ type: "stop", atOnce: this.#isAtOnce });
    const killAfterMs = this.#isAtOnce ? KILL_MARGIN_MS : Math.max(shutdownMs - KILL_MARGIN_MS, 0);
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => this.#killAll(), killAfterMs);
  }

  /** Keeps a process in this seat, until all are stopped; gives up on a service that has never served. */
  async #fill(seat: Seat): Promise<void> {
    const { signal: stopping } = this.#stopping;
    while (!stopping.aborted) {
      const startedMs = performance.now();
      const ended = await this.#runOnce(seat);
      seat.tried.resolve();
      if (stopping.aborted || this.#port === undefined) return;
      seat.predecessor = ended;
      seat.replaced++;
      const wasSteady = performance.now() - startedMs >= STEADY_AFTER_MS;
      seat.failures = wasSteady ? 1 : seat.failures + 1;
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** (seat.failures - 1), MAX_PAUSE_MS), stopping);
    }
  }

  async #runOnce(seat: Seat): Promise<Predecessor> {
    const process = this.#spawn(seat);
    seat.process = process;
    const { code, signal } = await process?.status ?? COULD_NOT_START;
    // The terminal's Ctrl+C reaches all; a replacement that does not serve yet has nothing to finish.
    const hadNothing = !seat.isReady && this.#port !== undefined && this.#stopping.signal.aborted;
    seat.endedWell = code === 0 || hadNothing;
    seat.isReady = false;
    seat.process = undefined;
    seat.channel = undefined;
    for (const asked of this.#asked.values()) if (asked.seat === seat) asked.settle(undefined);
    return { pid: process?.pid ?? 0, code, signal };
  }

  /** Undefined where this machine starts no process just now. */
  #spawn({ worker }: Seat): Deno.ChildProcess | undefined {
    try {
      return new Deno.Command(Deno.execPath(), {
        args: workerCommand(this.#options.root, { worker, socket: this.#socket }),
        stdin: "null",
        stdout: "inherit",
        stderr: "inherit",
      }).spawn();
    } catch (error) {
      console.error(`Cannot start worker ${worker}: ${(error as Error).message}`);
    }
  }

  #killAll(): void {
    for (const { process } of this.#seats) {
      try {
        process?.kill("SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  async #greetWhenAllServe(): Promise<void> {
    await Promise.all(this.#seats.map(({ tried }) => tried.promise));
    this.#seats.find(({ isReady }) => isReady)?.channel?.send({ type: "greet" });
  }

  async #accept(listener: Deno.UnixListener): Promise<void> {
    while (true) {
      try {
        this.#attend(await listener.accept());
      } catch (error) {
        // Closed, because all have ended.
        if (error instanceof Deno.errors.BadResource) return;
        if (error instanceof Deno.errors.Interrupted) return;
        // Too many open files, say: a worker that cannot get through ends, and is replaced later.
        console.error(`Cannot take a worker's connection: ${(error as Error).message}`);
        await pause(FIRST_PAUSE_MS, this.#stopping.signal);
      }
    }
  }

  #attend(connection: Deno.Conn): void {
    let seat: Seat | undefined;
    new Channel<ToWorker, FromWorker>(connection, (message, channel) => {
      if (message.type !== "hello") return void (seat && this.#onMessage(message, seat));
      const asked = this.#seats[message.worker - 1];
      // Whose process lives has its connection already.
      if (!asked || asked.channel) return;
      seat = asked;
      this.#welcome(seat, channel);
    });
  }

  #welcome(seat: Seat, channel: Channel<ToWorker, FromWorker>): void {
    const { workers, token } = this.#options;
    const { predecessor } = seat;
    seat.channel = channel;
    channel.send({ type: "begin", workers, port: this.#port, token, predecessor });
    if (this.#stopping.signal.aborted) channel.send({ type: "stop", atOnce: this.#isAtOnce });
  }

  #onMessage(message: Exclude<FromWorker, { type: "hello" }>, seat: Seat): void {
    switch (message.type) {
      case "ready":
        this.#port = message.port;
        seat.isReady = true;
        return seat.tried.resolve();
      case "ask":
        return void this.#askOthers(seat, message);
      case "answer":
        return this.#asked.get(message.id)?.settle(message.value);
      case "keep":
        return this.#keep(message.key, message.untilMs);
      case "take":
        return seat.channel?.send({
          type: "taken",
          id: message.id,
          wasThere: this.#take(message.key),
        });
    }
  }

  async #askOthers(
    asker: Seat,
    { id, question, withinMs }: Extract<FromWorker, { type: "ask" }>,
  ): Promise<void> {
    const answers = await Promise.all(this.#seats.map(async (seat) => ({
      worker: seat.worker,
      replaced: seat.replaced,
      value: seat === asker ? undefined : await this.#ask(seat, question, withinMs),
    })));
    asker.channel?.send({ type: "answers", id, answers });
  }

  /** Undefined where no answer comes in time. */
  async #ask(seat: Seat, question: Question, withinMs: number): Promise<unknown> {
    if (!seat.isReady) return undefined;
    const id = ++this.#lastId;
    const { promise, resolve: settle } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => settle(undefined), withinMs);
    this.#asked.set(id, { seat, settle });
    seat.channel?.send({ type: "ask", id, question });
    const value = await promise;
    clearTimeout(timer);
    this.#asked.delete(id);
    return value;
  }

  #keep(key: string, untilMs: number): void {
    if (this.#keys.size >= MAX_KEYS) this.#keys.delete(this.#keys.keys().next().value!);
    this.#keys.set(key, untilMs);
  }

  #take(key: string): boolean {
    const untilMs = this.#keys.get(key) ?? 0;
    this.#keys.delete(key);
    return Date.now() < untilMs;
  }
}

function tryToRemove(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch {
    // Somebody tidied up the folder of temporary files.
  }
}

/** Waits, but not while everything ends. */
async function pause(forMs: number, stopping: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const timer = setTimeout(wake, forMs);
  stopping.addEventListener("abort", wake);
  await promise;
  clearTimeout(timer);
  stopping.removeEventListener("abort", wake);
}
