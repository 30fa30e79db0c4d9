/**
 * What the command line asks for.
 *
 * @module
 */

/** More than the cores of any machine this is meant for. */
export const MAX_WORKERS = 64;

/** A worker's place among the others of its start. */
export interface Place {
  /** Its number, from 1 on. A replacement takes the number of the one it replaces. */
  worker: number;
  /** Where its supervisor listens: the path of a Unix socket. */
  socket: string;
}

/** What {@linkcode readArguments} found. */
export interface Arguments {
  /** Processes that serve; 1: this one alone. */
  workers: number;
  /** Set in a process that a supervisor has started. */
  place?: Place;
}

/**
 * Reads `--workers N`.
 *
 * @throws {Error} one sentence, when there is anything else or N is out of its bound.
 */
export function readArguments(args: readonly string[]): Arguments {
  const [name = "", value = "", ...more] = args.flatMap((arg) => {
    const at = arg.indexOf("=");
    return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
  });
  if (args.length === 0) return { workers: 1 };
  if (name === "--as-worker") return { workers: 1, place: readPlace(value) };
  if (name !== "--workers" || more.length > 0) {
    throw new Error(`--workers N is the only argument; given was: ${args.join(" ")}`);
  }
  const workers = /^\d+$/.test(value) ? Number(value) : NaN;
  if (!(workers >= 1 && workers <= MAX_WORKERS)) {
    throw new Error(
      `--workers must be a whole number from 1 to ${MAX_WORKERS}; it is ${JSON.stringify(value)}`,
    );
  }
  return { workers };
}

/** The argument that gives a process its place: for {@linkcode readArguments} in that process. */
export function placeArgument({ worker, socket }: Place): string {
  return `--as-worker=${worker}:${socket}`;
}

function readPlace(text: string): Place {
  const [, worker, socket] = /^(\d+):(.+)$/.exec(text) ?? [];
  if (socket === undefined) {
    throw new Error("--as-worker is for processes that --workers N starts, not for people");
  }
  return { worker: Number(worker), socket };
}
