/**
 * A worker's side: what a process knows of the others of its start, and what they ask of it.
 *
 * @module
 */
import type { Place } from "./arguments.ts";
import { Channel } from "./channel.ts";
import type { FromWorker, Predecessor, Question, ToWorker, WorkerAnswer } from "./protocol.ts";

/** Looking into the supervisor's memory takes no longer, unless it is stopped or this machine is. */
const TAKE_WITHIN_MS = 1_000;
/** Over a question's own deadline, which the supervisor keeps: one that is stopped answers nothing at all. */
const SUPERVISOR_MARGIN_MS = 250;

/** What a supervisor gives a worker to begin with. */
type Beginning = Extract<ToWorker, { type: "begin" }>;

/** Answers what another worker asks. */
export type Answerer = (question: Question) => unknown;

/** One of several processes that serve together. */
export class Member {
  /** Its number, from 1 on. */
  readonly worker: number;
  /** Settles when the process is to end: it was told to, or its supervisor has gone. */
  readonly stopped: Promise<void>;
  /** Settles when the process is to end without finishing anything. */
  readonly stoppedAtOnce: Promise<void>;
  readonly #place: Place;
  readonly #channel: Channel<FromWorker, ToWorker>;
  readonly #beginning = Promise.withResolvers<Beginning>();
  readonly #stop = Promise.withResolvers<void>();
  readonly #stopAtOnce = Promise.withResolvers<void>();
  readonly #greet = Promise.withResolvers<void>();
  readonly #waiting = new Map<number, (message: ToWorker | undefined) => void>();
  #answerer: Answerer = () => undefined;
  /** Undefined until the supervisor has said what to begin with. */
  #begun: Beginning | undefined;
  #lastId = 0;

  private constructor(place: Place, connection: Deno.Conn) {
    this.#place = place;
    this.worker = place.worker;
    this.stopped = this.#stop.promise;
    this.stoppedAtOnce = this.#stopAtOnce.promise;
    this.#channel = new Channel(connection, (message) => this.#onMessage(message));
    this.#channel.closed.then(() => this.#onGone());
    this.#channel.send({ type: "hello", worker: this.worker });
  }

  /** Takes the place that the command line names. @throws {Error} when there is no supervisor. */
  static async join(place: Place): Promise<Member> {
    const connection = await Deno.connect({ transport: "unix", path: place.socket });
    const member = new Member(place, connection);
    member.#begun = await member.#beginning.promise;
    return member;
  }

  /** How many workers there are. */
  get workers(): number {
    return this.#begun!.workers;
  }

  /** The port that the first worker got; undefined in that one. */
  get port(): number | undefined {
    return this.#begun!.port;
  }

  /** The operator's token that was made for this start. */
  get token(): string | undefined {
    return this.#begun!.token;
  }

  /** The process that this one replaces. */
  get predecessor(): Predecessor | undefined {
    return this.#begun!.predecessor;
  }

  /** Where console lines of all workers take turns: a file to be locked. */
  get consoleLock(): string {
    return `${folderOf(this.#place.socket)}/console`;
  }

  /** Tells that this process serves. Settles in the one that is to print where the service is. */
  async serves({ port }: Deno.NetAddr): Promise<void> {
    this.#channel.send({ type: "ready", port });
    await this.#greet.promise;
  }

  /** Who answers the other workers from now on. */
  answerWith(answerer: Answerer): void {
    this.#answerer = answerer;
  }

  /**
   * Asks all other workers, and gives what is known of every worker, this one among them without a value.
   * Those that do not answer in time have none either.
   */
  async askOthers(question: Question, { withinMs }: { withinMs: number }): Promise<WorkerAnswer[]> {
    const reply = await this.#request(
      (id) => ({ type: "ask", id, question, withinMs }),
      withinMs + SUPERVISOR_MARGIN_MS,
    );
    if (reply?.type === "answers") return reply.answers;
    return Array.from({ length: this.workers }, (_, i) => ({ worker: i + 1, replaced: 0 }));
  }

  /** Keeps a key for whichever worker takes it first, until a time in milliseconds since 1970. */
  keep(key: string, untilMs: number): void {
    this.#channel.send({ type: "keep", key, untilMs });
  }

  /** Whether the key was kept, and nobody has taken it before. */
  async take(key: string): Promise<boolean> {
    const reply = await this.#request((id) => ({ type: "take", id, key }), TAKE_WITHIN_MS);
    return reply?.type === "taken" && reply.wasThere;
  }

  /** Undefined when no answer comes in time. */
  #request(toMessage: (id: number) => FromWorker, withinMs: number): Promise<ToWorker | undefined> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<ToWorker | undefined>();
    const timer = setTimeout(() => resolve(undefined), withinMs);
    this.#waiting.set(id, resolve);
    this.#channel.send(toMessage(id));
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
  }

  #onMessage(message: ToWorker): void {
    switch (message.type) {
      case "begin":
        return this.#beginning.resolve(message);
      case "greet":
        return this.#greet.resolve();
      case "ask":
        return void this.#answer(message);
      case "answers":
      case "taken":
        return this.#waiting.get(message.id)?.(message);
      case "stop":
        return (message.atOnce ? this.#stopAtOnce : this.#stop).resolve();
    }
  }

  async #answer({ id, question }: Extract<ToWorker, { type: "ask" }>): Promise<void> {
    const value = await this.#answerer(question);
    this.#channel.send({ type: "answer", id, value: value ?? null });
  }

  /** The supervisor was killed: nobody else removes its folder, and nobody would replace this process. */
  #onGone(): void {
    this.#beginning.reject(new Error("the supervisor has gone"));
    for (const settle of this.#waiting.values()) settle(undefined);
    this.#stop.resolve();
    // Not the folder of somebody who only looks like a supervisor, and nothing that is not ours.
    if (!this.#begun) return;
    for (const path of [this.#place.socket, this.consoleLock, folderOf(this.#place.socket)]) {
      try {
        Deno.removeSync(path);
      } catch {
        // Another worker was first.
      }
    }
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
