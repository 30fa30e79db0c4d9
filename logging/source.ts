/**
 * Lines of our own source, for the grouping rule and for people.
 *
 * @module
 */
const MAX_FILES = 200;
const MAX_FILE_CHARS = 1024 * 1024;

const files = new Map<string, readonly string[]>();

/** One line of a source file (the first is 1), or nothing where it cannot be read. `file` is a path or a `file:` URL. */
export function readSourceLine(file: string, line: number): string | undefined {
  return linesOf(file)[line - 1];
}

function linesOf(file: string): readonly string[] {
  const known = files.get(file);
  if (known) return known;
  // The oldest goes: a process has few files that throw.
  if (files.size >= MAX_FILES) files.delete(files.keys().next().value!);
  const lines = readLines(file);
  files.set(file, lines);
  return lines;
}

function readLines(file: string): readonly string[] {
  try {
    const text = Deno.readTextFileSync(file.startsWith("file:") ? new URL(file) : file);
    return text.length > MAX_FILE_CHARS ? [] : text.split("\n");
  } catch {
    return [];
  }
}
