/**
 * The stores that are measured: SQLite in a folder of its own, and a PostgreSQL that writes to its disk as one in production does.
 *
 * @module
 */
import { type PostgresServer, startPostgres } from "../../tests/helpers/postgres_server.ts";
import { type TempFolder, tempFolder } from "../../tests/helpers/temp_folder.ts";

/** Both engines, empty. */
export interface World extends AsyncDisposable {
  /** The server. */
  readonly server: PostgresServer;
  /** Where SQLite's files are. */
  readonly folder: TempFolder;
  /** How long each measurement lasts. */
  readonly seconds: number;
  /** The address of a new, empty store. */
  newStore(engine: Engine): Promise<string>;
}

/** What keeps the records. */
export type Engine = "SQLite" | "PostgreSQL";

/** The defaults of PostgreSQL, but for these: the helpers of the tests switch off what waits for the disk. */
const SETTINGS = {
  autovacuum: "on",
  fsync: "on",
  full_page_writes: "on",
  shared_buffers: "512MB",
  max_wal_size: "4GB",
  max_connections: "100",
};

/** Starts the server. */
export async function startWorld(seconds: number): Promise<World> {
  const server = await startPostgres({ settings: SETTINGS });
  const folder = tempFolder();
  let count = 0;
  return {
    server,
    folder,
    seconds,
    async newStore(engine) {
      if (engine === "PostgreSQL") return await server.newDatabase();
      return `sqlite:${folder.at(`holdfast-${++count}.db`)}`;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
