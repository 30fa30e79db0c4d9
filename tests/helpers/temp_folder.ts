import { join } from "node:path";

/** A folder of a test's own, gone when the test is. */
export interface TempFolder extends Disposable {
  /** Absolute path. */
  readonly path: string;
  /** A path inside the folder. */
  at(...names: string[]): string;
}

/** Makes an empty folder. */
export function tempFolder(): TempFolder {
  const path = Deno.makeTempDirSync({ prefix: "holdfast-" });
  return {
    path,
    at: (...names) => join(path, ...names),
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}
