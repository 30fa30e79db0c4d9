import { assert, assertEquals } from "@std/assert";
import { openPostgres } from "../../store/postgres.ts";
import { startPgBouncer, withoutPgBouncer } from "../helpers/pgbouncer.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { startPostgres } from "../helpers/postgres_server.ts";
import { Source, times } from "./entries.ts";

const INSTANCES = 8;
const BATCHES = 5;
const SERVER_CONNECTIONS = 3;

const missing = fetchPrograms() ?? withoutPgBouncer();

Deno.test({
  name:
    `postgres: ${INSTANCES} instances behind PgBouncer in transaction mode store everything once${
      missing ? ` (skipped, because ${missing})` : ""
    }`,
  ignore: missing !== undefined,
  fn: async () => {
    await using server = await startPostgres();
    await using pooler = await startPgBouncer(server, { serverConnections: SERVER_CONNECTIONS });
    const url = new URL(await server.newDatabase());
    url.port = String(pooler.port);
    const stores = times(INSTANCES, () => openPostgres(url.href));
    const { position } = await stores[0]!.logsAfter({ limit: 0 });
    // Each has records of its own, and all of them those of the first.
    const shared = new Source();
    const batches = times(BATCHES, () => times(20, (i) => shared.failure(`k${i % 4}`)));
    const written = await Promise.all(stores.map(async (store) => {
      const own = new Source();
      const results = [];
      for (const batch of batches) results.push(await store.write([...batch, own.log()]));
      return results;
    }));
    assertEquals(written.flat().flatMap(({ alerts }) => alerts).length, 4);
    const { items } = await stores[1]!.listErrors({ limit: 10 });
    assertEquals(items.map(({ count }) => count), times(4, () => 5 * BATCHES));
    const tail = await stores[2]!.logsAfter({ after: position, limit: 500 });
    assertEquals(tail.items.length, (20 + INSTANCES) * BATCHES);
    const resolved = await stores[3]!.change(items.map(({ id }) => id), { action: "resolve" });
    assertEquals(resolved.map(({ state }) => state), times(4, () => "resolved"));
    const limits = { days: 90, keepOccurrences: 1, maxMegabytes: 1024 };
    assertEquals((await stores[4]!.sweep(limits, Date.now())).removed, 4 * (5 * BATCHES - 1));
    const [used] = await server.run(
      `select count(*)::integer as connections from pg_stat_activity
       where datname = '${url.pathname.slice(1)}'`,
    );
    assert(used!.connections as number <= SERVER_CONNECTIONS, JSON.stringify(used));
    await Promise.all(stores.map((store) => store.close()));
  },
});
