const open = new Set<string>();

/**
 * Takes a board's path on a store until it is disposed of: two boards at one path on one store would be one by mistake.
 *
 * @throws {Error} where it is taken.
 */
export function takeBoard(
  { storeUrl, boardPath }: { storeUrl: string; boardPath: string },
): Disposable {
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
