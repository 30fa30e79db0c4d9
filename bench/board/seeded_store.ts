/**
 * A store as it is after a hard month.
 *
 * @module
 */
import { openStore } from "../../store/open.ts";
import { startPostgres } from "../../tests/helpers/postgres_server.ts";
import { seed } from "../../tools/seed.ts";

/** As an operator would set it for such a store; the machine of the run is small. */
const POSTGRES_SETTINGS = { autovacuum: "on", shared_buffers: "256MB" };

/** What keeps errors and logs. */
export type Engine = "sqlite" | "postgres";

/** What is seeded. */
export interface Size {
  /** Different errors. */
  errors: number;
  /** Occurrences of them all. */
  occurrences: number;
  /** The address of a store that is seeded already, which stays as it is. */
  store: string | undefined;
}

/** Where it is, and how large. Goes when it is disposed, unless it was there before. */
export interface SeededStore extends AsyncDisposable {
  /** Its `STORE_URL`. */
  readonly url: string;
  /** For people. */
  readonly size: string;
}

/** Seeds a new store: a file, or a server of its own. */
export async function seededStore(engine: Engine, size: Size): Promise<SeededStore> {
  const dir = Deno.makeTempDirSync({ prefix: "holdfast-bench-" });
  const server = engine === "postgres" && size.store === undefined
    ? await startPostgres({ settings: POSTGRES_SETTINGS })
    : undefined;
  const url = size.store ?? await server?.newDatabase() ?? `sqlite:${dir}/holdfast.db`;
  const store = await openStore(url, { newErrorsAnHour: Infinity });
  if (size.store === undefined) {
    const report = (sentence: string) => console.error(`${engine}: ${sentence}`);
    await seed(store, { ...size, report });
    // In life a month's changes leave their room behind little by little, and it is used again; and the planner's
    // statistics come by themselves.
    await server?.run("reindex table holdfast.errors", url);
    await server?.run("vacuum analyze", url);
  }
  const { logs, size_bytes } = await store.health();
  await store.close();
  return {
    url,
    size: `${logs.toLocaleString("en")} records, ` +
      `${Math.round(size_bytes / 1024 / 1024).toLocaleString("en")} MB`,
    async [Symbol.asyncDispose]() {
      await server?.[Symbol.asyncDispose]();
      Deno.removeSync(dir, { recursive: true });
    },
  };
}
