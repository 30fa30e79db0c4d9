/** What is open in this process: two boards at one path on one store would be one by mistake. */

const open = new Set<string>();

/** A store, and the path of a board on it. */
export interface BoardPlace {
  /** `sqlite:PATH`, `postgres://…` or `memory:`, of which each is another. */
  storeUrl: string;
  /** Empty at the root. */
  boardPath: string;
}

/**
 * Takes a place until it is disposed of.
 *
 * @throws {Error} where it is taken.
 */
export function takeBoard({ storeUrl, boardPath }: BoardPlace): Disposable {
  if (storeUrl === "memory:") return { [Symbol.dispose]() {} };
  const place = `${absolute(storeUrl)} ${boardPath}`;
  if (open.has(place)) {
    throw new Error(
      `Another holdfast() of this process has the store ${shown(storeUrl)} and a board at ${
        boardPath || "/"
      }: use that one, close it first, or give this one another store`,
    );
  }
  open.add(place);
  return { [Symbol.dispose]: () => void open.delete(place) };
}

/** `sqlite:data/x.db` and `sqlite:./data/x.db` are one file. */
function absolute(storeUrl: string): string {
  if (!storeUrl.startsWith("sqlite:")) return storeUrl;
  try {
    return new URL(storeUrl.slice("sqlite:".length), `file://${Deno.cwd()}/`).pathname;
  } catch {
    // The folder may not be known.
    return storeUrl;
  }
}

/** A PostgreSQL address may carry a password. */
function shown(storeUrl: string): string {
  return storeUrl.startsWith("sqlite:") ? storeUrl : "of the same address";
}
