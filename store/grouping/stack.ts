import { LANGUAGES } from "./languages.ts";
import { isOfPackage } from "./package_files.ts";
import { toFolder } from "./paths.ts";
import { recordedFrames } from "./recorded_frames.ts";
import type { ErrorInfo, RecordedFrame } from "../record.ts";
import { withoutMessage } from "./stack_text.ts";

export interface Frame {
  /** Last segment of the function's name, without `async`, `new` and `Module.`; empty when it has none. */
  function: string;
  /** Path or address; of a `file:` address the path, decoded. */
  file: string;
  /** From 1; 0 where the stack has none. */
  line: number;
  /** From 1; 0 where the stack has none. */
  column: number;
  /** True for the application's own code, false for libraries, this package and the engine. */
  inApp: boolean;
  /** As it came, where the stack came in parts. */
  recorded?: RecordedFrame;
}

export interface StackOptions {
  /**
   * Folder of the application, path or `file:` address. Without one (another service's stack) all that is no library is its
   * own.
   */
  root?: string | undefined;
  /** The folder of this package there; this process's where absent. */
  packageRoot?: string | undefined;
}

/** Lines are cut before any expression looks at them. */
const MAX_LINE_CHARS = 1024;
/** Engines keep ten frames; Python and Java some hundreds. */
const MAX_LINES = 300;

/** The frames of what was thrown, the nearest to the throw first. What its message says is no frame. */
export function framesOf(
  { stack, frames, message }: Pick<ErrorInfo, "stack" | "frames" | "message">,
  options: StackOptions,
): Frame[] {
  if (frames !== undefined && frames.length > 0) return recordedFrames(frames);
  return stack ? parseStack(withoutMessage(stack, message), options) : [];
}

/**
 * The frames of a stack text, the nearest to the throw first. Knows the languages of {@linkcode LANGUAGES}; other texts have
 * no frames.
 */
export function parseStack(stack: string, options: StackOptions = {}): Frame[] {
  const lines = stack.split("\n", MAX_LINES).map((line) => line.slice(0, MAX_LINE_CHARS).trimEnd());
  const root = options.root === undefined ? undefined : toFolder(options.root);
  for (const read of Object.values(LANGUAGES)) {
    const frames = read(lines);
    if (frames.length > 0) {
      return frames.map(({ isLibrary, ...frame }) => ({
        ...frame,
        inApp: !isLibrary && (root === undefined || isOwn(frame.file)),
      }));
    }
  }
  return [];

  function isOwn(file: string): boolean {
    return file.startsWith(root!) && !isOfPackage(file, options.packageRoot);
  }
}
