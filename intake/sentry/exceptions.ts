/** What was thrown: a chain of causes, or a group with its members. */
import { cut } from "../../store/limits.ts";
import type { RecordedFrame } from "../../store/record.ts";
import type { ReportedError } from "../../store/report.ts";
import { framesIn } from "./frames.ts";
import { isObject } from "../../store/is_object.ts";
import {
  compact,
  type Loose,
  MAX_SAID_CHARS,
  numberIn,
  objectIn,
  shorten,
  textIn,
  truthIn,
  valuesIn,
} from "./loose.ts";

/** The newest: what was caught, and what is nearest to it. */
const MAX_EXCEPTIONS = 20;
const MAX_CAUSES = 5;
const MAX_THREADS = 200;
const MAX_TYPE_CHARS = 256;
const MECHANISM = { depth: 3, keys: 20, chars: 512 };
/** Of members of a group that are no cause. */
const MAX_MEMBER_FRAMES = 10;

export interface Thrown {
  /** Absent where the client only pretends, to send a stack with a message. */
  error?: ReportedError | undefined;
  /** The frames of such a message. */
  frames?: RecordedFrame[] | undefined;
  /** What such a message says. */
  message?: string | undefined;
  handled?: boolean | undefined;
  /** How it was caught: `{type, handled, …}`. */
  mechanism?: unknown;
  /** Members of a group that are not in the chain of causes. */
  members?: ReportedError[] | undefined;
}

interface Node {
  value: Loose;
  mechanism: Loose;
  id: number | undefined;
  parent: number | undefined;
}

/**
 * The last value is what was caught; those before it are its causes, or by their ids the members of a group. In Rust the stack of
 * what was caught is that of its thread.
 */
export function exceptionsIn(exception: unknown, threads: unknown): Thrown | undefined {
  const values = valuesIn(exception).slice(-MAX_EXCEPTIONS).filter(isObject);
  const nodes = values.map(nodeOf).reverse();
  const root = nodes.find(({ id, parent }) => id !== undefined && parent === undefined) ?? nodes[0];
  if (root === undefined) return undefined;
  const handled = [root, ...nodes].map(({ mechanism }) => truthIn(mechanism.handled))
    .find((truth) => truth !== undefined);
  const mechanism = isObject(root.value.mechanism) ? shorten(root.mechanism, MECHANISM) : undefined;
  if (isMessage(root)) {
    return {
      frames: framesIn(root.value.stacktrace),
      message: textIn(root.value.value, MAX_SAID_CHARS),
      mechanism,
    };
  }
  const chained = new Set<Node>();
  const error = chain(root, { nodes, chained });
  if (error.frames === undefined) {
    const frames = framesOfThread(threads);
    if (frames !== undefined) error.frames = frames;
  }
  const members = nodes.filter((node) => !chained.has(node)).sort(byId).map(memberOf);
  return { error, handled, mechanism, members: members.length === 0 ? undefined : members };
}

/** Of the thread that failed, where it says so; else of the only one that has a stack. */
function framesOfThread(threads: unknown): RecordedFrame[] | undefined {
  const all = valuesIn(threads).slice(0, MAX_THREADS).filter(isObject);
  const failed = all.find(({ crashed }) => crashed === true) ??
    all.find(({ current }) => current === true);
  if (failed !== undefined) return framesIn(failed.stacktrace);
  const withStack = all.filter(({ stacktrace }) => isObject(stacktrace));
  return withStack.length === 1 ? framesIn(withStack[0]!.stacktrace) : undefined;
}

function nodeOf(value: Loose): Node {
  const mechanism = objectIn(value.mechanism);
  return {
    value,
    mechanism,
    id: numberIn(mechanism.exception_id),
    parent: numberIn(mechanism.parent_id),
  };
}

/** Clients for JavaScript send the stack of `captureMessage` as an exception without a type. */
function isMessage({ value, mechanism }: Node): boolean {
  return textIn(value.type) === undefined && mechanism.synthetic === true;
}

/** The exception with its causes; of a group the first member is taken for the cause. */
function chain(
  node: Node,
  { nodes, chained }: { nodes: readonly Node[]; chained: Set<Node> },
): ReportedError {
  chained.add(node);
  const cause = chained.size > MAX_CAUSES ? undefined : causeOf(node, nodes, chained);
  const error = errorOf(node);
  if (cause !== undefined) error.cause = chain(cause, { nodes, chained });
  return error;
}

function causeOf(node: Node, nodes: readonly Node[], chained: Set<Node>): Node | undefined {
  const left = nodes.filter((other) => !chained.has(other));
  const hasTree = nodes.some(({ parent }) => parent !== undefined);
  // Nearest to what was caught first, as `nodes` are.
  if (!hasTree) return left[0];
  return left.filter(({ parent }) => parent !== undefined && parent === node.id).sort(byId)[0];
}

function byId(one: Node, other: Node): number {
  return (one.id ?? 0) - (other.id ?? 0);
}

function errorOf({ value }: Node): ReportedError {
  const { type, message } = nameOf(value);
  return compact<ReportedError & { module?: string | undefined }>({
    type,
    message,
    frames: framesIn(value.stacktrace),
    module: textIn(value.module),
  });
}

function memberOf(node: Node): ReportedError {
  const error = errorOf(node);
  const frames = error.frames?.filter(({ in_app }) => in_app).slice(0, MAX_MEMBER_FRAMES)
    .map(({ function: name, file, line, column }) =>
      compact<RecordedFrame>({ function: name, file, line, column })
    );
  return compact({ ...error, frames });
}

/** Long messages are cut first: a stack that stands behind one is never lost by it. */
function nameOf(value: Loose): { type: string; message: string } {
  const message = typeof value.value === "string"
    ? value.value
    : value.value === undefined || value.value === null
    ? ""
    : JSON.stringify(shorten(value.value, MECHANISM));
  return {
    type: textIn(value.type, MAX_TYPE_CHARS) ?? "Error",
    message: cut(message, MAX_SAID_CHARS),
  };
}
