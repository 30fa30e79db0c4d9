import { StoreBusy } from "../store.ts";

/**
 * SQLite keeps the files it has opened. When one is removed or replaced, it goes on writing into what nobody will find
 * again, and says nothing.
 */
export class Presence {
  readonly #path: string;
  readonly #known = new Map<string, string>();

  constructor(path: string) {
    this.#path = path;
    if (path !== ":memory:") this.check();
  }

  /** Does nothing while all files are there. @throws {StoreBusy} when one is gone. */
  check(): void {
    if (this.#path === ":memory:") return;
    // The second one is made by the first transaction.
    for (const path of [this.#path, `${this.#path}-wal`]) {
      const found = identityOf(path);
      const known = this.#known.get(path);
      if (known === undefined && found !== undefined) this.#known.set(path, found);
      if (known !== undefined && found !== known) {
        throw new StoreBusy(
          `The store cannot be used just now: ${path} was removed or replaced while it was in use. ` +
            "Put it back, or restart the service with the store that is to be used from now on",
        );
      }
    }
  }
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
