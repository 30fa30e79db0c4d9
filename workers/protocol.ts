/**
 * Everything that crosses between the supervisor and its workers.
 *
 * @module
 */

/** What one worker asks the others: a word, and what it is about where there is more to say. */
export interface Question {
  /** What the asked one is to do or to tell. */
  ask: string;
  /** What it is about. */
  about?: string;
}

/** Why a process takes the place of another. */
export interface Predecessor {
  /** The id of the process that ended. */
  pid: number;
  /** Its exit code. */
  code: number;
  /** The signal that ended it, where one did. */
  signal: string | null;
}

/** What is known of one worker, and what it answered. */
export interface WorkerAnswer {
  /** Its number. */
  worker: number;
  /** How often it was replaced. */
  replaced: number;
  /** Absent where it did not answer in time. */
  value?: unknown;
}

/** From a worker to its supervisor. */
export type FromWorker =
  /** The first message: who is there. */
  | { type: "hello"; worker: number }
  /** It serves, at this port. */
  | { type: "ready"; port: number }
  /** To be asked of all other workers. */
  | { type: "ask"; id: number; question: Question; withinMs: number }
  | { type: "answer"; id: number; value: unknown }
  /** A key that whoever takes it first shall have. */
  | { type: "keep"; key: string; untilMs: number }
  | { type: "take"; id: number; key: string };

/** From the supervisor to a worker. */
export type ToWorker =
  /** The answer to `hello`. */
  | { type: "begin"; workers: number; port?: number; token?: string; predecessor?: Predecessor }
  /** This one is to print where the service is. */
  | { type: "greet" }
  | { type: "ask"; id: number; question: Question }
  | { type: "answers"; id: number; answers: WorkerAnswer[] }
  | { type: "taken"; id: number; wasThere: boolean }
  /** Answer what was asked, write the log out and end; or end at once. */
  | { type: "stop"; atOnce: boolean };
