/**
 * Lines of our own source, for the grouping rule and for people. A stack is anyone's text, so it names any file: what is read is
 * decided here alone.
 */
import { toFolder, toPath } from "./paths.ts";
import type { LogRecord } from "../record.ts";

/** No other kind of file is source. */
const SOURCE_FILE = /\.[cm]?[jt]sx?$/;
/** Others' code, and what hidden folders hold. */
const NOT_OURS = /\/(?:node_modules|\.[^/]*)\//;
/** A larger file was written by a bundler: its lines tell nothing. */
const MAX_SOURCE_BYTES = 1024 * 1024;
const MAX_FILES = 50;

/** The code that this process runs. */
export interface RunningCode {
  root: string;
  release?: string | undefined;
  /** The service that it is of; absent where that does not matter. */
  service?: string;
}

/** Gives one line of a source file (the first is 1), or nothing where it must not or cannot be read. */
export type ReadSource = (file: string, line: number) => string | undefined;

/**
 * Reads the source that a record's frames are from; nothing for a record of another service or release, whose files may have the
 * same names here and say something else.
 */
export function sourceOf(
  record: Pick<LogRecord, "reported" | "release">,
  { root, release }: RunningCode,
): ReadSource {
  const isRunning = !record.reported && record.release === release;
  return (file, line) => isRunning ? linesOf(file, toFolder(root))[line - 1] : undefined;
}

const files = new Map<string, readonly string[]>();

function linesOf(file: string, root: string): readonly string[] {
  const id = `${root}\n${file}`;
  const known = files.get(id);
  if (known) return known;
  // The oldest goes: a process has few files that throw.
  if (files.size >= MAX_FILES) files.delete(files.keys().next().value!);
  const lines = readLines(file, root);
  files.set(id, lines);
  return lines;
}

function readLines(file: string, root: string): readonly string[] {
  try {
    if (!isSourceBelow(root, file)) return [];
    // A link may lead out of the folder, or to a pipe that never ends.
    const real = Deno.realPathSync(file);
    if (!isSourceBelow(toFolder(Deno.realPathSync(root)), toPath(real))) return [];
    const { isFile, size } = Deno.statSync(real);
    return isFile && size <= MAX_SOURCE_BYTES ? Deno.readTextFileSync(real).split("\n") : [];
  } catch {
    return [];
  }
}

function isSourceBelow(root: string, file: string): boolean {
  const path = file.slice(root.length - 1);
  return file.startsWith(root) && SOURCE_FILE.test(path) && !NOT_OURS.test(path) &&
    !/\/\.{0,2}\//.test(path);
}
